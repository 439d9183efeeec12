# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""ZIP files of any number of members, written in constant memory.

The standard library keeps an object of about a kilobyte for every member until the
directory at the end is written; here they wait in a temporary file.
"""

import json
import tempfile
import zipfile

__all__ = ["FlatZip"]

#: What of a member the directory at the end needs; the rest has its default.
_KEPT = (
    "filename",
    "date_time",
    "compress_type",
    "create_system",
    "create_version",
    "extract_version",
    "flag_bits",
    "external_attr",
    "CRC",
    "compress_size",
    "file_size",
    "header_offset",
)


class _Members:
    """Stands in for ``ZipFile.filelist``: appended to, counted, gone through once.

    :param lines: binary file to keep them in; a temporary one if there is none
    :param count: how many it holds already
    """

    def __init__(self, lines=None, count=0):
        self._count = count
        self._own = lines is None
        self._lines = lines or tempfile.TemporaryFile()

    def __len__(self):
        return self._count

    def __iter__(self):
        self._lines.seek(0)
        for line in self._lines:
            values = dict(zip(_KEPT, json.loads(line), strict=True))
            member = zipfile.ZipInfo(
                values.pop("filename"), tuple(values.pop("date_time"))
            )
            for name, value in values.items():
                setattr(member, name, value)
            yield member

    def append(self, member):
        if member.extra or member.comment:
            raise ValueError("members with fields of their own are not kept")
        line = json.dumps([getattr(member, name) for name in _KEPT]) + "\n"
        self._lines.write(line.encode())
        self._count += 1

    def close(self):
        if self._own:
            self._lines.close()


class _NoNames(dict):
    """Stands in for ``ZipFile.NameToInfo``: the caller sees to it that names differ."""

    def __setitem__(self, name, member):
        pass


class FlatZip(zipfile.ZipFile):
    """A ZIP file to write, as :class:`zipfile.ZipFile` in mode ``w``.

    The names of its members must differ, and cannot be asked for.

    One that was :meth:`abandoned <abandon>` is gone on with by giving the same files,
    both cut and placed where it was left:

    :param lines: binary file that the directory waits in
    :param count: number of members that it holds already
    """

    def __init__(self, file, lines=None, count=0):
        # begins where the file stands, whatever is before
        super().__init__(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.filelist, self.NameToInfo = _Members(lines, count), _NoNames()

    def abandon(self):
        """Leave it without its end; the file stays open."""
        self.fp = None
        self.filelist.close()

    def close(self):
        try:
            return super().close()
        finally:
            self.filelist.close()
