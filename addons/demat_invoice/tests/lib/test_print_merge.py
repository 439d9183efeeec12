# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import io

import pikepdf
import pytest
from demat_lib_demat_invoice import print_merge
from pypdf import PdfReader
from reportlab.pdfgen import canvas


def draw(text, pages=1, size=(595, 842)):
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, pagesize=size)
    for number in range(pages):
        drawing.drawString(90, 90, f"{text}/{number}")
        drawing.showPage()
    drawing.save()
    return buffer.getvalue()


def texts(path):
    return [page.extract_text().strip() for page in PdfReader(path).pages]


def test_pages_keep_their_order_over_several_parts(tmp_path):
    count = 2 * print_merge.PART + 3
    with print_merge.Merger() as merger:
        for number in range(count):
            merger.add(draw(f"F{number}", pages=2), f"F{number}")
        merger.save(tmp_path / "all.pdf")
    assert texts(tmp_path / "all.pdf") == [
        f"F{number}/{page}" for number in range(count) for page in range(2)
    ]


def test_a_broken_file_leaves_the_others_alone(tmp_path):
    with print_merge.Merger() as merger:
        merger.add(draw("A"), "A")
        with pytest.raises(print_merge.BrokenPdfError) as error:
            merger.add(b"not a PDF", "B")
        assert "BytesIO" not in str(error.value)
        merger.add(draw("C"), "C")
        cover = print_merge.draw_cover(
            "Not printed", "One.", [("B <b>", "broken & so")]
        )
        merger.save(tmp_path / "all.pdf", cover=("Not printed", cover))
    first, *others = texts(tmp_path / "all.pdf")
    assert "B <b> : broken & so" in first
    assert others == ["A/0", "C/0"]
    with pikepdf.open(tmp_path / "all.pdf") as merged, merged.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Not printed", "A", "C"]


@pytest.mark.parametrize("size", [(595, 842), (842, 595), (420, 595)])
def test_the_stamp_is_on_each_page_and_the_source_is_untouched(tmp_path, size):
    data = draw("A", pages=2, size=size)
    before = hashlib.sha256(data).hexdigest()
    with print_merge.Merger() as merger:
        merger.add(data, "A", watermark="DUPLICATA")
        merger.add(draw("B"), "B")
        merger.save(tmp_path / "all.pdf")
    found = ["DUPLICATA" in text for text in texts(tmp_path / "all.pdf")]
    assert found == [True, True, False]
    assert hashlib.sha256(data).hexdigest() == before


def test_nothing_is_left_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with print_merge.Merger() as merger:
        for number in range(print_merge.PART + 1):
            merger.add(draw("A"), str(number))
        assert list(tmp_path.glob("demat-print-*/*.pdf"))
        merger.save(tmp_path / "all.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["all.pdf"]
