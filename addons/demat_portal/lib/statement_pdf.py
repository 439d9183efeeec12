# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The printed statement: a table of any length, drawn line by line.

What is drawn goes into compressed pages at once; a line leaves nothing behind. Fonts
are embedded.
"""

import functools
import io
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

__all__ = ["StatementPdf"]

_WIDTH, _HEIGHT = A4
_MARGIN = 36
_FOOT = 48
_SIZE, _STEP = 7.5, 12.5
_INK, _SOFT, _PALE = (0.13, 0.16, 0.2), (0.38, 0.42, 0.47), (0.8, 0.83, 0.86)


class _Numbered(Canvas):
    """Keeps the drawing of each page, without its end, until their number is known."""

    def __init__(self, *args, foot, **kwargs):
        super().__init__(*args, **kwargs)
        self._foot, self._count = foot, 0
        self._blank()

    def _blank(self):
        """Forget what the page was drawn with: colours and letters begin anew."""
        #: Colour, font and size of the letters; colour of the rules.
        self.ink = self.pen = None

    def beginForm(self, *args, **kwargs):
        self._blank()
        return super().beginForm(*args, **kwargs)

    def showPage(self):
        # the number of pages is a form that is drawn once, at the end
        self._count += 1
        self._foot(self, self._count)
        shown = super().showPage()
        self._blank()
        return shown


class StatementPdf:
    """A statement that is being written.

    :param file: a binary file
    :param words: ``title``, ``company``, ``address`` (lines), ``logo`` (bytes or
        nothing), ``customers``, ``filters``, ``day``, ``page`` (with two ``{}``),
        ``legal``, ``columns``: ``[(heading, part of the width, whether a number)]``
    :param fonts: the files of the plain and of the bold letters (TrueType)
    """

    def __init__(self, file, words, fonts):
        self._words = words
        self._plain, self._bold = (_font(path) for path in fonts)
        self._canvas = _Numbered(
            file, pagesize=A4, pageCompression=1, foot=self._draw_foot
        )
        self._canvas.setTitle(words["title"])
        self._canvas.setAuthor(words["company"])
        total = sum(part for _name, part, _number in words["columns"])
        room = _WIDTH - 2 * _MARGIN
        self._columns, left = [], _MARGIN
        for name, part, number in words["columns"]:
            width = room * part / total
            self._columns.append((name, left, width, number))
            left += width
        self._y = _HEIGHT - _MARGIN
        self._headed = False
        self._draw_head()

    # -- what is written ---------------------------------------------------------------

    def ageing(self, rows):
        """Draw sums side by side: ``[(label, amount)]``, the first one in bold."""
        self._need(40)
        width = (_WIDTH - 2 * _MARGIN) / max(len(rows), 1)
        for place, (label, amount) in enumerate(rows):
            x = _MARGIN + place * width
            for step, line in enumerate(self._wrap(label, 6.5, width - 4)[:2]):
                self._text(x, self._y - 8 - 7.5 * step, line, 6.5, colour=_SOFT)
            self._text(x, self._y - 27, amount, 8, bold=place == 0 or None)
        self._y -= 40

    def line(self, cells, bold=False):
        """Draw a line of the table; a text that is too long goes on below."""
        if not self._headed:
            self._draw_columns()
        wrapped = [
            [cell] * bool(cell) if number else self._wrap(cell, _SIZE, width - 4)[:4]
            for cell, (_name, _left, width, number) in zip(
                cells, self._columns, strict=True
            )
        ]
        height = _STEP + (max(len(one) or 1 for one in wrapped) - 1) * (_SIZE + 1.5)
        if self._need(height):
            self._draw_columns()
        for lines, (_name, left, width, number) in zip(
            wrapped, self._columns, strict=True
        ):
            y = self._y - _SIZE - 1.5
            for text in lines:
                self._text(left, y, text, _SIZE, bold, width if number else None)
                y -= _SIZE + 1.5
        self._y -= height
        self._rule(self._y)

    def part(self, words):
        """Begin a page of another company: the same words, other values."""
        self._canvas.showPage()
        self._words = words
        self._y = _HEIGHT - _MARGIN
        self._headed = False
        self._draw_head()

    def close(self):
        """End the file."""
        self._canvas.showPage()
        self._finish_numbers()
        self._canvas.save()

    # -- pages -------------------------------------------------------------------------

    def _need(self, height):
        """Begin a page where there is no room for a height; tell whether it did."""
        if self._y - height > _FOOT:
            return False
        self._canvas.showPage()
        self._y = _HEIGHT - _MARGIN
        self._headed = False
        return True

    def _draw_head(self):
        words, top = self._words, self._y
        x = _MARGIN
        if words["logo"] and (picture := _picture(words["logo"])):
            across, high = picture.getSize()
            scale = min(110 / across, 42 / high)
            self._canvas.drawImage(
                picture,
                x,
                top - high * scale,
                across * scale,
                high * scale,
                mask="auto",
            )
            top -= high * scale + 6
        self._text(x, top - 10, words["company"], 10, bold=True)
        y = top - 22
        for line in words["address"][:5]:
            self._text(x, y, line, 8, colour=_SOFT)
            y -= 10
        right = _WIDTH / 2 + 20
        room = _WIDTH - _MARGIN - right
        other = self._y - 14
        self._text(right, other, words["title"], 15, bold=True)
        other -= 18
        for line in self._wrap(", ".join(words["customers"]), 9, room)[:4]:
            self._text(right, other, line, 9, bold=True)
            other -= 12
        for line in self._wrap(" · ".join(words["filters"]), 8, room)[:4]:
            self._text(right, other, line, 8)
            other -= 10
        self._text(right, other, words["day"], 8, colour=_SOFT)
        self._y = min(y, other) - 14

    def _draw_columns(self):
        y = self._y - _SIZE - 2
        for name, left, width, number in self._columns:
            self._text(left, y, name, _SIZE, True, width if number else None)
        self._y -= _STEP + 2
        self._rule(self._y, _INK)
        self._headed = True

    def _draw_foot(self, canvas, number):
        legal = self._wrap(self._words["legal"], 6.5, _WIDTH - 2 * _MARGIN - 80)[:2]
        for step, line in enumerate(legal):
            self._text(_MARGIN, 28 - 8 * step, line, 6.5, colour=_SOFT)
        # a place for the words, filled when the last page is known
        canvas.doForm(f"page_{number}")

    def _finish_numbers(self):
        canvas = self._canvas
        for number in range(1, canvas._count + 1):
            canvas.beginForm(f"page_{number}", 0, 0, _WIDTH, _HEIGHT)
            text = self._words["page"].format(number, canvas._count)
            self._text(
                _MARGIN, 28, text, 6.5, room=_WIDTH - 2 * _MARGIN + 2, colour=_SOFT
            )
            canvas.endForm()

    # -- strokes -----------------------------------------------------------------------

    def _text(self, x, y, text, size, bold=False, room=None, colour=_INK):
        """Write a text; at the right of ``room`` when there is one."""
        canvas, font = self._canvas, self._bold if bold else self._plain
        if room is not None:
            x += room - 2 - self._wide(text, size, font)
        if canvas.ink != (colour, font, size):
            canvas.setFillColorRGB(*colour)
            canvas.setFont(font, size)
            canvas.ink = colour, font, size
        # what drawString does, without measuring the text once more
        written = canvas.beginText(x, y)
        written.textOut(text)
        canvas.drawText(written)

    def _rule(self, y, colour=_PALE):
        canvas = self._canvas
        if canvas.pen != colour:
            canvas.setStrokeColorRGB(*colour)
            canvas.setLineWidth(0.4)
            canvas.pen = colour
        canvas.line(_MARGIN, y, _WIDTH - _MARGIN, y)

    def _wrap(self, text, size, room):
        """Break a text into lines; a word that is too long is cut."""
        words = str(text or "").split()
        whole = " ".join(words)
        if self._wide(whole, size) <= room:
            return [whole] if whole else []
        lines, line = [], ""
        for word in words:
            word = self._cut(word, size, room)
            longer = f"{line} {word}".strip()
            if line and self._wide(longer, size) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line] if line else lines

    def _cut(self, word, size, room):
        while len(word) > 1 and self._wide(word, size) > room:
            word = word[:-2] + "…"
        return word

    def _wide(self, text, size, font=None):
        return _measured(text, font or self._plain, size)


@functools.lru_cache(maxsize=4096)
def _measured(text, font, size):
    """Return the width of a text; days, kinds and amounts come again and again."""
    return pdfmetrics.stringWidth(text, font, size)


def _font(path):
    """Return the name of a font, known from now on to the process."""
    name = f"demat-{Path(path).stem}"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, path))
    return name


def _picture(content):
    """Return the logo, or nothing where it is no picture that can be drawn."""
    try:
        return ImageReader(io.BytesIO(content))
    except OSError:
        return None
