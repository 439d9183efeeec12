# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import os
import zipfile

from demat_lib_demat_portal import zip_stream
from demat_lib_ged_archive.flat_zip import FlatZip

HEADING = ["Number", "File", "Problem"]


def test_a_member_leaves_before_the_next_one_is_read():
    read, left = [], b""

    def files():
        for number in range(5):
            read.append(number)
            yield f"F-{number}", f"F-{number}.pdf", os.urandom(10000), ""
        yield "F-5", "", None, "no file"

    stream = zip_stream.pieces(files(), HEADING, FlatZip)
    for count, piece in enumerate(stream, 1):
        assert read[-1] == min(count, 5) - 1
        left += piece
        if count < 6:
            assert len(left) > 10000 * count
    archive = zipfile.ZipFile(io.BytesIO(left))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 6
    rows = archive.read(zip_stream.INDEX).decode("utf-8-sig").splitlines()
    assert rows[0] == "Number;File;Problem"
    assert rows[-1] == "F-5;;no file"


def test_given_up():
    """A customer who goes away leaves nothing open."""
    closed = []

    def files():
        try:
            while True:
                yield "F", "F.pdf", b"x" * 100, ""
        finally:
            closed.append(True)

    stream = zip_stream.pieces(files(), HEADING, FlatZip)
    next(stream)
    stream.close()
    del stream
    assert closed
