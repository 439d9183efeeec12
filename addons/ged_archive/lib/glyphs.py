# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Glyph widths of embedded TrueType fonts.

Patched Qt 4 (wkhtmltopdf) writes widths into the PDF that differ from those inside the
font it embeds; PDF/A forbids that (rule 6.2.11.5). The font is right, so its widths are
copied.
"""

import functools
import struct

import pikepdf
from pikepdf import Array, Dictionary, Name

__all__ = ["cure_widths"]

# PDF/A tolerates a difference of 1/1000 em for rounding.
_TOLERANCE = 1.0


@functools.lru_cache(maxsize=64)
def _font_widths(font: bytes) -> tuple[int, ...] | None:
    """Advance widths by glyph number in 1/1000 em; ``None`` for a font that cannot be
    read.

    Invoices of a run mostly share their fonts, hence the cache.
    """
    try:
        (count,) = struct.unpack_from(">H", font, 4)
        records = (
            struct.unpack_from(">4s4xLL", font, 12 + 16 * i) for i in range(count)
        )
        tables = {tag: start for tag, start, _size in records}
        (units,) = struct.unpack_from(">H", font, tables[b"head"] + 18)
        (metrics,) = struct.unpack_from(">H", font, tables[b"hhea"] + 34)
        (glyphs,) = struct.unpack_from(">H", font, tables[b"maxp"] + 4)
        pairs = struct.unpack_from(f">{2 * metrics}H", font, tables[b"hmtx"])
    except (struct.error, KeyError):
        return None
    if not units or not metrics:
        return None
    widths = [round(1000 * advance / units) for advance in pairs[::2]]
    # Fonts of fixed width list one metric that holds for all glyphs behind it.
    widths += [widths[-1]] * (glyphs - metrics)
    return tuple(widths)


def _declared_widths(entries: Array) -> dict[int, float]:
    """Read a ``/W`` array, which mixes ``first [w w …]`` and ``first last w``."""
    declared = {}
    items = list(entries)
    index = 0
    while index + 1 < len(items):
        first = int(items[index])
        if isinstance(items[index + 1], Array):
            for offset, width in enumerate(items[index + 1]):
                declared[first + offset] = float(width)
            index += 2
        else:
            last, width = int(items[index + 1]), float(items[index + 2])
            declared.update(dict.fromkeys(range(first, min(last, 0xFFFF) + 1), width))
            index += 3
    return declared


def _agrees(font: Dictionary, widths: tuple[int, ...]) -> bool:
    entries = font.get(Name.W)
    declared = _declared_widths(entries) if entries is not None else {}
    if not declared:
        default = float(font.get(Name.DW, 1000))
        return all(abs(width - default) <= _TOLERANCE for width in widths)
    return all(
        abs(widths[glyph] - width) <= _TOLERANCE
        for glyph, width in declared.items()
        if glyph < len(widths)
    )


def cure_widths(font: Dictionary) -> None:
    """Set ``/W`` of a CIDFontType2 dictionary from its font file when they disagree."""
    mapping = font.get(Name.CIDToGIDMap, Name.Identity)
    descriptor = font.get(Name.FontDescriptor)
    if (
        mapping != Name.Identity
        or descriptor is None
        or Name.FontFile2 not in descriptor
    ):
        return
    # Without the entry readers take the identity; PDF/A wants it said.
    font.CIDToGIDMap = Name.Identity
    try:
        widths = _font_widths(descriptor.FontFile2.read_bytes())
        if widths and not _agrees(font, widths):
            font.W = Array([0, Array(widths)])
    except (pikepdf.PdfError, ValueError, TypeError, IndexError):
        # A damaged font: nothing to copy from. PDF/A checkers will name it.
        return
