# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rows and names of the files of an export."""

import csv
import io
import posixpath
import re
import unicodedata

from ..lib.hashing import canonical
from ..models.ged_evidence import build_evidence

#: Columns of later_evidence.csv, there without a line too.
LATER_KEYS = (
    "document",
    "container",
    "renews",
    "level_before",
    "level_after",
    "stamped_at",
    "tsa_subject",
    "tsa_fingerprint",
    "digest_algorithm",
    "valid_until",
    "late",
)
_UNSAFE = re.compile(r"[^\w.()+-]+")


def link_of(stream, stored):
    return (
        stored["chain_number"],
        stored["previous_hash"],
        stored["chain_hash"],
        canonical(build_evidence(stream, stored)).decode(),
    )


SOUND = ("ok", "destroyed")
#: Columns that programs compare: never touched.
_EXACT = {"path", "sha256", "previous_hash", "chain_hash", "evidence"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
EVENT_KEYS = ("event_type", "at", "user_name", "ip", "detail")


def csv_lines(rows, header=True):
    """Return ``rows`` (dictionaries with the same keys) as lines of UTF-8 CSV; the
    first line names the columns when ``header`` is set.
    """
    buffer = io.StringIO()
    if rows:
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]))
        if header:
            writer.writeheader()
        writer.writerows(
            {key: cell(key, value) for key, value in row.items()} for row in rows
        )
    return buffer.getvalue().encode()


def later_lines(rows, header):
    """Return the lines of ``later_evidence.csv``; its columns are named without any
    line, as most exports hold no later evidence.
    """
    head = ",".join(LATER_KEYS).encode() + b"\r\n" if header else b""
    return head + csv_lines(rows, header=False)


def cell(key, value):
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if key not in _EXACT and isinstance(value, str) and value[:1] in _FORMULA:
        return "'" + value
    return value


def unique_path(document, taken):
    """Return where the document goes in the ZIP: company/year/kind/number_file.

    :param taken: set of the paths given so far, in small letters; changed
    """
    stem, extension = posixpath.splitext(safe(document.filename))
    number = safe(document.name)
    stem = stem if stem.startswith(number) else f"{number}_{stem}"
    if document.version > 1:
        stem = f"{stem}_v{document.version}"
    folder = posixpath.join(
        "documents",
        safe(document.company_id.name),
        str((document.document_date or document.archived_at).year),
        safe(document.kind_code),
    )
    path = posixpath.join(folder, stem + extension)
    if path.lower() in taken:
        path = posixpath.join(folder, f"{stem}_{document.id}{extension}")
    taken.add(path.lower())
    return path


def safe(name):
    """Return ``name`` as a file name that every system accepts."""
    plain = unicodedata.normalize("NFC", name or "")
    return _UNSAFE.sub("_", plain).strip("._")[:80] or "_"
