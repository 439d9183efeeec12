# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Flows of many invoices: limits, and the same bytes each time."""

import csv
import io
import os
import tarfile
import time
import zipfile

import pytest
from demat_lib_chorus_edi import packages


def test_split_by_count_keeps_the_order():
    files = [(f"{number}.pdf", b"x") for number in range(1203)]
    groups = list(packages.split(files))
    assert [len(group) for group in groups] == [500, 500, 203]
    assert [file for group in groups for file in group] == files


def test_split_by_size_never_makes_too_large_a_flow():
    """With bytes that cannot be pressed, filled to the brim."""
    limit = 400_000
    files = [(f"{n}.pdf", os.urandom(9_000 + 13 * n)) for n in range(100)]
    groups = list(packages.split(files, max_bytes=limit))
    sizes = [len(packages.tar_gz(group)) for group in groups]
    assert max(sizes) <= limit
    # and the room is used
    assert min(sizes[:-1]) > limit * 0.85
    assert sum(map(len, groups)) == 100


def test_split_of_anything_with_a_size():
    groups = packages.split([5, 6, 7], max_count=2, size=lambda number: number)
    assert list(groups) == [[5, 6], [7]]
    assert list(packages.split([])) == []


def test_a_file_that_fits_nowhere_is_named():
    done = []
    with pytest.raises(packages.TooLarge, match="big.pdf") as caught:
        for group in packages.split(
            [("a.pdf", b"x"), ("b.pdf", b"x"), ("big.pdf", b"x" * 10_000_001)],
            max_count=1,
        ):
            done.append(group)
    assert (caught.value.name, caught.value.limit) == ("big.pdf", 10_000_000)
    assert [group[0][0] for group in done] == ["a.pdf"]


def test_tar_gz_is_the_same_each_time(monkeypatch):
    members = [("a.pdf", b"%PDF-a"), ("b.pdf", b"")]
    first = packages.tar_gz(members)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert packages.tar_gz(members) == first
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        read = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}
        assert {(m.mtime, m.uid, m.mode, m.isfile()) for m in archive.getmembers()} == {
            (0, 0, 0o644, True)
        }
    assert read == dict(members)


@pytest.mark.parametrize(
    "names",
    [
        ["../a.pdf"],
        ["/a.pdf"],
        ["a\\b.pdf"],
        ["a\n.pdf"],
        [""],
        [".."],
        ["x" * 101],
        ["a.pdf", "A.pdf"],
    ],
)
def test_names_that_are_refused(names):
    members = [(name, b"") for name in names]
    with pytest.raises(ValueError):
        packages.tar_gz(members)
    with pytest.raises(ValueError):
        packages.write_zip(io.BytesIO(), members)


class _Pipe(io.RawIOBase):
    """Cannot be wound back, as an HTTP answer."""

    def __init__(self):
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)


def test_zip_with_its_index():
    rows = []

    def members():
        for number in ("F/1", "=1+1"):
            rows.append([number, "Mairie d'Évian", None, 12.5])
            yield f"{len(rows)}.pdf", b"%PDF"

    pipe = _Pipe()
    header = ["Facture", "Client", "Service", "Montant"]
    packages.write_zip(pipe, members(), header, rows)
    with zipfile.ZipFile(io.BytesIO(b"".join(pipe.parts))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["1.pdf", "2.pdf", "index.csv"]
        index = archive.read("index.csv")
    assert index.startswith("\ufeff".encode())
    lines = list(csv.reader(io.StringIO(index.decode("utf-8-sig")), delimiter=";"))
    assert lines == [
        header,
        ["F/1", "Mairie d'Évian", "", "12.5"],
        ["'=1+1", "Mairie d'Évian", "", "12.5"],
    ]


def test_an_index_cannot_be_replaced_by_an_invoice():
    with pytest.raises(ValueError, match="twice"):
        packages.write_zip(io.BytesIO(), [("Index.csv", b"")], ["Facture"])


def test_two_numbers_that_give_one_name():
    names = packages.distinct(["A-1.pdf", "a-1.pdf", "B.pdf", "A-1.pdf", "2-A-1.pdf"])
    assert names == ["A-1.pdf", "2-a-1.pdf", "B.pdf", "3-A-1.pdf", "2-2-A-1.pdf"]
    packages.tar_gz((name, b"") for name in names)
