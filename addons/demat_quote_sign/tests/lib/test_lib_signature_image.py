# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pictures of signatures: what is taken, what is refused, what is left of it."""

import io
import struct
import tracemalloc
import zlib

import pytest
from demat_lib_demat_quote_sign.signature_image import (
    MAX_BYTES,
    ImageRefused,
    clean,
    typed,
)
from PIL import Image, ImageDraw, PngImagePlugin

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def strokes(mode="RGBA", size=(600, 200), paper=None):
    image = Image.new(mode, size, paper if paper is not None else (0, 0, 0, 0))
    ink = 0 if mode == "L" else (10, 20, 90, 255)[: len(mode)]
    ImageDraw.Draw(image).line([(50, 150), (200, 40), (400, 120)], fill=ink, width=6)
    return image


def encoded(image, kind="PNG", **options):
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def read(png):
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def refused(data, declared=""):
    with pytest.raises(ImageRefused) as caught:
        clean(data, declared)
    return caught.value.reason


def bomb(width, height):
    """A PNG of some kilobytes that unpacks to width × height pixels."""

    def chunk(kind, body):
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    body = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def test_transparent_drawing_becomes_ink_on_white():
    image = read(clean(encoded(strokes()), "image/png"))
    assert image.mode == "RGB"
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.width < 400
    assert (10, 20, 90) in {colour for _count, colour in image.getcolors(100_000)}


@pytest.mark.parametrize(
    ("mode", "paper", "kind", "declared"),
    [
        ("RGB", (255, 255, 255), "JPEG", "image/jpeg"),
        ("RGB", (250, 248, 240), "JPEG", "image/jpg"),
        ("L", 255, "PNG", "image/png"),
        ("L", 255, "JPEG", ""),
        ("RGB", (255, 255, 255), "PNG", "IMAGE/PNG; charset=x"),
    ],
)
def test_kinds(mode, paper, kind, declared):
    assert read(clean(encoded(strokes(mode, paper=paper), kind), declared)).size > (
        9,
        9,
    )


def test_nothing_of_the_file_is_left():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    data = encoded(strokes(), pnginfo=info) + b"<script>trailer</script>"
    png = clean(data)
    assert b"script" not in png
    assert read(png).info == {}
    exif = Image.Exif()
    exif[0x010E] = "GPS of the customer"
    jpeg = encoded(strokes("RGB", paper=(255,) * 3), "JPEG", exif=exif)
    assert b"GPS of the customer" in jpeg
    assert b"GPS" not in clean(jpeg)


def test_photo_taken_upright_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = strokes("RGB", (600, 200), (255,) * 3)
    image = read(clean(encoded(photo, "JPEG", exif=exif)))
    assert image.height > image.width


def test_large_photo_is_shrunk():
    image = read(clean(encoded(strokes("RGB", (2000, 1900), (255, 250, 245)), "JPEG")))
    assert image.width <= 900 and image.height <= 300


@pytest.mark.parametrize(
    ("data", "declared", "reason"),
    [
        (b"", "image/png", "empty"),
        (None, "image/png", "empty"),
        ("text", "image/png", "empty"),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", "svg"),
        (b"<svg onload='alert(1)'/>", "image/png", "svg"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "", "svg"),
        (b"<!-- x --><svg/>", "image/jpeg", "svg"),
        (b"GIF89a" + bytes(50), "image/gif", "kind"),
        (b"%PDF-1.7 ...", "", "kind"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "kind"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "image/png", "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "image/jpeg", "damaged"),
        (bytes(MAX_BYTES + 1), "image/png", "too_heavy"),
    ],
)
def test_refused(data, declared, reason):
    assert refused(data, declared) == reason


def test_type_that_is_not_the_content():
    assert refused(encoded(strokes()), "image/jpeg") == "kind"
    assert refused(encoded(strokes()), "text/html") == "kind"


@pytest.mark.parametrize("size", [(10_000, 5_000), (4_001, 1_000), (1, 4_000_001)])
def test_bomb_is_never_unpacked(size):
    data = bomb(*size)
    assert len(data) < MAX_BYTES
    tracemalloc.start()
    try:
        assert refused(data, "image/png") == "too_large"
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000 + 2 * len(data)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGBA", (600, 200), (0, 0, 0, 0)),
        Image.new("RGB", (600, 200), "white"),
        Image.new("RGBA", (600, 200), (0, 0, 0, 9)),
    ],
)
def test_nothing_drawn(image):
    assert refused(encoded(image)) == "no_ink"


def test_a_dot_is_no_signature():
    image = Image.new("RGB", (600, 200), "white")
    image.putpixel((50, 50), (0, 0, 0))
    assert refused(encoded(image)) == "no_ink"


def test_animated():
    frames = [strokes(), strokes(size=(600, 201)).crop((0, 0, 600, 200))]
    data = encoded(frames[0], save_all=True, append_images=frames[1:])
    assert refused(data, "image/png") == "kind"


class TestTyped:
    with open(FONT, "rb") as file:
        font = file.read()

    @pytest.mark.parametrize("name", ["Zoé Œuvre", "Ω", "J.-B. de La Tour d’Auvergne"])
    def test_name_is_drawn(self, name):
        image = read(typed(name, self.font))
        assert image.mode == "RGB"
        ink = sum(count for count, (r, _g, _b) in image.getcolors(100_000) if r < 100)
        assert ink > 100

    def test_names_differ(self):
        assert typed("Anne", self.font) != typed("Anna", self.font)

    def test_without_a_font_file(self):
        assert read(typed("Anne")).width > 50

    def test_letters_that_the_first_font_lacks(self):
        lato = "/usr/share/fonts/truetype/lato/Lato-Regular.ttf"
        with open(lato, "rb") as file:
            first = file.read()
        assert typed("علي", first, self.font) == typed("علي", self.font)
        assert typed("Anne", first, self.font) != typed("Anne", self.font)

    @pytest.mark.parametrize("text", ["", "  ", "—", None, "…!?"])
    def test_no_name(self, text):
        with pytest.raises(ImageRefused) as caught:
            typed(text, self.font)
        assert caught.value.reason == "no_ink"
