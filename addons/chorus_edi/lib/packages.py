# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Flows of many invoices (tar.gz), and the ZIP that is deposited by hand."""

MAX_COUNT = 500
MAX_BYTES = 30_000_000
MAX_FILE_BYTES = 10_000_000


class TooLarge(ValueError):  # noqa: N818
    """A file that no flow can hold; ``name`` says which."""

    def __init__(self, name, size, limit):
        super().__init__(f"{name}: {size} bytes, {limit} at most")
        self.name, self.size, self.limit = name, size, limit


def split(files, max_count=MAX_COUNT, max_bytes=MAX_BYTES, *, size=None):
    """Yield lists of ``files`` that fit into one flow each, in their order.

    :param files: of ``(name, content)``; or anything, with
    :param size: function that gives the bytes of one
    :raises TooLarge: one alone does not fit
    """
    raise NotImplementedError


def tar_gz(members) -> bytes:
    """A tar.gz of ``(name, content)``: the same bytes for the same members."""
    raise NotImplementedError


def write_zip(file, members, index_header=(), index_rows=()) -> None:
    """Write a ZIP of ``(name, content)`` (any iterable), then ``index.csv``."""
    raise NotImplementedError
