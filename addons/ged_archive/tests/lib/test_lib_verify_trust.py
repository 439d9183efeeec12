# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whom a seal is from, and seals that are not ours."""

import io
import re
from datetime import UTC, datetime, timedelta

import ged_pki
import ged_samples
import pikepdf
import pytest
from demat_lib_ged_archive import facturx
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals
from pikepdf import Array, Dictionary, Name, Stream, String
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

XML = ged_samples.Invoice().xml()


WORDS = {"title": "Facture", "author": "Charpentes du Val Clair", "subject": "Facture"}


@pytest.fixture(scope="module")
def unsealed(minimal_pdf):
    with pikepdf.open(io.BytesIO(minimal_pdf)) as document:
        page = document.pages[0].obj
        page.Contents = Stream(document, b"0 0 1 rg 50 50 100 100 re f")
        output = io.BytesIO()
        document.save(output, compress_streams=False)
    return facturx.embed(output.getvalue(), XML, **WORDS)


@pytest.fixture(scope="module")
def sealer(pki):
    return Sealer(SealSettings(pki.pkcs12("signer"), ged_pki.PASSWORD))


@pytest.fixture(scope="module")
def sealed(sealer, unsealed):
    return sealer.seal(unsealed).data


def gap(data):
    *_others, found = re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]", data)
    _start, first, resume, _rest = (int(number) for number in found.groups())
    return first, resume


def one(data, *roots, **options):
    (report,) = inspect_seals(data, roots, **options)
    return report


class TestTrust:
    def test_no_root_no_judgement(self, sealed):
        report = one(sealed)
        assert report.trusted is None and report.ok

    def test_stranger(self, sealed):
        key = ged_pki.ec_key()
        root = ged_pki.self_signed(key, name="Autre autorité")
        report = one(sealed, root.public_bytes(ged_pki.serialization.Encoding.DER))
        assert report.trusted is False
        assert report.ok and report.errors

    def test_self_signed_certificate_as_its_own_root(self, unsealed):
        key = ged_pki.rsa_key()
        certificate = ged_pki.self_signed(key)
        settings = SealSettings(ged_pki.make_pkcs12(key, certificate), ged_pki.PASSWORD)
        data = Sealer(settings).seal(unsealed).data
        assert one(
            data, certificate.public_bytes(ged_pki.serialization.Encoding.DER)
        ).trusted

    def test_certificate_that_expired_since(self, unsealed, pki, tsa):
        """Without time stamp nobody knows whether the seal is older than the expiry."""
        key = ged_pki.rsa_key()
        certificate = ged_pki.self_signed(key, start=-30, end=30)
        der = certificate.public_bytes(ged_pki.serialization.Encoding.DER)
        pkcs12 = ged_pki.make_pkcs12(key, certificate)
        later = datetime.now(UTC) + timedelta(days=60)
        plain = Sealer(SealSettings(pkcs12, ged_pki.PASSWORD)).seal(unsealed).data
        assert one(plain, der).trusted
        assert one(plain, der, moment=later).trusted is False
        assert one(plain, der, moment=later.replace(tzinfo=None)).trusted is False
        settings = SealSettings(pkcs12, ged_pki.PASSWORD, tsa_urls=(tsa.url,))
        stamped = Sealer(settings).seal(unsealed).data
        report = one(stamped, der, pki.der("root"))
        assert report.trusted and report.timestamp_trusted

    def test_time_stamp_of_a_stranger(self, unsealed, pki, tsa, tmp_path):
        settings = SealSettings(
            pki.pkcs12("signer"), ged_pki.PASSWORD, tsa_urls=(tsa.url,)
        )
        tsa.pki = ged_pki.Pki(tmp_path)
        report = one(Sealer(settings).seal(unsealed).data, pki.der("root"))
        assert (report.level, report.trusted, report.timestamp_trusted) == (
            "B-T",
            True,
            False,
        )

    def test_changed_time_stamp(self, unsealed, pki, tsa):
        settings = SealSettings(
            pki.pkcs12("signer"), ged_pki.PASSWORD, tsa_urls=(tsa.url,)
        )
        data = Sealer(settings).seal(unsealed).data
        first, resume = gap(data)
        cms = bytes.fromhex(data[first + 1 : resume - 1].decode())
        token = cms.index(bytes.fromhex("060b2a864886f70d010910020e"))
        place = cms.index(b"Z", token + 100) - 3  # a digit of the time in the token
        changed = cms[:place] + bytes((cms[place] ^ 1,)) + cms[place + 1 :]
        report = one(data[: first + 1] + changed.hex().encode() + data[resume - 1 :])
        assert report.intact
        assert report.level == "B-B"
        assert any("time stamp" in error for error in report.errors)


class TestOthers:
    def test_signature_that_is_not_pades(self, unsealed, pki):
        signer = signers.SimpleSigner.load_pkcs12_data(
            pki.pkcs12("signer"), (), ged_pki.PASSWORD.encode()
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(unsealed))
        meta = signers.PdfSignatureMetadata(field_name="A")
        data = signers.sign_pdf(writer, meta, signer).getvalue()
        report = one(data, pki.der("root"))
        assert (report.level, report.ok, report.trusted) == ("other", True, True)

    def test_weak_digest(self, unsealed, pki):
        signer = signers.SimpleSigner.load_pkcs12_data(
            pki.pkcs12("signer"), (), ged_pki.PASSWORD.encode()
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(unsealed))
        meta = signers.PdfSignatureMetadata(field_name="A", md_algorithm="sha1")
        report = one(signers.sign_pdf(writer, meta, signer).getvalue())
        assert not report.intact
        assert "sha1 is too weak" in report.errors[0]

    def test_signature_field_with_rubbish(self, unsealed):
        with pikepdf.open(io.BytesIO(unsealed)) as document:
            value = Dictionary(
                Type=Name.Sig,
                Filter=Name("/Adobe.PPKLite"),
                SubFilter=Name("/ETSI.CAdES.detached"),
                ByteRange=Array([0, 10, 20, 30]),
                Contents=String(b"\x30\x03\x02\x01\x01"),
            )
            field = Dictionary(
                FT=Name.Sig, T=String("X"), V=document.make_indirect(value)
            )
            document.Root.AcroForm = Dictionary(
                Fields=Array([document.make_indirect(field)])
            )
            output = io.BytesIO()
            document.save(output)
        with pytest.raises(InvalidDocumentError, match="damaged"):
            inspect_seals(output.getvalue())

    @pytest.mark.parametrize("data", [b"", b"x", b"%PDF-1.7\n%%EOF"])
    def test_not_a_pdf(self, data):
        with pytest.raises(InvalidDocumentError):
            inspect_seals(data)

    def test_encrypted(self, unsealed):
        output = io.BytesIO()
        with pikepdf.open(io.BytesIO(unsealed)) as document:
            document.save(output, encryption=pikepdf.Encryption(owner="own"))
        with pytest.raises(InvalidDocumentError, match="encrypted"):
            inspect_seals(output.getvalue())

    def test_nothing_is_logged(self, sealed, pki, caplog):
        """Findings belong into the report; the log of the host must stay quiet."""
        inspect_seals(sealed, (pki.der("tsa"),))
        inspect_seals(sealed + b"x")
        assert caplog.records == []
