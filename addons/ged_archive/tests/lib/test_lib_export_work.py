# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``lib.export_work``: an export that is gone on with is the one made in one go."""

import hashlib
import io
import subprocess
import tracemalloc
import zipfile

import pytest
from demat_lib_ged_archive.export_work import ExportWork, StateLost, put_in_place


def step(work, number):
    path = f"documents/{number:03}.txt"
    assert path not in work.paths
    work.paths.add(path)
    work.put(path, f"document {number}\n".encode() * 50)
    if work.certificates.add(str(number % 3)):
        work.put(f"certificates/{number % 3}.cer", b"certificate %d" % (number % 3))
    work.containers_due.add(number * 2)
    work.add_line("manifest.csv", b"%d;line\n" % number)
    work.totals["count"] += 1
    work.documents.add(number)


def end(work):
    work.put_list("manifest.csv", head=b"number;text\n")
    work.put_sums()
    work.finish()


def whole(path):
    with open(path, "wb") as file, ExportWork.spooled(file) as work:
        for number in range(1, 8):
            step(work, number)
        end(work)


def content(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_in_one_go(tmp_path, tool):
    whole(tmp_path / "a.zip")
    files = content(tmp_path / "a.zip")
    assert len(files) == 7 + 3 + 3
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(folder)
    for name in ("SHA256SUMS", "MANIFEST.sha256"):
        subprocess.run(
            [tool("sha256sum"), "-c", "--strict", "--quiet", name],
            cwd=folder,
            check=True,
        )


def test_gone_on_with_after_pause_and_crash(tmp_path):
    """A pause after each step, and one step that was written but not kept."""
    whole(tmp_path / "a.zip")
    folder, state = tmp_path / "part", None
    for number in range(1, 8):
        with ExportWork.kept(folder, state) as work:
            assert work.totals["count"] == number - 1
            assert sorted(work.containers_due) == [2 * one for one in range(1, number)]
            step(work, number)
            state = work.state()
        if number == 4:
            with ExportWork.kept(folder, state) as work:
                step(work, 99)
                work.put("documents/half.txt", b"x" * 100_000)
    with ExportWork.kept(folder, state) as work:
        end(work)
    assert content(folder / "export.zip") == content(tmp_path / "a.zip")


def test_the_end_is_written_again_after_a_crash(tmp_path):
    with ExportWork.kept(tmp_path / "part") as work:
        step(work, 1)
        state = work.state()
        end(work)
    with ExportWork.kept(tmp_path / "part", state) as work:
        step(work, 2)
        end(work)
    files = content(tmp_path / "part" / "export.zip")
    assert files["manifest.csv"] == b"number;text\n1;line\n2;line\n"
    digest = hashlib.sha256(files["documents/002.txt"]).hexdigest()
    assert f"{digest}  documents/002.txt\n" in files["SHA256SUMS"].decode()


@pytest.mark.parametrize("damage", ["missing", "short", "no folder"])
def test_what_is_not_whole_is_not_gone_on_with(tmp_path, damage):
    folder = tmp_path / "part"
    with ExportWork.kept(folder) as work:
        step(work, 1)
        state = work.state()
    file = folder / "export.zip"
    if damage == "missing":
        file.unlink()
    elif damage == "short":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        folder.rename(tmp_path / "away")
    with pytest.raises(StateLost, match=r"export\.zip"):
        ExportWork.kept(folder, state)
    with ExportWork.kept(folder) as work:
        assert work.totals["count"] == 0
        step(work, 1)
        end(work)
    assert "documents/001.txt" in content(folder / "export.zip")


def test_left_without_its_end():
    file = io.BytesIO()
    with ExportWork.spooled(file) as work:
        step(work, 1)
    assert not zipfile.is_zipfile(file)


def test_memory_does_not_grow_with_the_lists(tmp_path):
    peaks = []
    for lines in (10_000, 200_000):
        with open(tmp_path / "a.zip", "wb") as file, ExportWork.spooled(file) as work:
            for _line in range(lines):
                work.add_line("manifest.csv", b"number;evidence;hash of the link\n")
            tracemalloc.start()
            end(work)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    # six megabytes of lines, read in pieces of one
    assert peaks[1] < peaks[0] + 3_000_000


def test_put_in_place(tmp_path):
    (tmp_path / "part").write_bytes(b"new")
    (tmp_path / "whole").write_bytes(b"old")
    put_in_place(tmp_path / "part", tmp_path / "whole")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("whole", b"new")
    ]
