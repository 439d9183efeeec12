# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The drawings of the demo: the logo of the firm and a signed consent form."""

import io
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

SLATE = "#23404f"
OCHRE = "#c8782a"
SCALE = 4


def _png(image):
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _logo_font(size):
    # The font that Pillow carries: the same on every machine, but without accents.
    return ImageFont.load_default(size)


def _font(size):
    # Carried by reportlab, which the host requires; knows the accents.
    return ImageFont.truetype(
        Path(reportlab.__file__).parent / "fonts" / "Vera.ttf", size
    )


def _text(draw, position, text, size, fill, *, bold=0, spacing=0):
    """Write ``text`` letter by letter; returns the x of its end."""
    x, y = position
    font = _logo_font(size)
    for char in text:
        draw.text(
            (x, y), char, font=font, fill=fill, stroke_width=bold, stroke_fill=fill
        )
        x += draw.textlength(char, font=font) + spacing
    return x


def make_logo():
    """PNG: two roofs over a course of stones, with the name of the firm."""
    width, height = 510 * SCALE, 146 * SCALE
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)

    def polygon(points, fill):
        draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    polygon([(8, 78), (64, 18), (120, 78), (102, 78), (64, 38), (26, 78)], SLATE)
    polygon([(66, 78), (100, 42), (134, 78), (118, 78), (100, 60), (82, 78)], OCHRE)
    stones = ((8, 30, OCHRE), (42, 52, SLATE), (98, 36, SLATE))
    for x, size, colour in stones:
        draw.rectangle(_box(x, 88, x + size, 106), fill=colour)
    stones = ((8, 46, SLATE), (58, 34, OCHRE), (96, 38, SLATE))
    for x, size, colour in stones:
        draw.rectangle(_box(x, 110, x + size, 128), fill=colour)
    name = {"bold": SCALE, "spacing": 3 * SCALE}
    trade = {"bold": 1, "spacing": 13 * SCALE}
    _text(draw, (158 * SCALE, 26 * SCALE), "VALCOMBE", 58 * SCALE, SLATE, **name)
    start = _text(draw, (160 * SCALE, 100 * SCALE), "B", 30 * SCALE, OCHRE, **trade)
    _text(draw, (start, 100 * SCALE), "ATIMENT", 30 * SCALE, OCHRE, **trade)
    middle = (
        start / SCALE + draw.textlength("A", font=_logo_font(30 * SCALE)) / SCALE / 2
    )
    roof = [(-8, 101), (0, 93), (8, 101), (4, 101), (0, 97), (-4, 101)]
    polygon([(middle + x, y) for x, y in roof], OCHRE)
    return _png(image.resize((width // 3, height // 3), Image.LANCZOS))


def _box(left, top, right, bottom):
    return [left * SCALE, top * SCALE, right * SCALE, bottom * SCALE]


def make_form(title, paragraphs, signatory):
    """PDF of one page: a filled-in and signed form, as a scanner would give it."""
    image = Image.new("RGB", (1240, 1754), "#fdfdfb")
    draw = ImageDraw.Draw(image)
    draw.text((120, 140), title, font=_font(44), fill="black")
    draw.line((120, 215, 1120, 215), fill=SLATE, width=4)
    y = 290
    for paragraph in paragraphs:
        for line in _wrap(draw, paragraph, 1000, _font(30)):
            draw.text((120, y), line, font=_font(30), fill="#222222")
            y += 46
        y += 30
    draw.text((120, y + 60), "Lu et approuvé,", font=_font(30), fill="#222222")
    draw.text((120, y + 110), signatory, font=_font(30), fill="#222222")
    pen = [
        (150, 260),
        (210, 200),
        (235, 290),
        (300, 205),
        (330, 285),
        (420, 215),
        (560, 250),
    ]
    draw.line(
        [(x + 420, y + z - 90) for x, z in pen], fill="#1b3a8a", width=6, joint="curve"
    )
    stream = io.BytesIO()
    image.save(stream, "PDF", resolution=150)
    return stream.getvalue()


def _wrap(draw, text, width, font):
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if draw.textlength(longer, font=font) > width:
            yield line
            longer = word
        line = longer
    yield line
