# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Archive format 2: which facts of a row are hashed into its chain, and how.

The evidence of a row is a flat dictionary that anybody can rebuild from the stored row
(or from the ``manifest.csv`` of an export) with a JSON printer and ``sha256sum``:

* ``format`` is the number of this format, ``stream`` is ``document`` or ``event``;
* then every column that :data:`COLUMNS` lists for that stream and format, under its own
  name;
* integers and texts as they are; an empty column is ``null`` (never an empty text);
* dates as ``YYYY-MM-DD``; times in UTC as ``YYYY-MM-DDTHH:MM:SSZ`` (no fractions: the
  archive stores whole seconds); no decimal numbers.

``lib.hashing.canonical`` turns it into bytes (UTF-8 JSON, sorted keys, no spaces) and
``lib.hashing.link`` chains it: SHA-256 of the previous link (64 zeros for the first), a
line feed, these bytes.

Left out on purpose, because they may change after archiving without changing what was
archived: :data:`STATE_COLUMNS` and the chain columns themselves. The value of each
state column is in the ``data`` of the events (format 2): that of the ``archived`` event
gives the first one, each later change is an event with the new one. So the state of a
document is what its journal says, and a state changed behind the program's back shows.

A later format gets a new number and its own column lists; rows keep the number they
were archived with (column ``evidence_format``), so that old links stay verifiable.
Format 1 had neither :data:`ADDED_2` nor ``data``.
"""

from datetime import date, datetime

FORMAT = 2

DOCUMENT_COLUMNS = (
    "id",
    "company_id",
    "kind_id",
    "kind_code",
    "name",
    "filename",
    "mimetype",
    "size",
    "sha256",
    "partner_name",
    "site_name",
    "document_date",
    "res_model",
    "res_id",
    "origin_name",
    "version",
    "predecessor_id",
    "seal_level",
    "seal_signer",
    "seal_fingerprint",
    "sealed_at",
    "seal_note",
    "archived_at",
    "archived_by_id",
)
#: Columns of a document that format 2 added.
ADDED_2 = ("verify_code", "seal_asked", "subject_id")
EVENT_COLUMNS = (
    "id",
    "company_id",
    "document_id",
    "event_type",
    "at",
    "user_id",
    "user_name",
    "ip",
    "detail",
)

#: (stream, format) -> columns in the evidence
COLUMNS = {
    ("document", 1): DOCUMENT_COLUMNS,
    ("event", 1): EVENT_COLUMNS,
    ("document", 2): (*DOCUMENT_COLUMNS, *ADDED_2),
    ("event", 2): (*EVENT_COLUMNS, "data"),
}

FORMATS = tuple(sorted({number for _stream, number in COLUMNS}))

#: Columns of a document that may change; their history is in the data of the events.
STATE_COLUMNS = (
    "partner_id",
    "portal_visible",
    "retention_until",
    "legal_hold",
    "legal_hold_reason",
)


def columns_of(stream):
    """Return the columns that the formats of ``stream`` need, plus the format."""
    names = {"evidence_format"}
    for (name, _number), columns in COLUMNS.items():
        if name == stream:
            names.update(columns)
    return sorted(names)


def build_evidence(stream, row):
    """Return the evidence dictionary of ``row``, a mapping column -> value as read by
    SQL.

    Raises ``KeyError`` when the row names a format that does not exist: such a row was
    not written by this program.
    """
    number = row["evidence_format"]
    evidence = {"format": number, "stream": stream}
    for column in COLUMNS[stream, number]:
        evidence[column] = _plain(row[column])
    return evidence


def _plain(value):
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"evidence cannot hold a {type(value).__name__}")
