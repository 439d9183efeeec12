# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the verification finds in files that were changed after the seal."""

import io
import re

import ged_pki
import ged_samples
import pikepdf
import pytest
from demat_lib_ged_archive import facturx
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.seal import Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals
from pikepdf import Stream
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

XML = ged_samples.Invoice().xml()
OTHER_XML = ged_samples.Invoice(number="FAC/2026/00043").xml()
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


def replace_byte(data, position, value=None):
    changed = bytearray(data)
    changed[position] = changed[position] ^ 1 if value is None else value
    return bytes(changed)


def updated(data, change):
    """Add an incremental update, as an editor would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    writer._update_meta = lambda: None
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    assert output.getvalue().startswith(data)
    return output.getvalue()


def one(data, *roots, **options):
    (report,) = inspect_seals(data, roots, **options)
    return report


def test_untouched(sealed, pki):
    report = one(sealed, pki.der("root"))
    assert report.ok and report.trusted and not report.errors


class TestChangedBytes:
    def rejected(self, data):
        report = one(data)
        assert not report.intact and not report.ok
        assert report.errors

    def test_page_content(self, sealed, unsealed):
        # the stream is compressed in the file: any byte of it will do
        self.rejected(replace_byte(sealed, sealed.index(b"stream\n", 500) + 9))

    def test_every_part_of_the_file(self, sealed):
        first, resume = gap(sealed)
        for position in [*range(700, first, 997), *range(resume, len(sealed) - 40, 97)]:
            changed = replace_byte(sealed, position)
            try:
                reports = inspect_seals(changed)
            except InvalidDocumentError:
                continue
            assert not any(report.ok for report in reports), position

    def test_metadata(self, sealed):
        self.rejected(sealed.replace(b"EN 16931<", b"EN 16932<"))

    def test_signed_attributes(self, sealed):
        first, resume = gap(sealed)
        cms = bytes.fromhex(sealed[first + 1 : resume - 1].decode())
        # the digest of the document inside the signature
        place = cms.index(bytes.fromhex("06092a864886f70d010904")) + 17
        changed = cms[:place] + bytes((cms[place] ^ 1,)) + cms[place + 1 :]
        self.rejected(
            sealed[: first + 1] + changed.hex().encode() + sealed[resume - 1 :]
        )

    def test_signature_value(self, sealed):
        first, resume = gap(sealed)
        content = sealed[first + 1 : resume - 1].rstrip(b"0")
        place = first + len(content) - 20
        other = ord("8") if sealed[place] == ord("7") else ord("7")
        self.rejected(replace_byte(sealed, place, other))

    def test_padding_behind_the_signature_is_not_covered_by_design(self, sealed):
        _first, resume = gap(sealed)
        assert one(replace_byte(sealed, resume - 2, ord("1"))).intact

    def test_another_certificate_in_the_signature(self, sealed, pki):
        other = ged_pki.self_signed(pki.key("signer"), name="Imposteur")
        original = pki.der("signer")
        forged = other.public_bytes(ged_pki.serialization.Encoding.DER).ljust(
            len(original), b"\0"
        )
        first, resume = gap(sealed)
        cms = bytes.fromhex(sealed[first + 1 : resume - 1].decode())
        assert original in cms
        changed = cms.replace(original, forged[: len(original)])
        self.rejected(
            sealed[: first + 1] + changed.hex().encode() + sealed[resume - 1 :]
        )


class TestAdditions:
    """The seal stays mathematically valid: other tools call these files valid."""

    def test_byte_behind_the_end(self, sealed):
        report = one(sealed + b"\n")
        assert report.intact and not report.covers_whole_file and not report.ok
        assert report.errors == ("Bytes were added behind the sealed file.",)

    def rejected(self, data):
        report = one(data)
        assert report.intact
        assert (
            not report.covers_whole_file
            and not report.modification_ok
            and not report.ok
        )
        assert "changed after the seal" in report.errors[0]

    def test_page_replaced(self, sealed):
        def change(writer):
            page = writer.root["/Pages"]["/Kids"][0]
            content = generic.StreamObject(stream_data=b"1 0 0 rg 0 0 500 500 re f")
            page["/Contents"] = writer.add_object(content)
            writer.update_container(page)

        self.rejected(updated(sealed, change))

    def test_xml_replaced(self, sealed):
        def change(writer):
            specification = writer.root["/AF"][0]
            stream = generic.StreamObject(stream_data=OTHER_XML)
            stream["/Type"] = generic.NameObject("/EmbeddedFile")
            reference = writer.add_object(stream)
            specification["/EF"]["/F"] = specification["/EF"]["/UF"] = reference
            writer.update_container(specification)

        data = updated(sealed, change)
        assert facturx.extract(data) == OTHER_XML  # what a reader would get
        self.rejected(data)

    def test_second_attachment(self, sealed):
        def change(writer):
            names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
            names.append(generic.TextStringObject("zz.txt"))
            names.append(writer.add_object(generic.DictionaryObject()))
            writer.update_container(names)

        self.rejected(updated(sealed, change))

    def test_annotation(self, sealed):
        def change(writer):
            note = generic.DictionaryObject(
                {
                    generic.NameObject("/Type"): generic.NameObject("/Annot"),
                    generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
                    generic.NameObject("/Contents"): generic.TextStringObject("Payé"),
                    generic.NameObject("/Rect"): generic.ArrayObject(
                        generic.NumberObject(number) for number in (0, 0, 200, 50)
                    ),
                }
            )
            page = writer.root["/Pages"]["/Kids"][0]
            page["/Annots"].append(writer.add_object(note))
            writer.update_container(page)

        self.rejected(updated(sealed, change))

    def test_metadata_replaced(self, sealed):
        """The analysis takes it for an update of long-term archiving; coverage
        tells."""

        def change(writer):
            stream = generic.StreamObject(stream_data=b"<x/>")
            stream["/Type"] = generic.NameObject("/Metadata")
            stream["/Subtype"] = generic.NameObject("/XML")
            writer.root["/Metadata"] = writer.add_object(stream)
            writer.update_root()

        report = one(updated(sealed, change))
        assert report.intact and not report.covers_whole_file and not report.ok
        assert report.errors

    def test_second_signature_by_force(self, sealed, pki):
        class Careless(signers.PdfSigner):
            def _enforce_certification_constraints(self, reader):
                """Sign although the first signature forbids it."""

        other = signers.SimpleSigner.load_pkcs12_data(
            pki.pkcs12("signer-ec"), (), ged_pki.PASSWORD.encode()
        )
        meta = signers.PdfSignatureMetadata(
            field_name="Second", subfilter=fields.SigSeedSubFilter.PADES
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
        data = Careless(meta, other).sign_pdf(writer).getvalue()
        first, second = inspect_seals(data)
        assert first.intact and not first.modification_ok and not first.ok
        assert (second.field, second.ok) == ("Second", True)


class TestRemovals:
    def test_back_to_the_first_revision(self, sealed, unsealed):
        assert inspect_seals(sealed[: len(unsealed)]) == []

    def test_rewritten_without_the_seal(self, sealed):
        with pikepdf.open(io.BytesIO(sealed)) as document:
            del document.Root.AcroForm
            del document.Root.Perms
            del document.pages[0].obj.Annots
            output = io.BytesIO()
            document.save(output)
        assert inspect_seals(output.getvalue()) == []

    def test_rewritten_with_the_seal(self, sealed):
        with pikepdf.open(io.BytesIO(sealed)) as document:
            output = io.BytesIO()
            document.save(output)
        report = one(output.getvalue())
        assert not report.ok and report.errors

    def test_file_without_seal(self, unsealed):
        assert inspect_seals(unsealed) == []

    def test_truncated(self, sealed):
        with pytest.raises(InvalidDocumentError, match="truncated"):
            inspect_seals(sealed[:-200])


class TestByteRange:
    """The part that the seal leaves out must be the signature value and nothing
    else."""

    def test_gap_wider_than_the_signature(self, sealed):
        first, resume = gap(sealed)
        found = re.search(rb"/ByteRange \[0 \d+ \d+ \d+ *\]", sealed)
        text = b"/ByteRange [0 %d %d %d" % (first - 8, resume, len(sealed) - resume)
        data = sealed.replace(found[0], text.ljust(len(found[0]) - 1) + b"]")
        report = one(data)
        assert not report.ok and not report.covers_whole_file
        assert "leaves out a part" in " ".join(report.errors)

    @pytest.mark.parametrize(
        "numbers", [b"0 10 20", b"0 10 20 -5", b"5 10 20 30", b"0 0 0 0"]
    )
    def test_odd_ranges(self, sealed, numbers):
        found = re.search(rb"/ByteRange \[[\d ]+\]", sealed)
        text = b"/ByteRange [" + numbers
        data = sealed.replace(found[0], text.ljust(len(found[0]) - 1) + b"]")
        report = one(data)
        assert not report.ok and report.errors
