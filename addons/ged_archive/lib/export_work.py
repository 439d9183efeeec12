# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An export in the making: a ZIP and the lists that grow with it.

What grows is in files, so memory does not grow with the export. A big export is made in
a folder: after each batch :meth:`ExportWork.state` tells how long every file was, and
whoever comes later, after a pause or a crash, goes on from there.
"""

import hashlib
import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .flat_zip import FlatZip

__all__ = ["ExportWork", "StateLost", "put_in_place"]

#: Lists that become members of the ZIP.
LISTS = ("manifest.csv", "manifest.xml", "events.csv", "later_evidence.csv")
_OTHERS = ("rows", "sums", "members")
#: Sets of texts that were met.
_SETS = ("paths", "certificates", "documents", "containers_due")
#: Of each list, in memory.
_SPOOL = 256 * 1024
_CHUNK = 1024 * 1024


class StateLost(Exception):
    """The files are not what they were: the work has to begin again."""


class _KeptSet:
    """A set of short texts that is also written to a file, a line each."""

    def __init__(self, file, items=()):
        self._file, self._items = file, set(items)

    def __contains__(self, item):
        return _short(item) in self._items

    def __iter__(self):
        return iter(self._items)

    def add(self, item):
        """Add ``item``; return whether it is new."""
        number = _short(item)
        if number in self._items:
            return False
        self._items.add(number)
        self._file.write(b"%d\n" % number)
        return True


def _short(item):
    """A number that no other text of an export has, to save memory; of a number it is
    the number.
    """
    if isinstance(item, int):
        return item
    digest = hashlib.blake2b(item.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


class ExportWork:
    """Made by :meth:`spooled` or :meth:`kept`.

    :ivar totals: dictionary of what may be kept as JSON, for the caller
    :ivar paths: set of the paths given
    :ivar certificates: set of the certificates written
    :ivar documents: set of ids of the documents that are in the export
    :ivar containers_due: set of ids of those that must be, as others refer to them
    """

    def __init__(self, files, target, state=None):
        state = state or {}
        self.totals = {"count": 0, "damaged": 0, **state.get("totals", {})}
        self._files, self._target = files, target
        self._zip = FlatZip(target, files["members"], state.get("members", 0))
        for name in _SETS:
            files[name].seek(0)
            setattr(self, name, _KeptSet(files[name], map(int, files[name])))

    @classmethod
    def spooled(cls, target) -> "ExportWork":
        """Begin one that is written in one go, into the binary file ``target``."""
        files = {
            name: tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - see __exit__
            for name in (*LISTS, *_OTHERS, *_SETS)
        }
        return cls(files, target)

    @classmethod
    def kept(cls, folder: Path, state: dict | None = None) -> "ExportWork":
        """Begin one in ``folder``, or go on with what ``state`` tells of it.

        Raises :class:`StateLost` when a file is shorter than it was, or not there.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        sizes = (state or {}).get("sizes") or {}
        files = {}
        try:
            for name in ("export.zip", *LISTS, *_OTHERS, *_SETS):
                files[name] = _open_at(folder / name, sizes.get(name, 0), bool(state))
        except StateLost:
            for file in files.values():
                file.close()
            raise
        return cls(files, files["export.zip"], state)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._zip.abandon()
        for file in self._files.values():
            file.close()

    def state(self) -> dict:
        """Return what :meth:`kept` needs to go on from here, once it is on the disk."""
        sizes = {}
        for name, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            sizes[name] = file.tell()
        return {
            "sizes": sizes,
            "members": len(self._zip.filelist),
            "totals": dict(self.totals),
        }

    # ------------------------------------------------------------------- writing

    def add_line(self, name: str, data: bytes):
        """Add to one of the lists: a line, or several."""
        self._files[name].write(data)

    def put(self, path: str, data: bytes):
        """Add a member, with its sum."""
        self.put_unlisted(path, data)
        self._add_sum(hashlib.sha256(data).hexdigest(), path)

    def put_unlisted(self, path: str, data: bytes):
        """Add a member that no sum vouches for."""
        self._zip.writestr(path, data)

    def put_list(self, name: str, head: bytes = b"", tail: bytes = b"", path=None):
        """Add a list as a member, with its sum, between ``head`` and ``tail``."""
        path = path or name
        chunks = itertools.chain((head,), self._read(name), (tail,))
        self._add_sum(self._stream(path, chunks), path)

    def put_sums(self) -> bytes:
        """Add ``SHA256SUMS`` and ``MANIFEST.sha256``, its sum; return the latter."""
        digest = self._stream("SHA256SUMS", self._read("sums"))
        manifest = f"{digest}  SHA256SUMS\n".encode()
        self.put_unlisted("MANIFEST.sha256", manifest)
        return manifest

    def finish(self):
        """Write the end of the ZIP: nothing is added after."""
        self._zip.close()
        self._target.flush()

    def _stream(self, path, chunks):
        digest = hashlib.sha256()
        with self._zip.open(path, "w", force_zip64=True) as target:
            for chunk in chunks:
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    def _read(self, name) -> Iterator[bytes]:
        file = self._files[name]
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk

    def _add_sum(self, digest, path):
        self._files["sums"].write(f"{digest}  {path}\n".encode())


def put_in_place(source: Path, target: Path):
    """Move a finished file; it is on the disk before anybody is told that it is."""
    with open(source, "rb") as file:
        os.fsync(file.fileno())
    os.replace(source, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _open_at(path, size, must_exist):
    """Open for reading and writing, cut to ``size`` and placed at its end."""
    if must_exist and (not path.exists() or path.stat().st_size < size):
        raise StateLost(path.name)
    file = open(path, "r+b" if path.exists() else "w+b")  # noqa: SIM115 - see __exit__
    file.truncate(size)
    file.seek(size)
    return file
