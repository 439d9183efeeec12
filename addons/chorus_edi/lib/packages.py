# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Flows of many invoices (tar.gz), and the ZIP that is deposited by hand.

Limits: 30 MB and 500 invoices for a flow, 10 MB for a file (specifications of April
2026, annex V5.00, and advice of the platform).
"""

import csv
import gzip
import io
import tarfile
import zipfile

__all__ = [
    "MAX_BYTES",
    "MAX_COUNT",
    "MAX_FILE_BYTES",
    "TooLarge",
    "distinct",
    "split",
    "tar_gz",
    "write_zip",
]

MAX_COUNT = 500
MAX_BYTES = 30_000_000
MAX_FILE_BYTES = 10_000_000

#: What a tar adds to a file: a header, and the rest of its last block; what it has at
#: its end; what gzip adds to bytes that it cannot press, for each of its blocks.
_HEADER = _BLOCK = 512
_END = 10_240
_GZIP_BLOCK, _GZIP_BYTES = 16_000, 16
#: The first moment of ZIP.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class TooLarge(ValueError):  # noqa: N818
    """A file that no flow can hold; ``name`` says which."""

    def __init__(self, name, size, limit):
        super().__init__(f"{name}: {size} bytes, {limit} at most")
        self.name, self.size, self.limit = name, size, limit


def split(
    files,
    max_count=MAX_COUNT,
    max_bytes=MAX_BYTES,
    *,
    size=None,
    max_file_bytes=MAX_FILE_BYTES,
):
    """Yield lists of ``files`` that fit into one flow each, in their order.

    Counted as if nothing could be pressed, so that the tar.gz is never too large.

    :param files: of ``(name, content)``; or anything, with
    :param size: function that gives the bytes of one
    :raises TooLarge: one alone does not fit; lists given before are whole
    """
    size = size or (lambda file: len(file[1]))
    group, total = [], _END
    for file in files:
        length = size(file)
        if length > min(max_file_bytes, max_bytes):
            name = file[0] if isinstance(file, tuple) else str(file)
            raise TooLarge(name, length, min(max_file_bytes, max_bytes))
        room = _room(length)
        if group and (len(group) >= max_count or total + room > max_bytes):
            yield group
            group, total = [], _END
        group.append(file)
        total += room
    if group:
        yield group


def _room(length):
    in_tar = _HEADER + -(-length // _BLOCK) * _BLOCK
    return in_tar + -(-in_tar // _GZIP_BLOCK) * _GZIP_BYTES


def distinct(names) -> list[str]:
    """The names, of which those that were there before get a number: ``A-1.pdf``,
    ``2-A-1.pdf``. Two invoice numbers may give one file name."""
    seen, result = set(), []
    for name in names:
        free, number = name, 1
        while free.lower() in seen:
            number += 1
            free = f"{number}-{name}"
        seen.add(free.lower())
        result.append(free)
    return result


def tar_gz(members) -> bytes:
    """A tar.gz of ``(name, content)``: the same bytes for the same members.

    :raises ValueError: a name that is a path, too long for the old tar format that
        every reader knows, or there twice
    """
    packed = io.BytesIO()
    seen = set()
    # Neither name nor time in the gzip header, nor in those of the tar.
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=packed, mtime=0) as pressed:
        with tarfile.open(
            fileobj=pressed, mode="w", format=tarfile.USTAR_FORMAT
        ) as archive:
            for name, content in members:
                _check_name(name, seen)
                member = tarfile.TarInfo(name)
                member.size = len(content)
                member.mode = 0o644
                archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def write_zip(file, members, index_header=(), index_rows=()) -> None:
    """Write a ZIP of ``(name, content)``, then ``index.csv`` when it has a header.

    :param file: binary, to write to only (need not be seekable)
    :param members: any iterable: one content at a time is in memory
    :param index_rows: read after the last member, so that it may be filled by them
    """
    seen = {"index.csv"} if index_header else set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for name, content in members:
            _check_name(name, seen)
            archive.writestr(_zip_member(name), content)
        if index_header:
            text = _index(index_header, index_rows)
            archive.writestr(_zip_member("index.csv"), text)


def _zip_member(name):
    member = zipfile.ZipInfo(name, _ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _index(header, rows) -> bytes:
    """For the spreadsheets of French desks: semicolons, and a mark for UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_cell(value) for value in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value):
    """A text that a spreadsheet would run as a formula is made a text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return "" if value is None or value is False else value


def _check_name(name, seen):
    if not name or name in (".", "..") or len(name.encode()) > 100:
        raise ValueError(f"not a file name for an archive: {name[:120]!r}")
    if "/" in name or "\\" in name or not name.isprintable():
        raise ValueError(f"a path is no file name: {name[:120]!r}")
    # Windows unpacks "A.pdf" and "a.pdf" into one file.
    if name.lower() in seen:
        raise ValueError(f"twice in one archive: {name!r}")
    seen.add(name.lower())
