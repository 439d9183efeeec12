# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Files that a tar.gz or a ZIP from outside holds, without touching a disk.

Nothing in the archive is believed: sizes are counted while it is unpacked, names with
a path and members that are no plain files refuse the whole archive.
"""

import gzip
import io
import tarfile
import zipfile
import zlib

__all__ = ["BadArchive", "is_archive", "members"]

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


class BadArchive(ValueError):  # noqa: N818
    """The archive is not read; the message says why."""


def is_archive(content: bytes) -> bool:
    """By its first bytes; its name may lie."""
    return content.startswith((_GZIP, _ZIP, _EMPTY_ZIP))


def members(content: bytes, *, max_files: int, max_file: int, max_total: int):
    """The ``(name, bytes)`` of a tar.gz or ZIP, as a list: all, or none.

    :raises BadArchive: broken, too large unpacked, too many files, a path, a link, a
        device, a password, a name twice
    """
    limits = (max_files, max_file, max_total)
    try:
        if content.startswith(_GZIP):
            return _collect(_tar_members(content, max_files, max_total), *limits)
        return _collect(_zip_members(content, max_files), *limits)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
    ) as error:
        # Broken, or of a kind that the standard library does not read (a password, an
        # odd compression).
        raise BadArchive(
            f"the archive cannot be read ({type(error).__name__})"
        ) from None


def _collect(files, max_files, max_file, max_total):
    found, total = {}, 0
    for name, stream in files:
        if len(found) >= max_files:
            raise BadArchive(f"the archive holds more than {max_files} files")
        _check_name(name, found)
        content = stream.read(min(max_file, max_total - total) + 1)
        total += len(content)
        if len(content) > max_file:
            raise BadArchive(f"{name}: more than {max_file} bytes unpacked")
        if total > max_total:
            raise BadArchive(f"the archive has more than {max_total} bytes unpacked")
        found[name] = content
    return list(found.items())


def _check_name(name, found):
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|')
    if not plain or name in ("", ".", "..") or len(name) > 255:
        raise BadArchive(f"the archive holds a path instead of a name: {name[:80]!r}")
    if name in found:
        raise BadArchive(f"the archive holds {name!r} twice")


def _tar_members(content, max_files, max_total):
    # The whole tar is at most its files with their headers; unpacked here, so that no
    # header can make the reader run through a bomb.
    limit = max_total + (max_files + 20) * 1024
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        plain = packed.read(limit + 1)
    if len(plain) > limit:
        raise BadArchive(f"the archive has more than {max_total} bytes unpacked")
    # "r:" — not compressed once more
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for member in archive:
            if member.isdir() and "/" not in member.name.strip("./"):
                continue
            if not member.isreg() or member.issparse():
                raise BadArchive(
                    f"the archive holds something else than files: {member.name[:80]!r}"
                )
            yield member.name.removeprefix("./"), archive.extractfile(member)


def _zip_members(content, max_files):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        listed = archive.infolist()
        if len(listed) > max_files:
            raise BadArchive(f"the archive holds more than {max_files} files")
        for member in listed:
            kind = (member.external_attr >> 16) & 0o170000
            if kind not in (0, 0o100000) or member.is_dir():
                raise BadArchive(
                    f"the archive holds something else than files: "
                    f"{member.filename[:80]!r}"
                )
            with archive.open(member) as stream:
                yield member.filename, stream
