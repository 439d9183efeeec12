# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import tracemalloc
from pathlib import Path

import pytest
import reportlab
from demat_lib_demat_portal.statement_pdf import StatementPdf
from PIL import Image
from pypdf import PdfReader

FONTS = [Path(reportlab.__file__).parent / f"fonts/{n}.ttf" for n in ("Vera", "VeraBd")]
COLUMNS = [("Date", 10, False), ("Document", 40, False), ("Debit", 20, True)]
MONEY = "1\u00a0234,50\u00a0€"


def picture():
    file = io.BytesIO()
    Image.new("RGBA", (40, 20), (20, 90, 120, 255)).save(file, "PNG")
    return file.getvalue()


def around(**words):
    """What stands around the lines."""
    return {
        "title": "Statement",
        "company": "Valcombe",
        "address": ["12 rue des Carriers", "Lyon"],
        "logo": picture(),
        "customers": ["Client"],
        "filters": ["All years", "Unpaid"],
        "day": "As of today",
        "page": "Page {} of {}",
        "legal": "SIRET 1",
        "columns": COLUMNS,
        **words,
    }


def write(lines, **words):
    """A statement with a number of lines."""
    file = io.BytesIO()
    paper = StatementPdf(file, around(**words), FONTS)
    paper.ageing([("Balance", MONEY), ("Not due", "0")])
    for number in range(lines):
        paper.line(["2026-11-02", f"Invoice INV/{number:05}", MONEY])
    paper.close()
    return file


def texts(file):
    return [page.extract_text() for page in PdfReader(file).pages]


def test_pages():
    """Headings and number on each page, every line once."""
    pages = texts(write(150))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Debit" in page
    whole = "".join(pages)
    assert [whole.count(f"INV/{one:05}") for one in range(150)] == [1] * 150
    assert "Unpaid" in pages[0]


def test_parts():
    """Each company on pages of its own, with its head and its foot."""
    file = io.BytesIO()
    paper = StatementPdf(file, around(), FONTS)
    for number in range(80):
        paper.line(["2026-11-02", f"Invoice A/{number}", MONEY])
    paper.part(around(company="Rhodan", legal="BE 2"))
    paper.line(["2026-11-02", "Invoice B/1", MONEY])
    paper.close()
    *first, last = texts(file)
    assert "Valcombe" in first[0]
    assert all("SIRET 1" in page and "BE 2" not in page for page in first)
    assert "Rhodan" in last
    assert "BE 2" in last
    assert "Debit" in last
    assert "Invoice B/1" in last
    assert "Valcombe" not in last
    assert "SIRET 1" not in last
    assert f"Page {len(first) + 1} of {len(first) + 1}" in last


def test_long_words_and_bad_logo():
    file = write(0, logo=b"no picture", customers=["x" * 400], filters=[])
    [page] = texts(file)
    assert "…" in page
    file = write(1, legal="y" * 900, customers=["Client"] * 80)
    assert len(texts(file)) == 1


@pytest.mark.parametrize("few", [400])
def test_memory_does_not_grow(few):
    """Ten times the lines take a few hundred bytes for each, compressed pages."""
    peaks = []
    write(few)
    for lines in (few, 10 * few):
        tracemalloc.start()
        write(lines)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 10 * few * 600
