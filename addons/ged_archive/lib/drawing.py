# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Words, lines and pictures drawn on a page, with fonts that are in the file.

Lato, in which the invoices are written, where it has all the letters; DejaVu Sans
otherwise. Coordinates are points from the lower left corner, colours are RGB from 0 to
1.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import pil_image

from .rtl import visual
from .visible import _Font, _font_path

__all__ = ["INK", "PALE", "SOFT", "Canvas", "faces_for"]

INK, SOFT, PALE = (0.13, 0.16, 0.2), (0.38, 0.42, 0.47), (0.8, 0.83, 0.86)
_FACES = (
    (
        "/usr/share/fonts/truetype/lato/Lato-Regular.ttf",
        "/usr/share/fonts/truetype/lato/Lato-Bold.ttf",
    ),
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    ),
)
#: In every subset, so that one serves the documents of a day: Latin, and punctuation.
_COMMON = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x180)))) + (
    "\u00a0‐‑–—‘’‚“”„†•…‰‹›€™−"
)


@dataclass(frozen=True)
class Faces:
    """The files of the plain and of the bold letters."""

    plain: str
    bold: str

    def width(self, line: str, size: float, *, bold: bool = False) -> float:
        """Width of a line in points."""
        return _measure(self.bold if bold else self.plain).width(line) * size

    def wrap(self, text: str, size: float, room: float, *, most: int = 99) -> list[str]:
        """Break a text into lines no wider than ``room``; the last ends with “…” when
        there is more."""
        lines = []
        for paragraph in text.splitlines():
            line = ""
            # not where a space was made to hold
            for word in filter(None, paragraph.split(" ")):
                longer = f"{line} {word}".strip()
                if line and self.width(longer, size) > room:
                    lines.append(line)
                    line = word
                else:
                    line = longer
            lines.append(line)
        lines = [self.cut(line, size, room) for line in lines if line]
        if len(lines) > most:
            lines = [*lines[: most - 1], self.cut(lines[most - 1] + " …", size, room)]
        return lines

    def cut(self, line: str, size: float, room: float, *, bold: bool = False) -> str:
        """Return the line, with “…” in place of what does not fit."""
        if self.width(line, size, bold=bold) <= room:
            return line
        line = line.removesuffix(" …")
        while line and self.width(line + "…", size, bold=bold) > room:
            line = line[:-1]
        return line.rstrip() + "…"


def faces_for(*texts: str) -> Faces:
    """Return the first faces that have all the letters of ``texts``, or the last."""
    letters = {one for text in texts for one in visual(text)}
    there = [pair for pair in _FACES if all(Path(one).exists() for one in pair)]
    for pair in there:
        if all(_measure(pair[0]).has(one) for one in letters):
            return Faces(*pair)
    return Faces(*(there[-1] if there else [_font_path()] * 2))


class Canvas:
    """Collects what is drawn on one page or in one box."""

    def __init__(self, faces: Faces):
        self.faces = faces
        self._parts: list[bytes | tuple] = []
        self._letters = {False: set(), True: set()}
        self._pictures = {}

    def text(self, x, y, size, line, *, bold=False, colour=INK, align="left"):
        """Write one line whose base begins (or ends, or has its middle) at x, y."""
        line = visual(line)
        if not line.strip():
            return
        width = self.faces.width(line, size, bold=bold)
        x -= {"left": 0, "middle": width / 2, "right": width}[align]
        self._letters[bold].update(line)
        self._parts.append((bold, size, x, y, colour, line))

    def rule(self, x1, y1, x2, y2, *, colour=PALE, thick=0.6):
        self._parts.append(
            b"%g %g %g RG %g w %g %g m %g %g l S" % (*colour, thick, x1, y1, x2, y2)
        )

    def box(self, x, y, width, height, *, line=None, fill=None, thick=0.7, dash=False):
        """Draw a rectangle."""
        parts = [b"q", b"[3 2] 0 d" if dash else b"", b"%g w" % thick]
        if line:
            parts.append(b"%g %g %g RG" % line)
        if fill:
            parts.append(b"%g %g %g rg" % fill)
        parts.append(b"%g %g %g %g re" % (x, y, width, height))
        parts.append(b"B" if line and fill else b"S" if line else b"f")
        self._parts.append(b" ".join([*parts, b"Q"]))

    def picture(self, image, x, y, width, height):
        """Place a PIL image as large as it goes in the middle of a rectangle."""
        name = f"/Picture{len(self._pictures) + 1}"
        self._pictures[name] = image
        scale = min(width / image.width, height / image.height)
        wide, high = image.width * scale, image.height * scale
        self._parts.append(
            b"q %g 0 0 %g %g %g cm %s Do Q"
            % (
                wide,
                high,
                x + (width - wide) / 2,
                y + (height - high) / 2,
                name.encode(),
            )
        )

    def finish(self, writer, shared=None):
        """Return ``(content, resources)``; fonts and pictures go to ``writer``.

        :param shared: a dictionary that the canvases of one file have in common: each
            font is in the file once
        """
        shared = {} if shared is None else shared
        fonts = {}
        for bold, name in ((False, "/F1"), (True, "/F2")):
            if self._letters[bold]:
                fonts[bold] = (name, self._font(bold))
        content = b"\n".join(self._drawn(part, fonts) for part in self._parts)
        resources = generic.DictionaryObject()
        if fonts:
            resources["/Font"] = generic.DictionaryObject(
                {
                    pdf_name(name): _reference(font, writer, shared)
                    for name, font in fonts.values()
                }
            )
        if self._pictures:
            resources["/XObject"] = generic.DictionaryObject(
                {
                    pdf_name(name): pil_image(image, writer)
                    for name, image in self._pictures.items()
                }
            )
        return b"q\n" + content + b"\nQ", resources

    def _font(self, bold):
        path = self.faces.bold if bold else self.faces.plain
        known = _measure(path)
        rare = self._letters[bold] - set(_COMMON)
        letters = [one for one in _COMMON if known.has(one)]
        return _subset(path, "".join([*letters, *sorted(rare)]))

    def _drawn(self, part, fonts):
        if isinstance(part, bytes):
            return part
        bold, size, x, y, colour, line = part
        name, font = fonts[bold]
        return b"BT %g %g %g rg %s %g Tf %g %g Td <%s> Tj ET" % (
            *colour,
            name.encode(),
            size,
            x,
            y,
            font.encode(line),
        )


def _reference(font, writer, shared):
    if font not in shared:
        shared[font] = font.add_to(writer)
    return shared[font]


class _Measure:
    """The widths of all the letters of a font file."""

    def __init__(self, path):
        font = TTFont(path, lazy=True)
        scale = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        self._widths = {
            code: widths[name][0] / scale for code, name in font.getBestCmap().items()
        }
        font.close()

    def has(self, letter) -> bool:
        return ord(letter) in self._widths

    def width(self, line) -> float:
        other = self._widths[ord("?")]
        return sum(self._widths.get(ord(one), other) for one in line)


@functools.lru_cache(maxsize=8)
def _measure(path: str) -> _Measure:
    return _Measure(path)


@functools.lru_cache(maxsize=16)
def _subset(path: str, letters: str) -> _Font:
    return _Font(letters if "?" in letters else letters + "?", path)
