# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fields made before the seal, signed one after the other: all stay valid, any other
change is found."""

import io
import re
import subprocess

import ged_pki
import pikepdf
import pytest
from demat_lib_ged_archive import facturx, sign_fields
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.seal import Sealer, SealSettings, VisibleSeal
from demat_lib_ged_archive.sign_fields import Box, FieldSignature, PageText, prepare
from demat_lib_ged_archive.verify import inspect_seals
from PIL import Image, ImageDraw
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

TEXT = PageText(
    title="Signatures",
    facts=(("Devis", "S00042 du 26/11/2026"), ("Client", "Mairie de Saint-Aubin")),
    intro="Chaque signataire signe en ligne dans le cadre qui porte son nom.",
    waiting="En attente de signature",
    notes=("Ce document est scellé.",),
)
PEOPLE = (
    Box("Signatory1", "Claire Fontaine", "Maire"),
    Box("Signatory2", "Σωκράτης Œuvre-Łódź", "Directeur des services techniques"),
    Box("Signatory3", "Noël Aÿ"),
)


def picture():
    image = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(image).line([(20, 150), (180, 20), (580, 90)], fill="navy", width=6)
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def signature(box, **options):
    return FieldSignature(
        **{
            "field_name": box.field_name,
            "name": box.name,
            "reason": "Bon pour accord",
            "image": picture(),
            "lines": (box.name, "26 novembre 2026 16:04:12 (UTC+01:00)", "Simple"),
            **options,
        }
    )


def sealer(pki, label="signer-ec", **options):
    return Sealer(SealSettings(pki.pkcs12(label), ged_pki.PASSWORD, **options))


def appended(data, change):
    """``data`` with an update in which ``change`` did something to the writer."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer._update_meta = lambda: None
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.fixture(scope="module")
def quote(render):
    html = "<h1>Devis S00042</h1><p>Charpente : 12 480,00 € TTC</p>"
    pdf = render(f"<html><meta charset='utf-8'><body>{html}</body></html>", "quote")
    return facturx.to_pdfa3(pdf, title="Devis", author="Val Clair", subject="Devis")


@pytest.fixture(scope="module")
def prepared(quote):
    return prepare(quote, list(PEOPLE), TEXT)


@pytest.fixture(scope="module")
def versions(pki, prepared):
    """Sealed; signed by the first; by the first and the second."""
    company = sealer(pki)
    found = [company.seal(prepared, form_filling=True).data]
    for box in PEOPLE[:2]:
        found.append(company.countersign(found[-1], signature(box)).data)
    return found


def test_fields_are_there_and_empty(quote, prepared):
    assert sign_fields.signed_fields(prepared) == {
        box.field_name: False for box in PEOPLE
    }
    with pikepdf.open(io.BytesIO(prepared)) as document:
        assert len(document.pages) == 2
        spoken = [str(one.TU) for one in document.Root.AcroForm.Fields]
    assert spoken == [
        "Claire Fontaine (Maire)",
        "Σωκράτης Œuvre-Łódź (Directeur des services techniques)",
        "Noël Aÿ",
    ]
    assert prepared.startswith(quote)


def test_each_signature_leaves_the_bytes_before(versions):
    for before, after in zip(versions, versions[1:], strict=False):
        assert after.startswith(before)
    assert sign_fields.signed_fields(versions[-1]) == {
        "Signatory1": True,
        "Signatory2": True,
        "Signatory3": False,
        "Seal": True,
    }


def test_all_are_valid_for_us(pki, versions):
    reports = inspect_seals(versions[-1], (pki.der("root"),))
    assert [one.field for one in reports] == ["Seal", "Signatory1", "Signatory2"]
    for report in reports:
        assert (report.ok, report.trusted, report.errors) == (True, True, ())
    assert [one.countersigned for one in reports] == [True, True, False]
    assert [one.covers_whole_file for one in reports] == [False, False, True]


def test_all_are_valid_for_pyhanko(pki, versions):
    from asn1crypto import x509

    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pki.der("root"))],
        allow_fetching=False,
    )
    reader = PdfFileReader(io.BytesIO(versions[-1]))
    for embedded in reader.embedded_regular_signatures:
        status = validate_pdf_signature(embedded, context)
        assert status.bottom_line
        assert status.docmdp_ok
    first = reader.embedded_regular_signatures[1].sig_object
    assert (first["/Name"], first["/Reason"]) == ("Claire Fontaine", "Bon pour accord")


