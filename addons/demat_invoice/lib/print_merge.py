# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Many PDF files printed as one, in their order, with the watermark of a reprint.

The files that are given are never changed: what is stamped and merged is a copy.
Memory: the bytes of one part, and of all the others their structure only.
"""

import io
import re
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

__all__ = ["BrokenPdfError", "Merger", "draw_cover"]

#: Files that are held in memory together.
PART = 25
#: The word across a reprint is as wide as this part of the diagonal.
_SHARE = 0.6
_FONT = "Helvetica-Bold"
# the name of our buffer says nothing to a reader
_BUFFER = re.compile(r"stream <[^>]*>: ?")


class BrokenPdfError(Exception):
    """The bytes are no PDF that can be printed."""


class Merger:
    """Collects PDF files on the disk and writes them as one.

    ``with Merger() as merger:`` then :meth:`add` for each file and :meth:`save`.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="demat-print-")
        self._parts = []
        self._titles = []
        self._count = 0
        self._stamps = {}
        self._new_part()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._part.close()
        for source in self._sources:
            source.close()
        self._folder.cleanup()

    def _new_part(self):
        self._part = pikepdf.Pdf.new()
        self._sources = []

    def add(self, data, title, *, watermark=None):
        """Append the pages of one file.

        :param data: bytes of a PDF
        :param title: its entry in the outline
        :param watermark: word across each page, or None
        :raises BrokenPdfError: nothing was appended
        """
        try:
            source = pikepdf.open(io.BytesIO(data))
            _flatten(source)
            if watermark:
                for page in source.pages:
                    self._stamp(page, watermark)
            pages = list(source.pages)
            if not pages:
                raise BrokenPdfError("no page")
            self._part.pages.extend(pages)
        except (pikepdf.PdfError, ValueError) as error:
            raise BrokenPdfError(_BUFFER.sub("", str(error))) from error
        self._sources.append(source)
        self._titles.append((title, self._count))
        self._count += len(pages)
        if len(self._sources) >= PART:
            self._write_part()

    def _stamp(self, page, word):
        """Draw the word over a page, through its middle, from bottom to top."""
        box = [float(side) for side in page.trimbox]
        size = (box[2] - box[0], box[3] - box[1])
        key = (*size, word)
        if key not in self._stamps:
            self._stamps[key] = pikepdf.open(io.BytesIO(_draw_stamp(*size, word)))
        page.add_overlay(self._stamps[key].pages[0], pikepdf.Rectangle(*box))

    def _write_part(self):
        path = Path(self._folder.name) / f"{len(self._parts)}.pdf"
        self._part.save(path)
        self._parts.append(path)
        self._part.close()
        for source in self._sources:
            source.close()
        self._new_part()

    def save(self, path, *, cover=None):
        """Write all that was added.

        :param path: where the file is written
        :param cover: (title, bytes of a PDF) that come first, or None
        """
        if self._sources:
            self._write_part()
        opened = [pikepdf.open(part) for part in self._parts]
        titles, offset = self._titles, 0
        if cover:
            first = pikepdf.open(io.BytesIO(cover[1]))
            offset = len(first.pages)
            opened.insert(0, first)
            titles = [(cover[0], -offset), *titles]
        with pikepdf.Pdf.new() as whole:
            for part in opened:
                whole.pages.extend(part.pages)
            with whole.open_outline() as outline:
                outline.root.extend(
                    pikepdf.OutlineItem(title, page + offset) for title, page in titles
                )
            whole.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        for part in opened:
            part.close()


def _flatten(source):
    """Draw the visible seals and drop their fields: they would show as broken ones."""
    if "/AcroForm" not in source.Root:
        return
    source.flatten_annotations("print")
    for page in source.pages:
        if "/Annots" in page:
            page.Annots = pikepdf.Array(
                note for note in page.Annots if note.get("/Subtype") != "/Widget"
            )
    if "/AcroForm" in source.Root:
        del source.Root.AcroForm


def _draw_stamp(width, height, word):
    buffer = io.BytesIO()
    drawing = canvas.Canvas(buffer, pagesize=(width, height))
    diagonal = (width**2 + height**2) ** 0.5
    size = 100 * _SHARE * diagonal / drawing.stringWidth(word, _FONT, 100)
    drawing.translate(width / 2, height / 2)
    drawing.rotate(45 if width <= height else 30)
    drawing.setFont(_FONT, min(size, min(width, height) / 4))
    # pale: the text under it stays readable, on a copier too
    drawing.setFillColor(Color(0.45, 0.45, 0.45, alpha=0.28))
    drawing.drawCentredString(0, -size / 3, word)
    drawing.save()
    return buffer.getvalue()


def draw_cover(title, intro, lines):
    """Return the bytes of a PDF page, or several, that lists what was not printed.

    :param title: heading
    :param intro: one paragraph
    :param lines: list of (name, cause)
    """
    buffer = io.BytesIO()
    styles = getSampleStyleSheet()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, margin=20 * mm, title=title, author=""
    )
    story = [
        Paragraph(escape(title), styles["Title"]),
        Paragraph(escape(intro), styles["BodyText"]),
        Spacer(1, 6 * mm),
    ]
    story += [
        Paragraph(f"<b>{escape(name)}</b> : {escape(cause)}", styles["BodyText"])
        for name, cause in lines
    ]
    document.build(story)
    return buffer.getvalue()
