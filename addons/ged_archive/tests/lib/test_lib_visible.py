# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Seals that show on a page."""

import io
import subprocess

import ged_pki
import pikepdf
import pytest
from demat_lib_ged_archive import facturx, visible
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.rtl import visual
from demat_lib_ged_archive.seal import Sealer, SealSettings, VisibleSeal
from demat_lib_ged_archive.verify import inspect_seals
from PIL import Image, ImageDraw

WORDS = {"title": "Devis", "author": "Charpentes du Val Clair", "subject": "Devis"}


def logo(mode="RGBA", size=(90, 60), kind="PNG"):
    image = Image.new(mode, size)
    ImageDraw.Draw(image).ellipse((5, 5, 80, 55), fill="#d04010")
    output = io.BytesIO()
    image.save(output, kind)
    return output.getvalue()


def seal(pki, pdf, reason="Facture scellée à l’émission", **options):
    settings = SealSettings(
        pki.pkcs12("signer"),
        ged_pki.PASSWORD,
        reason=reason,
        visible=VisibleSeal(**options),
    )
    return Sealer(settings).seal(pdf).data


def widget(data):
    with pikepdf.open(io.BytesIO(data)) as document:
        field = document.Root.AcroForm.Fields[0]
        pages = [page.objgen for page in document.pages]
        return pages.index(field.P.objgen), [float(one) for one in field.Rect]


@pytest.fixture(scope="module")
def pages():
    document = pikepdf.new()
    for size in ((595, 842), (842, 595), (595, 842)):
        document.add_blank_page(page_size=size)
    output = io.BytesIO()
    document.save(output)
    return facturx.to_pdfa3(output.getvalue(), **WORDS)


LINES = {
    "default": (),
    "french": ("Scellé par Élodie Noël", "Œuvre n° 3 — « façade »"),
    "greek": ("Σφραγίδα της εταιρείας", "Ημερομηνία {date}"),
    "polish": ("Pieczęć spółki Łódź Żółć",),
    "arabic": ("ختم الشركة 2026", "السلام عليكم (Dijon)"),
    "hebrew": ("חותמת החברה 42",),
    "missing": ("日本語 no glyph", "private \ue123"),
    "long": ("a very long line " * 12, "second"),
    "many": tuple(f"line {index}" for index in range(20)),
}


@pytest.mark.parametrize("name", LINES)
def test_seal_holds(pki, pages, name):
    data = seal(pki, pages, text=LINES[name], qr="https://example.com/v/ABCD")
    (report,) = inspect_seals(data, (pki.der("root"),))
    assert (report.ok, report.trusted, report.errors) == (True, True, ())


def test_place(pki, pages):
    assert widget(seal(pki, pages)) == (2, [367.0, 28.0, 567.0, 88.0])
    assert widget(seal(pki, pages, page=1)) == (1, [614.0, 28.0, 814.0, 88.0])
    assert widget(seal(pki, pages, page=-3, box=(20, 700, 300, 800))) == (
        0,
        [20.0, 700.0, 300.0, 800.0],
    )


@pytest.mark.parametrize(
    "box",
    [(-1, 0, 100, 50), (500, 10, 600, 50), (10, 800, 200, 850), (90, 9, 80, 99)],
)
def test_box_outside_the_page(pki, pages, box):
    with pytest.raises(InvalidDocumentError, match="does not fit on the page"):
        seal(pki, pages, box=box)


@pytest.mark.parametrize("page", [3, -4, 100])
def test_no_such_page(pki, pages, page):
    with pytest.raises(InvalidDocumentError, match="the document has 3 page"):
        seal(pki, pages, page=page)


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGBA", "PNG"), ("RGB", "PNG"), ("L", "PNG"), ("CMYK", "JPEG")]
)
def test_pictures(pki, pages, mode, kind):
    fill = Image.new(mode, (60, 40))
    output = io.BytesIO()
    fill.save(output, kind)
    assert inspect_seals(seal(pki, pages, image=output.getvalue()))[0].ok


def test_picture_that_is_none(pki, pages):
    with pytest.raises(InvalidDocumentError, match="picture of the seal"):
        seal(pki, pages, image=b"GIF89a nothing")


def test_text_can_be_copied(pki, pages, tool, tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(seal(pki, pages))
    text = subprocess.run(
        [tool("pdftotext"), str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Charpentes du Val Clair - sceau d’essai" in text
    assert "Facture scellée à l’émission" in text
    assert "PAdES B-B" in text


def test_it_is_drawn(pki, pages, tool, tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(seal(pki, pages, image=logo(), qr="https://example.com/v/ABCD"))
    command = [tool("pdftoppm"), "-r", "72", "-f", "3", "-png", "-singlefile"]
    subprocess.run([*command, str(path), str(tmp_path / "page")], check=True)
    image = Image.open(tmp_path / "page.png").convert("L")
    box = image.crop((367, 842 - 88, 567, 842 - 28))
    dark = sum(1 for one in box.tobytes() if one < 100)
    assert 300 < dark < box.width * box.height * 0.6
    rest = image.copy()
    rest.paste(255, (366, 842 - 89, 568, 842 - 27))
    assert min(rest.tobytes()) == 255


def test_other_font(pki, pages, monkeypatch):
    monkeypatch.setattr(visible, "FONTS", ())
    visible._subset.cache_clear()
    assert inspect_seals(seal(pki, pages, text=("Élodie",)))[0].ok
    visible._subset.cache_clear()


def test_stays_pdfa(pki, pages, verapdf):
    files = {name: seal(pki, pages, text=text) for name, text in LINES.items()}
    files["picture"] = seal(pki, pages, image=logo(), qr="https://example.com/v/AB")
    files["jpeg"] = seal(pki, pages, image=logo("RGB", kind="JPEG"))
    broken = {name: verapdf.check(data) for name, data in files.items()}
    assert {name: found for name, found in broken.items() if found} == {}


class TestVisualOrder:
    def test_latin_stays(self):
        assert visual("Élodie (2026)") == "Élodie (2026)"
        assert visual("e\u0301") == "é"

    def test_hebrew_is_reversed(self):
        assert visual("אבג 42") == "42 גבא"
        assert visual("(אב)") == "(בא)"
        assert visual("Nom אב") == "Nom בא"

    def test_arabic_letters_join(self):
        # seen-lam-alef-meem: initial, final ligature, isolated
        assert visual("سلام") == "\ufee1\ufefc\ufeb3"
        assert visual("ب") == "\ufe8f"
