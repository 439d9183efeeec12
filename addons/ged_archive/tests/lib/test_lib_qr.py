# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pictures of QR codes."""

import io

import pytest
import zxingcpp
from demat_lib_ged_archive import qr
from PIL import Image

ADDRESS = "https://demat.example/ged/verify#0123456789ABCDEF"


def test_whole_pixels_black_and_white():
    image = Image.open(io.BytesIO(qr.png(ADDRESS, 300)))
    assert image.width == image.height >= 300
    assert {colour for _count, colour in image.getcolors()} == {0, 255}


def test_no_margin_three_corners():
    image = Image.open(io.BytesIO(qr.png(ADDRESS, 100)))
    last = image.width - 1
    assert [image.getpixel(at) for at in ((0, 0), (last, 0), (0, last))] == [0, 0, 0]


@pytest.mark.parametrize("size", [100, 300])
def test_a_telephone_reads_it(size):
    image = Image.open(io.BytesIO(qr.png(ADDRESS, size)))
    # what it is printed on is its margin
    paper = Image.new("L", (image.width + 40, image.height + 40), 255)
    paper.paste(image, (20, 20))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [ADDRESS]


def test_each_text_its_own():
    assert qr.png(ADDRESS) != qr.png(ADDRESS[:-1] + "0")
