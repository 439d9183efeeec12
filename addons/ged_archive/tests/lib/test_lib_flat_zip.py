# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``lib.flat_zip``: files that the standard library and unzip read, in flat memory."""

import io
import subprocess
import tracemalloc
import zipfile

import pytest
from demat_lib_ged_archive.flat_zip import FlatZip


def write(file, count):
    with FlatZip(file) as archive:
        for number in range(count):
            archive.writestr(f"dossier/pièce {number:06}.txt", f"texte {number}" * 20)
        with archive.open("liste.csv", "w", force_zip64=True) as target:
            target.write(b"a;b\n" * 1000)


def test_others_read_it(tool, tmp_path):
    path = tmp_path / "a.zip"
    with open(path, "wb") as file:
        write(file, 30)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 31
        assert archive.read("dossier/pièce 000029.txt") == b"texte 29" * 20
        assert archive.getinfo("liste.csv").file_size == 4000
        assert archive.infolist()[0].date_time[0] >= 2024
    done = subprocess.run(
        [tool("unzip"), "-t", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_bytes_as_the_standard_library():
    ours, theirs = io.BytesIO(), io.BytesIO()
    plain = zipfile.ZipFile(theirs, "w", zipfile.ZIP_DEFLATED)
    for archive in (FlatZip(ours), plain):
        member = zipfile.ZipInfo("é.txt", (2026, 3, 1, 12, 0, 0))
        archive.writestr(member, b"x" * 1000, zipfile.ZIP_DEFLATED)
        archive.close()
    assert ours.getvalue() == theirs.getvalue()


def test_more_members_than_a_plain_zip_can_count():
    file = io.BytesIO()
    with FlatZip(file) as archive:
        for number in range(65_540):
            archive.writestr(str(number), b"")
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 65_540


def test_memory_is_flat(tmp_path):
    peaks = []
    for count in (200, 4000):
        with open(tmp_path / "a.zip", "wb") as file:
            tracemalloc.start()
            write(file, count)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_what_would_be_lost_is_refused():
    member = zipfile.ZipInfo("a.txt")
    member.comment = b"kept nowhere"
    archive = FlatZip(io.BytesIO())
    with pytest.raises(ValueError, match="fields of their own"):
        archive.writestr(member, b"x")
    archive.close()
