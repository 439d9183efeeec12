# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The picture of a signature: drawn on a screen, uploaded, or made of a typed name.

Whatever a browser sent is decoded within limits and written anew as a plain PNG, RGB on
white, cut to what is drawn: nothing of the file itself survives, no metadata, no second
frame, no script.
"""

import functools
import io
import struct
import unicodedata

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

__all__ = ["MAX_BYTES", "MAX_PIXELS", "ImageRefused", "clean", "typed"]

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 4_000_000
#: Largest picture that is kept, in pixels: sharp in print at the size of the box.
_KEPT = (900, 300)
_MARGIN = 12
#: Fewer dark pixels are a speck, not a signature.
_LEAST_INK = 60
#: Darker than that (0 is black) is ink.
_INK = 200
_TYPED_SIZE = 110
_COLOUR = (18, 32, 84)
_KINDS = {
    "PNG": (b"\x89PNG\r\n\x1a\n", {"", "image/png"}),
    "JPEG": (b"\xff\xd8\xff", {"", "image/jpeg", "image/jpg"}),
}


class ImageRefused(Exception):
    """The picture cannot be taken; ``reason`` is one of :attr:`REASONS`."""

    REASONS = ("empty", "too_heavy", "too_large", "svg", "kind", "damaged", "no_ink")

    def __init__(self, reason):
        if reason not in self.REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        super().__init__(reason)
        self.reason = reason


def clean(data: bytes, declared_type: str = "") -> bytes:
    """Return the picture as PNG: RGB on white, cut to the ink, at most 900 × 300.

    :param data: PNG or JPEG by its content, whatever its name
    :param declared_type: what the browser says; another than the content is refused
    :raises ImageRefused: ``empty``; ``too_heavy`` (over 2 MiB); ``too_large`` (over 4
        megapixels, found in the header before anything is unpacked); ``svg``; ``kind``
        (neither PNG nor JPEG, or not what it is said to be); ``damaged``; ``no_ink``
        (nothing is drawn)
    """
    kind = _kind(data, declared_type)
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageRefused("too_large")
            if getattr(image, "n_frames", 1) != 1:
                raise ImageRefused("kind")
            image.load()
            if not _is_whole(kind, data):
                raise ImageRefused("damaged")
            flat = _on_white(ImageOps.exif_transpose(image))
    except ImageRefused:
        raise
    except Image.DecompressionBombError:
        raise ImageRefused("too_large") from None
    except (OSError, ValueError, SyntaxError, MemoryError, struct.error, KeyError) as e:
        raise ImageRefused("damaged") from e
    return _finish(flat)


def typed(text: str, font: bytes | None = None, fallback: bytes | None = None) -> bytes:
    """Return a name drawn as a signature, PNG.

    :param font: a TrueType file that looks like handwriting
    :param fallback: one with more letters, for names that ``font`` cannot write
    :raises ImageRefused: ``no_ink`` for a text without letters
    """
    text = " ".join(unicodedata.normalize("NFC", text or "").split())[:80]
    if not any(one.isalnum() for one in text):
        raise ImageRefused("no_ink")
    face = _face(font if font and _covers(font, text) else fallback)
    left, top, right, bottom = face.getbbox(text)
    image = Image.new(
        "RGB",
        (right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN),
        "white",
    )
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN - left, _MARGIN - top), text, fill=_COLOUR, font=face)
    return _finish(image)


def _kind(data, declared_type):
    """Return the format by the first bytes; refuse what no decoder may see."""
    if not isinstance(data, bytes) or not data:
        raise ImageRefused("empty")
    if len(data) > MAX_BYTES:
        raise ImageRefused("too_heavy")
    declared = (declared_type or "").partition(";")[0].strip().lower()
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if declared == "image/svg+xml" or b"<svg" in head or head.startswith(b"<?xml"):
        raise ImageRefused("svg")
    for kind, (magic, types) in _KINDS.items():
        if data.startswith(magic):
            if declared in types:
                return kind
            break
    raise ImageRefused("kind")


def _is_whole(kind, data):
    """Whether the file has its end. The host makes Pillow draw what there is of a file
    that was cut off (``LOAD_TRUNCATED_IMAGES``), for the whole process.
    """
    if kind == "PNG":
        return b"IEND\xaeB`\x82" in data
    return b"\xff\xd9" in data[-4096:]


def _on_white(image):
    """Return the picture in RGB; what was transparent is white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        sheet = Image.new("RGBA", image.size, "white")
        sheet.alpha_composite(image)
        return sheet.convert("RGB")
    return image.convert("RGB")


def _finish(image):
    """Cut to the ink, shrink, write as PNG."""
    ink = image.convert("L").point(lambda value: 255 if value < _INK else 0)
    if ink.histogram()[255] < _LEAST_INK:
        raise ImageRefused("no_ink")
    light = ImageChops.invert(image.convert("L"))
    # faint edges of the strokes belong to it
    left, top, right, bottom = light.point(lambda value: 255 * (value > 12)).getbbox()
    image = image.crop(
        (
            max(left - _MARGIN, 0),
            max(top - _MARGIN, 0),
            min(right + _MARGIN, image.width),
            min(bottom + _MARGIN, image.height),
        )
    )
    image.thumbnail(_KEPT, Image.Resampling.LANCZOS)
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    output = io.BytesIO()
    plain.save(output, "PNG", optimize=True)
    return output.getvalue()


@functools.lru_cache(maxsize=4)
def _face(font: bytes | None):
    if font is None:
        return ImageFont.load_default(_TYPED_SIZE)
    return ImageFont.truetype(io.BytesIO(font), _TYPED_SIZE)


@functools.lru_cache(maxsize=4)
def _letters(font: bytes):
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(font), lazy=True) as file:
        return frozenset(file.getBestCmap())


def _covers(font, text):
    return all(ord(one) in _letters(font) for one in text)
