# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import asyncio
import io
import os
import re
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import ged_pki
import pikepdf
import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from demat_lib_ged_archive.errors import CertificateError, InvalidDocumentError
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

UTC = UTC


@pytest.fixture(scope="module")
def sealers(pki):
    """Sealers by kind of key: RSA and ECDSA, each with a chain."""
    return {
        label: Sealer(SealSettings(pki.pkcs12(label), ged_pki.PASSWORD))
        for label in ("signer", "signer-ec")
    }


def with_tsa(pki, *urls, timeout=2.0, label="signer"):
    return Sealer(
        SealSettings(
            pki.pkcs12(label), ged_pki.PASSWORD, tsa_urls=urls, tsa_timeout=timeout
        )
    )


def signature_parts(data):
    """Return the signed bytes and the CMS of the last signature."""
    *_others, found = re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]", data)
    _start, first, resume, rest = (int(number) for number in found.groups())
    gap = bytes.fromhex(data[first + 1 : resume - 1].decode())
    length = 4 + int.from_bytes(gap[2:4], "big")
    return data[:first] + data[resume : resume + rest], gap[:length]


@pytest.mark.parametrize("label", ["signer", "signer-ec"])
class TestLevelBB:
    def test_result(self, sealers, pki, minimal_pdf, label):
        before = datetime.now(UTC)
        result = sealers[label].seal(minimal_pdf)
        assert (result.level, result.degraded) == ("B-B", None)
        assert result.signer == sealers[label].certificate.subject
        assert result.fingerprint == sealers[label].certificate.fingerprint_sha256
        assert before <= result.sealed_at <= datetime.now(UTC)
        (report,) = inspect_seals(result.data, (pki.der("root"),))
        assert report.ok and report.trusted
        assert not report.errors
        assert (report.field, report.level) == ("Seal", "B-B")
        assert report.fingerprint == result.fingerprint
        assert abs(report.signed_at - result.sealed_at) < timedelta(seconds=1)

    def test_the_etsi_procedure_passes(self, sealers, pki, minimal_pdf, label):
        """EN 319 102-1, basic signature validation, as pyHanko implements it."""
        data = sealers[label].seal(minimal_pdf).data
        signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
        rule = RevocationCheckingRule.NO_CHECK
        policy = CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(
                [asn1_x509.Certificate.load(pki.der("root"))]
            ),
            revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
        )
        result = asyncio.run(
            ades.ades_basic_validation(
                signature.signed_data,
                SignatureValidationSpec(policy),
                raw_digest=signature.compute_digest(),
            )
        )
        assert result.ades_subindic == AdESPassed.OK

    def test_pdfsig(self, sealers, minimal_pdf, label, tool, tmp_path):
        path = tmp_path / "sealed.pdf"
        path.write_bytes(sealers[label].seal(minimal_pdf).data)
        output = subprocess.run(
            [tool("pdfsig"), "-nocert", str(path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "Signature is Valid." in output
        assert "ETSI.CAdES.detached" in output
        assert "Total document signed" in output

    def test_openssl(self, sealers, pki, minimal_pdf, label, tool, tmp_path):
        content, cms = signature_parts(sealers[label].seal(minimal_pdf).data)
        files = {
            "content": content,
            "cms": cms,
            "root": pki.x509("root").public_bytes(ged_pki.serialization.Encoding.PEM),
        }
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        command = [
            tool("openssl"),
            "cms",
            "-verify",
            "-binary",
            "-cades",
            "-inform",
            "DER",
            "-in",
            "cms",
            "-content",
            "content",
            "-CAfile",
            "root",
            "-purpose",
            "any",
            "-out",
            "out",
        ]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (tmp_path / "content").write_bytes(content.replace(b"595", b"596", 1))
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0

    def test_the_original_bytes_come_first(self, sealers, minimal_pdf, label):
        assert sealers[label].seal(minimal_pdf).data.startswith(minimal_pdf)

    def test_cms_is_der_in_canonical_order(self, sealers, minimal_pdf, label):
        """Another encoder, told to encode from scratch, gives the same bytes."""
        _content, cms = signature_parts(sealers[label].seal(minimal_pdf).data)
        parsed = asn1_cms.ContentInfo.load(cms, strict=True)
        signer = parsed["content"]["signer_infos"][0]
        attributes = [one["type"].native for one in signer["signed_attrs"]]
        assert sorted(attributes) == [
            "cms_algorithm_protection",
            "content_type",
            "message_digest",
            "signing_certificate_v2",
        ]
        encoded = [one.dump() for one in signer["signed_attrs"]]
        assert encoded == sorted(encoded)
        assert parsed.copy().dump(force=True) == cms


@pytest.mark.parametrize("curve", [ec.SECP384R1, ec.SECP521R1])
def test_larger_curves(curve, minimal_pdf):
    key = ged_pki.ec_key(curve())
    data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key))
    sealer = Sealer(SealSettings(data, ged_pki.PASSWORD))
    # the size of an ECDSA signature varies: the room must hold the largest
    for _attempt in range(20):
        (report,) = inspect_seals(sealer.seal(minimal_pdf).data)
        assert report.ok


def test_rsa_4096_fits(minimal_pdf):
    key = ged_pki.rsa_key(4096)
    data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key))
    assert inspect_seals(
        Sealer(SealSettings(data, ged_pki.PASSWORD)).seal(minimal_pdf).data
    )[0].ok


