# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A ZIP that leaves while it is written: neither in memory nor on disk as a whole."""

import csv
import io

__all__ = ["INDEX", "pieces"]

#: The member that lists the others.
INDEX = "index.csv"


class _Pipe:
    """A file to write to, whose content is taken away piece by piece."""

    def __init__(self):
        self._parts = []

    def write(self, data):  # pylint: disable=method-required-super
        self._parts.append(bytes(data))
        return len(data)

    def flush(self):
        """Nothing waits: the file is not there."""

    def take(self):
        parts, self._parts = self._parts, []
        return b"".join(parts)


def pieces(files, heading, open_zip):
    """Yield the bytes of a ZIP, a member at a time, with a list of them at its end.

    :param files: yields ``(number, name, content, problem)``; names differ; without
        content the problem is told in the list
    :param heading: three words above number, name and problem
    :param open_zip: opens a ZIP on a file that can only be written to
    """
    pipe, text = _Pipe(), io.StringIO()
    index = csv.writer(text, delimiter=";")
    index.writerow(heading)
    with open_zip(pipe) as archive:
        for number, name, content, problem in files:
            if content:
                archive.writestr(name, content)
            index.writerow([number, name, problem])
            if ready := pipe.take():
                yield ready
        archive.writestr(INDEX, text.getvalue().encode("utf-8-sig"))
    yield pipe.take()
