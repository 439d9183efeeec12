# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Text on paper: fonts that are embedded, lines that fit."""

import unicodedata

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

__all__ = ["BOLD", "FONT", "figures", "fit", "printable", "wrap"]

#: Fonts that come with reportlab (Bitstream Vera), embedded in the file.
FONT = "DematVera"
BOLD = "DematVera-Bold"
MIN_SIZE = 4.5

pdfmetrics.registerFont(TTFont(FONT, "Vera.ttf"))
pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))


def printable(text):
    """Return text in characters that both fonts draw; others lose their accent, or
    become a question mark rather than an empty box."""
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    result = []
    for char in unicodedata.normalize("NFC", text or ""):
        if ord(char) in known:
            result.append(char)
        elif char.isspace():
            result.append(" ")
        else:
            base = unicodedata.normalize("NFKD", char)[0]
            result.append(base if ord(base) in known else "?")
    return "".join(result)


def fit(text, size, font, width):
    """Return ``(text, size)`` so that the line is no longer than ``width`` points.

    Smaller first; what is still too long is cut, with an ellipsis that tells so.
    """
    text = printable(text)
    length = pdfmetrics.stringWidth(text, font, size)
    if length > width:
        size = max(size * width / length, MIN_SIZE)
    if pdfmetrics.stringWidth(text, font, size) > width + 0.01:
        while text and pdfmetrics.stringWidth(f"{text}…", font, size) > width:
            text = text[:-1]
        text = f"{text.rstrip()}…"
    return text, size


def wrap(text, size, font, width):
    """Return the lines of a text that is cut between words."""
    lines = []
    for word in printable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and pdfmetrics.stringWidth(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def figures(cents):
    """Return ``1 234,56``, the way a bill shows an amount in cents."""
    euros, rest = divmod(cents, 100)
    return f"{euros:,}".replace(",", " ") + f",{rest:02d}"
