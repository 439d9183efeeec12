# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a visible seal shows: lines of text in an embedded font, a picture, a QR code.

Everything that is drawn is in the file, so PDF/A-3 stays PDF/A-3: a subset of a
TrueType font with the widths of its glyphs, the code as rectangles.
"""

import functools
import io
import logging
import math
import string
from pathlib import Path

import qrcode
from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import pil_image
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.stamp.base import BaseStamp, BaseStampStyle

from .codes import ALPHABET
from .errors import InvalidDocumentError
from .rtl import visual
from .seal_settings import VerifyMark, VisibleSeal

__all__ = ["appearance"]

# It tells each step of each font at the level of information.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
# Lato says that it was made in 1970
logging.getLogger("fontTools.ttLib.tables._h_e_a_d").setLevel(logging.ERROR)

#: Tables of a font that a PDF has no use for.
_UNUSED = ("GSUB", "GPOS", "GDEF", "kern", "FFTM", "DSIG")

#: DejaVu Sans covers Latin, Greek, Cyrillic, Arabic, Hebrew. Its little sister Vera
#: comes with the host's own libraries.
FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
)
_SIZE = (200.0, 60.0)
_MARGIN = 28.0
_PADDING = 4.0
_LARGEST = 9.0
_SMALLEST = 3.0


class _Style(BaseStampStyle):
    """Hands the drawing over to :class:`_Drawing`."""

    def __init__(self, lines, image, code, letters):
        super().__init__(border_width=0)
        object.__setattr__(self, "letters", letters)
        object.__setattr__(self, "lines", lines)
        object.__setattr__(self, "image", image)
        object.__setattr__(self, "code", code)

    def create_stamp(self, writer, box, text_params):
        return _Drawing(writer, self, box)


def appearance(
    visible: VisibleSeal,
    writer,
    field_name,
    *,
    common_name,
    moment,
    reason,
    level,
    mark: VerifyMark | None = None,
):
    """Return ``(stamp style, field specification)`` for pyHanko.

    Lines may hold ``{signer}``, ``{date}``, ``{reason}``, ``{level}``, ``{code}``; the
    text of ``mark`` comes last where they do not say its place. Raises
    :class:`InvalidDocumentError` when page or box is not in the document, or the
    picture cannot be read.
    """
    words = {
        "{signer}": common_name,
        "{date}": f"{moment:%Y-%m-%d %H:%M} UTC",
        "{reason}": reason or "",
        "{level}": f"PAdES {level}",
        "{code}": mark.text if mark and visible.mark else "",
    }
    lines = visible.text or (
        "{signer}",
        "{date}",
        *(["{reason}"] * bool(reason)),
        ("{level}"),
    )
    if not any("{code}" in line for line in lines):
        lines = (*lines, "{code}")
    texts = []
    for line in lines:
        for key, value in words.items():
            line = line.replace(key, value)
        if line.strip():
            texts.append(visual(line.strip()))
    page, box = _place(visible, writer)
    image = _read_image(visible.image) if visible.image else None
    code = visible.qr
    if not code and mark and visible.mark == "qr":
        code = mark.url
    # all that codes are made of, so that one font serves all documents of a day
    letters = ALPHABET + string.digits if words["{code}"] else ""
    style = _Style(tuple(texts), image, code, letters)
    return style, SigFieldSpec(field_name, on_page=page, box=box)


def _place(visible, writer):
    count = int(writer.root["/Pages"]["/Count"])
    page = visible.page if visible.page >= 0 else count + visible.page
    if not 0 <= page < count:
        raise InvalidDocumentError(
            f"The seal should show on page {visible.page}, but the document has "
            f"{count} page(s)."
        )
    left, bottom, right, top = _page_box(writer, page)
    box = visible.box or (
        right - _MARGIN - _SIZE[0],
        bottom + _MARGIN,
        right - _MARGIN,
        bottom + _MARGIN + _SIZE[1],
    )
    x1, y1, x2, y2 = box
    if not (left <= x1 < x2 <= right and bottom <= y1 < y2 <= top):
        raise InvalidDocumentError(
            f"The seal does not fit on the page: its box {x1:g}, {y1:g}, {x2:g}, "
            f"{y2:g} is not inside {left:g}, {bottom:g}, {right:g}, {top:g}."
        )
    return page, tuple(float(one) for one in box)


def _page_box(writer, page):
    node = writer.find_page_for_modification(page)[0].get_object()
    found = None
    while node is not None:
        found = node.get("/CropBox") or found or node.get("/MediaBox")
        if found is not None:
            break
        node = node.get("/Parent")
    x1, y1, x2, y2 = (float(one) for one in found or (0, 0, 595, 842))
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _read_image(data):
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InvalidDocumentError("The picture of the seal cannot be read.") from None
    if image.width * image.height > 4_000_000:
        raise InvalidDocumentError("The picture of the seal is too large.")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


class _Drawing(BaseStamp):
    """The form XObject of the seal."""

    def _render_inner_content(self):
        style, width, height = self.style, self.box.width, self.box.height
        left, right = _PADDING, width - _PADDING
        room = height - 2 * _PADDING
        parts = [b"0.6 G 0.5 w 0.25 0.25 %g %g re S" % (width - 0.5, height - 0.5)]
        if style.image:
            used = min(room, (width - 2 * _PADDING) / 3)
            parts.append(self._image(style.image, left, used, height))
            left += used + _PADDING
        if style.code:
            used = min(room, (width - 2 * _PADDING) / 2)
            right -= used
            parts.append(_code(style.code, right, (height - used) / 2, used))
            right -= _PADDING
        if style.lines and right - left > 10:
            parts.append(self._text(left, right - left, height))
        return parts

    def _image(self, image, left, used, height):
        scale = min(used / image.width, (height - 2 * _PADDING) / image.height)
        wide, high = image.width * scale, image.height * scale
        reference = pil_image(image, self.writer)
        self.set_resource(ResourceType.XOBJECT, pdf_name("/Picture"), reference)
        return b"q %g 0 0 %g %g %g cm /Picture Do Q" % (
            wide,
            high,
            left + (used - wide) / 2,
            (height - high) / 2,
        )

    def _text(self, left, room, height):
        lines = self.style.lines
        letters = "".join(sorted(set("".join(lines) + self.style.letters))) + "?"
        font = _subset(letters)
        self.set_resource(ResourceType.FONT, pdf_name("/F1"), font.add_to(self.writer))
        widest = max(font.width(line) for line in lines) or 1
        size = min(
            _LARGEST, (height - 2 * _PADDING) / (1.2 * len(lines)), room / widest
        )
        size = max(size, _SMALLEST)
        first = (height + 1.2 * size * len(lines)) / 2 - size
        parts = [b"q %g 0 %g %g re W n" % (left, room, height)]
        parts.append(
            b"BT 0 g /F1 %g Tf %g TL %g %g Td" % (size, 1.2 * size, left, first)
        )
        parts += [b"<%s> Tj T*" % font.encode(line) for line in lines]
        parts.append(b"ET Q")
        return b" ".join(parts)


def _code(content, x, y, size):
    code = qrcode.QRCode(border=1)
    code.add_data(content)
    code.make(fit=True)
    matrix = code.get_matrix()
    step = size / len(matrix)
    parts = [b"q 1 g %g %g %g %g re f 0 g" % (x, y, size, size)]
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                parts.append(
                    b"%g %g %g %g re"
                    % (
                        round(x + column * step, 3),
                        round(y + size - (row + 1) * step, 3),
                        math.ceil(step * 1000) / 1000,
                        math.ceil(step * 1000) / 1000,
                    )
                )
    return b" ".join([*parts, b"f Q"])


class _Font:
    """A subset of the font: TrueType, addressed by glyph number."""

    def __init__(self, letters, path=None):
        font = TTFont(path or _font_path(), recalcTimestamp=False, lazy=True)
        for table in _UNUSED:
            # before the cut, which would read them first
            if table in font:
                del font[table]
        options = subset.Options(
            notdef_outline=True,
            layout_features=[],
            name_IDs=[],
            hinting=False,
            glyph_names=False,
        )
        known = font.getBestCmap()
        self._letters = {one: one if ord(one) in known else "?" for one in letters}
        cut = subset.Subsetter(options)
        cut.populate(text="".join(self._letters.values()))
        cut.subset(font)
        output = io.BytesIO()
        font.save(output)
        self._file = output.getvalue()
        scale = 1000 / font["head"].unitsPerEm
        names = font.getBestCmap()
        order = font.getGlyphOrder()
        places = {name: place for place, name in enumerate(order)}
        self._glyphs = {
            one: places[names[ord(shown)]] for one, shown in self._letters.items()
        }
        #: advance widths by glyph, in thousandths of the size
        self._widths = [round(font["hmtx"][name][0] * scale) for name in order]
        self._metrics = {
            "/Ascent": round(font["hhea"].ascent * scale),
            "/Descent": round(font["hhea"].descent * scale),
            "/CapHeight": 729,
            "/ItalicAngle": 0,
            "/StemV": 80,
            "/Flags": 4,
        }
        head = font["head"]
        self._box = [
            round(one * scale) for one in (head.xMin, head.yMin, head.xMax, head.yMax)
        ]

    def width(self, line):
        """Width of a line in units of the font size."""
        return sum(self._widths[self._glyphs[one]] for one in line) / 1000

    def encode(self, line):
        return b"".join(b"%04X" % self._glyphs[one] for one in line)

    def add_to(self, writer):
        """Write the font and return the reference to it."""
        name = pdf_name("/DEMATA+Seal")
        file = generic.StreamObject(
            {pdf_name("/Length1"): generic.NumberObject(len(self._file))},
            stream_data=self._file,
        )
        file.compress()
        numbers = generic.NumberObject
        descriptor = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/FontDescriptor"),
                pdf_name("/FontName"): name,
                pdf_name("/FontBBox"): generic.ArrayObject(map(numbers, self._box)),
                pdf_name("/FontFile2"): writer.add_object(file),
            }
            | {pdf_name(key): numbers(one) for key, one in self._metrics.items()}
        )
        cid = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
                pdf_name("/BaseFont"): name,
                pdf_name("/CIDSystemInfo"): generic.DictionaryObject(
                    {
                        pdf_name("/Registry"): generic.pdf_string("Adobe"),
                        pdf_name("/Ordering"): generic.pdf_string("Identity"),
                        pdf_name("/Supplement"): numbers(0),
                    }
                ),
                pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
                pdf_name("/FontDescriptor"): writer.add_object(descriptor),
                pdf_name("/W"): generic.ArrayObject(
                    [numbers(0), generic.ArrayObject(map(numbers, self._widths))]
                ),
            }
        )
        unicode = generic.StreamObject(stream_data=self._to_unicode())
        unicode.compress()
        return writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Font"),
                    pdf_name("/Subtype"): pdf_name("/Type0"),
                    pdf_name("/BaseFont"): name,
                    pdf_name("/Encoding"): pdf_name("/Identity-H"),
                    pdf_name("/DescendantFonts"): generic.ArrayObject(
                        [writer.add_object(cid)]
                    ),
                    pdf_name("/ToUnicode"): writer.add_object(unicode),
                }
            )
        )

    def _to_unicode(self):
        # several letters may share a glyph: copied text has the plain one, “-” or space
        letters = {
            glyph: one
            for one, glyph in sorted(self._glyphs.items(), reverse=True)
            if (self._letters[one] == one)
        }
        rows = [
            b"<%04X> <%s>" % (glyph, one.encode("utf-16-be").hex().upper().encode())
            for glyph, one in sorted(letters.items())
        ]
        parts = [
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange",
        ]
        for start in range(0, len(rows), 100):
            piece = rows[start : start + 100]
            parts += [b"%d beginbfchar" % len(piece), *piece, b"endbfchar"]
        parts.append(b"endcmap CMapName currentdict /CMap defineresource pop end end")
        return b"\n".join(parts)


@functools.lru_cache(maxsize=64)
def _subset(letters: str) -> _Font:
    return _Font(letters)


def _font_path() -> str:
    found = next((one for one in FONTS if Path(one).exists()), None)
    if found:
        return found
    import reportlab

    return str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