class TestDictionary:
    def test_certified_against_any_change(self, sealers, minimal_pdf):
        with pikepdf.open(
            io.BytesIO(sealers["signer"].seal(minimal_pdf).data)
        ) as document:
            seal = document.Root.Perms.DocMDP
            assert seal.SubFilter == "/ETSI.CAdES.detached"
            assert int(seal.Reference[0].TransformParams.P) == 1
            (field,) = document.Root.AcroForm.Fields
            assert str(field.T) == "Seal"
            assert [float(number) for number in field.Rect] == [0, 0, 0, 0]
            assert int(document.Root.AcroForm.SigFlags) == 3

    def test_reason_location_contact_and_time(self, pki, minimal_pdf):
        settings = SealSettings(
            pki.pkcs12("signer"),
            ged_pki.PASSWORD,
            reason="Facture scellée à l’émission",
            location="Dijon",
            contact="compta@example.com",
        )
        moment = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
        result = Sealer(settings).seal(
            minimal_pdf, field_name="Sceau", signing_time=moment
        )
        assert result.sealed_at == moment
        with pikepdf.open(io.BytesIO(result.data)) as document:
            seal = document.Root.Perms.DocMDP
            assert str(seal.Reason) == "Facture scellée à l’émission"
            assert str(seal.Location) == "Dijon"
            assert str(seal.ContactInfo) == "compta@example.com"
            assert str(seal.M).startswith("D:20260312093000")
            assert str(document.Root.AcroForm.Fields[0].T) == "Sceau"

    def test_second_signature_is_refused(self, sealers, pki, minimal_pdf):
        data = sealers["signer"].seal(minimal_pdf).data
        with pytest.raises(InvalidDocumentError, match="already signed"):
            sealers["signer-ec"].seal(data)
        other = signers.SimpleSigner.load_pkcs12_data(
            pki.pkcs12("signer-ec"), (), ged_pki.PASSWORD.encode()
        )
        meta = signers.PdfSignatureMetadata(
            field_name="Second", subfilter=fields.SigSeedSubFilter.PADES
        )
        with pytest.raises(SigningError):
            signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), meta, other)


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda pdf: b"", "empty"),
            (lambda pdf: b"PK\x03\x04 a zip file", "not a PDF"),
            (lambda pdf: pdf[: len(pdf) // 2], "truncated"),
            (lambda pdf: pdf[:-30], "truncated"),
            (lambda pdf: pdf.replace(b"startxref\n", b"startxref\n9"), "damaged"),
            (lambda pdf: b"%PDF-1.7\n%%EOF\n", "damaged"),
            (lambda pdf: pdf.replace(b"/Root", b"/Toor"), "damaged"),
        ],
    )
    def test_broken_files(self, sealers, minimal_pdf, change, words):
        with pytest.raises(InvalidDocumentError, match=words):
            sealers["signer"].seal(change(minimal_pdf))

    @pytest.mark.parametrize("user", ["", "secret"])
    def test_encrypted_files(self, sealers, minimal_pdf, user):
        output = io.BytesIO()
        with pikepdf.open(io.BytesIO(minimal_pdf)) as document:
            document.save(output, encryption=pikepdf.Encryption(owner="own", user=user))
        with pytest.raises(InvalidDocumentError, match="encrypted"):
            sealers["signer"].seal(output.getvalue())

    def test_expired_certificate(self, minimal_pdf):
        key = ged_pki.ec_key()
        data = ged_pki.make_pkcs12(key, ged_pki.self_signed(key, start=-9, end=-2))
        sealer = Sealer(SealSettings(data, ged_pki.PASSWORD))
        assert sealer.certificate.common_name
        with pytest.raises(CertificateError) as caught:
            sealer.seal(minimal_pdf)
        assert caught.value.reason == "expired"

    def test_field_name_in_use(self, sealers, minimal_pdf):
        writer = IncrementalPdfFileWriter(io.BytesIO(minimal_pdf))
        fields.append_signature_field(writer, fields.SigFieldSpec("Client"))
        output = io.BytesIO()
        writer.write(output)
        result = sealers["signer"].seal(output.getvalue())
        assert inspect_seals(result.data)[0].ok


class TestSurroundings:
    def test_threads(self, pki, tsa, minimal_pdf):
        sealer = with_tsa(pki, tsa.url)
        with ThreadPoolExecutor(16) as pool:
            results = list(pool.map(lambda _index: sealer.seal(minimal_pdf), range(48)))
        assert {result.level for result in results} == {"B-T"}
        assert all(inspect_seals(result.data)[0].ok for result in results)

    def test_after_a_fork(self, pki, tsa, minimal_pdf, tmp_path):
        sealer = with_tsa(pki, tsa.url)
        sealer.seal(minimal_pdf)
        path = tmp_path / "child.pdf"
        child = os.fork()
        if not child:
            try:
                path.write_bytes(sealer.seal(minimal_pdf).data)
            finally:
                os._exit(0)
        assert sealer.seal(minimal_pdf).level == "B-T"
        os.waitpid(child, 0)
        (report,) = inspect_seals(path.read_bytes(), (pki.der("root"),))
        assert (report.level, report.ok) == ("B-T", True)
        assert tsa.connections == 2  # the child opened its own

    def test_inside_an_event_loop(self, pki, sealers, minimal_pdf):
        async def host():
            data = sealers["signer"].seal(minimal_pdf).data
            return inspect_seals(data, (pki.der("root"),))

        assert asyncio.run(host())[0].trusted

    @pytest.mark.parametrize("label", ["signer", "signer-ec"])
    def test_time(self, sealers, invoice_pdf, label):
        """The measured 2.5 ms, with room for a busy machine; pyHanko alone takes over
        100."""
        sealer = sealers[label]
        times = []
        for _index in range(20):
            started = time.process_time()
            sealer.seal(invoice_pdf)
            times.append(time.process_time() - started)
        assert statistics.median(times) < 0.020
