# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

import pikepdf
import pytest
from demat_lib_ged_archive.errors import InvalidDocumentError
from demat_lib_ged_archive.fulltext import (
    MAX_TEXT,
    Extractor,
    normalise,
    search_expression,
)


def pdf(text="Facture de travaux", loops=0):
    document = pikepdf.new()
    page = document.add_blank_page()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    operator = f"BT /F1 12 Tf 20 20 Td ({text}) Tj ET\n".encode()
    page.Contents = document.make_stream(operator + operator * loops)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Été à l'Œuvre", "ete a l oeuvre"),
        ("F/2026/0001", "f 2026 0001"),
        ("total 12\u202f480,00 €", "total 12 480 00 12480"),
        ("x" * 61 + " y", "y"),
        ("a_b\0c", "a b c"),
        ("ﬁn", "fin"),
    ],
)
def test_normalise(text, words):
    assert normalise(text) == words


def test_normalise_is_bounded():
    text = normalise("mot " * MAX_TEXT)
    assert len(text) <= MAX_TEXT


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("Facture", "'facture':*"),
        ("12", "'12'"),
        ("a*", "'a':*"),
        ("facture dupont", "'facture':* & 'dupont':*"),
        ('"toit du" -gris', "('toit' <-> 'du') & !'gris'"),
        ("F/2026/0001", "('f' <-> '2026' <-> '0001':*)"),
        ("toit ou cave", "'toit':* | 'cave':*"),
        ("'; DROP TABLE", "'drop':* & 'table':*"),
        ("!! & | :* ()", ""),
        ("", ""),
    ],
)
def test_search_expression(typed, expression):
    assert search_expression(typed) == expression


def test_one_process_reads_many_files():
    with Extractor() as extractor:
        assert extractor.text(pdf(), "application/pdf") == "facture de travaux"
        process = extractor._process.pid
        assert (
            extractor.text(b"<a>x<!-- no --><b>\xc3\xa9</b></a>", "text/xml") == "x e"
        )
        assert extractor.text("prix;été".encode("cp1252"), "text/csv") == "prix ete"
        html = b"<p>yes<script>no</script></p>"
        assert extractor.text(html, "text/html") == "yes"
        assert extractor.text(b"", "image/png") == ""
        assert extractor._process.pid == process


def test_entities_are_not_resolved():
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>k&x;</a>'
    with Extractor() as extractor:
        assert "root" not in extractor.text(bomb, "text/xml")


@pytest.mark.parametrize(
    ("content", "mimetype"),
    [(b"%PDF-1.4 broken", "application/pdf"), (b"<a", "application/xml")],
)
def test_unreadable(content, mimetype):
    with Extractor() as extractor:
        with pytest.raises(InvalidDocumentError, match="could not be read"):
            extractor.text(content, mimetype)
        assert extractor.text(b"still works", "text/plain") == "still works"


def test_too_big():
    with Extractor(max_size=10) as extractor:
        with pytest.raises(InvalidDocumentError, match="bigger"):
            extractor.text(b"x" * 11, "text/plain")


def test_too_slow():
    """A page of millions of operators; the process is ended, the next one is read."""
    with Extractor(timeout=1.5) as extractor:
        with pytest.raises(InvalidDocumentError):
            extractor.text(pdf("x" * 20, loops=600_000), "application/pdf")
        assert extractor._process is None
    with Extractor() as extractor:
        assert extractor.text(b"next", "text/plain") == "next"


def test_too_much_memory():
    with Extractor(memory=200 << 20) as extractor:
        with pytest.raises(InvalidDocumentError):
            extractor.text(pdf("x" * 20, loops=3_000_000), "application/pdf")