def test_all_are_valid_for_pdfsig(versions, tool, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(versions[-1])
    found = subprocess.run(
        [tool("pdfsig"), "-nocert", str(path)], capture_output=True, text=True
    ).stdout
    assert found.count("Signature Validation: Signature is Valid.") == 3
    assert found.count("- Total document signed") == 1


def test_stays_pdfa(pki, quote, prepared, versions, verapdf):
    shown = sealer(pki, visible=VisibleSeal(mark="text"))
    files = {
        "prepared": prepared,
        "sealed": versions[0],
        "signed": versions[2],
        "visible": shown.countersign(
            shown.seal(prepared, form_filling=True).data, signature(PEOPLE[0])
        ).data,
        "unsealed": sign_fields.stamp(prepared, signature(PEOPLE[1])),
        "no picture": sign_fields.stamp(prepared, signature(PEOPLE[2], image=None)),
    }
    broken = {name: verapdf.check(data) for name, data in files.items()}
    assert {name: found for name, found in broken.items() if found} == {}


def test_text_and_picture_show(versions, tool, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(versions[1])
    text = subprocess.run(
        [tool("pdftotext"), "-layout", str(path), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "26 novembre 2026 16:04:12 (UTC+01:00)" in text
    assert text.count("En attente de signature") == 2
    assert "Σωκράτης Œuvre-Łódź" in text
    command = [tool("pdftoppm"), "-r", "72", "-f", "2", "-png", "-singlefile"]
    subprocess.run([*command, str(path), str(tmp_path / "page")], check=True)
    page = Image.open(tmp_path / "page.png").convert("RGB")
    with pikepdf.open(path) as document:
        rect = document.Root.AcroForm.Fields[0].Rect
        x1, y1, x2, y2 = (int(float(one)) for one in rect)
    box = page.crop((x1, page.height - y2, x2, page.height - y1))
    navy = sum(
        count
        for count, (r, g, b) in box.getcolors(100_000)
        if b > 90 and r < 60 and g < 60
    )
    assert navy > 100


@pytest.mark.parametrize("count", [1, 2, 7, 23])
def test_many_signatories(quote, count):
    boxes = [Box(f"S{index}", f"Personne {index}" * 9) for index in range(count)]
    data = prepare(quote, boxes, TEXT)
    with pikepdf.open(io.BytesIO(data)) as document:
        pages = {page.objgen: page for page in document.pages}
        rects = [
            (one.P.objgen, *(float(value) for value in one.Rect))
            for one in document.Root.AcroForm.Fields
        ]
    assert len(rects) == count
    for page, x1, y1, x2, y2 in rects:
        left, bottom, right, top = map(float, pages[page].MediaBox)
        assert left <= x1 < x2 <= right
        assert bottom + 90 <= y1 < y2 <= top
    for one in rects:
        overlap = [
            other
            for other in rects
            if other is not one
            and other[0] == one[0]
            and other[1] < one[3]
            and one[1] < other[3]
            and other[2] < one[4]
            and one[2] < other[4]
        ]
        assert not overlap


def test_form_without_fields(quote):
    """Programs that fill forms leave one that lists no field."""
    with pikepdf.open(io.BytesIO(quote)) as document:
        document.Root.AcroForm = pikepdf.Dictionary()
        output = io.BytesIO()
        document.save(output)
    fields = sign_fields.signed_fields(prepare(output.getvalue(), list(PEOPLE), TEXT))
    assert fields == {box.field_name: False for box in PEOPLE}


def test_names_of_fields(quote):
    for boxes in ([], [PEOPLE[0], PEOPLE[0]]):
        with pytest.raises(ValueError, match="name of its own"):
            prepare(quote, boxes, TEXT)


def test_field_that_cannot_be_signed(pki, versions):
    company = sealer(pki)
    with pytest.raises(InvalidDocumentError, match="is signed already"):
        company.countersign(versions[1], signature(PEOPLE[0]))
    with pytest.raises(InvalidDocumentError, match="has no field “Other”"):
        company.countersign(versions[1], signature(PEOPLE[0], field_name="Other"))
    with pytest.raises(InvalidDocumentError, match="cannot be read"):
        company.countersign(versions[1], signature(PEOPLE[1], image=b"<svg/>"))
    with pytest.raises(InvalidDocumentError, match="already signed"):
        sign_fields.stamp(versions[0], signature(PEOPLE[0]))
    with pytest.raises(InvalidDocumentError, match="not a PDF"):
        company.countersign(b"GIF89a %%EOF", signature(PEOPLE[0]))


def test_seal_of_an_invoice_allows_no_signature(pki, prepared):
    company = sealer(pki)
    closed = company.seal(prepared).data
    with pytest.raises(InvalidDocumentError):
        company.countersign(closed, signature(PEOPLE[0]))


@pytest.mark.parametrize("level", ["B-T", "B-LT", "B-LTA"])
def test_levels(online, prepared, level):
    company = Sealer(
        SealSettings(
            online.pkcs12("signer-ec"),
            ged_pki.PASSWORD,
            level=level,
            tsa_urls=(online.tsa_url(),),
            trust_roots=(online.der("root"),),
        )
    )
    data = company.seal(prepared, form_filling=True).data
    for box in PEOPLE:
        result = company.countersign(data, signature(box))
        assert (result.level, result.degraded) == (level, None)
        assert result.data.startswith(data)
        data = result.data
    reports = inspect_seals(data, (online.der("root"),))
    assert len(reports) == 4
    for report in reports:
        assert (report.ok, report.trusted, report.errors) == (True, True, ())
        assert report.level == level


def test_time_stamp_server_that_is_down(pki, tsa, prepared):
    tsa.mode = "error"
    company = sealer(pki, tsa_urls=(tsa.url,))
    data = company.seal(prepared, form_filling=True).data
    result = company.countersign(data, signature(PEOPLE[0]))
    assert (result.level, result.causes) == ("B-B", ("timestamp",))
    assert all(one.ok for one in inspect_seals(result.data))


class TestTampering:
    """Whatever is done to a signed document is found."""

    def found(self, data):
        try:
            reports = inspect_seals(data)
        except InvalidDocumentError:
            return True
        return len(reports) != 3 or not all(one.ok for one in reports)

    def test_untouched(self, versions):
        assert not self.found(versions[2])

    def test_any_byte(self, versions):
        """Of each covered stretch of the file, one byte in 211."""
        data = versions[2]
        gaps = [
            (int(one[1]), int(one[2]))
            for one in re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+ *\]", data)
        ]
        unseen = []
        for place in range(0, len(data), 211):
            changed = bytearray(data)
            changed[place] ^= 0x15
            if not self.found(bytes(changed)):
                unseen.append(place)
        last_start, last_end = gaps[-1]
        # the place of the last signature itself: nothing covers its padding
        assert [one for one in unseen if not last_start <= one < last_end] == []

    def test_bytes_behind(self, versions):
        assert self.found(versions[2] + b"\n%%EOF\n")

    def test_signature_taken_away(self, versions):
        """Cut back to an earlier state: a valid document, of fewer signatures."""
        for index, data in enumerate(versions):
            assert len(inspect_seals(data)) == index + 1
            assert all(one.ok for one in inspect_seals(data))

    def test_page_replaced(self, versions):
        def change(writer):
            page = writer.find_page_for_modification(0)[0]
            stream = generic.StreamObject(stream_data=b"q Q")
            page.get_object()["/Contents"] = writer.add_object(stream)
            writer.update_container(page.get_object())

        assert self.found(appended(versions[2], change))

    def test_picture_replaced(self, versions):
        def change(writer):
            field = writer.root["/AcroForm"]["/Fields"][0].get_object()
            blank = generic.StreamObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
                    generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
                    generic.pdf_name("/BBox"): generic.ArrayObject(
                        [generic.NumberObject(one) for one in (0, 0, 90, 90)]
                    ),
                },
                stream_data=b"",
            )
            field["/AP"] = generic.DictionaryObject(
                {generic.pdf_name("/N"): writer.add_object(blank)}
            )
            writer.update_container(field)

        assert self.found(appended(versions[2], change))

    def test_value_of_a_field_removed(self, versions):
        def change(writer):
            field = writer.root["/AcroForm"]["/Fields"][0].get_object()
            del field["/V"]
            writer.update_container(field)

        assert self.found(appended(versions[2], change))

    def test_note_added(self, versions):
        def change(writer):
            page = writer.find_page_for_modification(1)[0].get_object()
            note = generic.DictionaryObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                    generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                    generic.pdf_name("/Contents"): generic.pdf_string("gratuit"),
                    generic.pdf_name("/Rect"): generic.ArrayObject(
                        [generic.NumberObject(one) for one in (9, 9, 90, 90)]
                    ),
                }
            )
            page["/Annots"].append(writer.add_object(note))
            writer.update_container(page["/Annots"])

        assert self.found(appended(versions[2], change))

    def test_signature_of_another_document(self, pki, quote, versions):
        """The last update of one document behind the bytes of another."""
        other = prepare(quote, list(PEOPLE), PageText(title="Autre"))
        company = sealer(pki)
        other = company.seal(other, form_filling=True).data
        tail = versions[1][len(versions[0]) :]
        assert self.found(other + tail)
