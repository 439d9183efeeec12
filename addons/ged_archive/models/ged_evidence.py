# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Archive format 1: which facts of a row are hashed into its chain, and how.

The evidence of a row is a flat dictionary that anybody can rebuild from the stored row
(or from the ``manifest.csv`` of an export) with a JSON printer and ``sha256sum``:

* ``format`` is the number of this format, ``stream`` is ``document`` or ``event``;
* then every column of :data:`DOCUMENT_COLUMNS` or :data:`EVENT_COLUMNS` under its own
  name;
* integers and texts as they are; an empty column is ``null`` (never an empty text);
* dates as ``YYYY-MM-DD``; times in UTC as ``YYYY-MM-DDTHH:MM:SSZ`` (no fractions: the
  archive stores whole seconds); no decimal numbers.

``lib.hashing.canonical`` turns it into bytes (UTF-8 JSON, sorted keys, no spaces) and
``lib.hashing.link`` chains it: SHA-256 of the previous link (64 zeros for the first), a
line feed, these bytes.

Left out on purpose, because they may change after archiving without changing what was
archived: the filing pointer ``partner_id`` (customers get merged; the name is kept as
text), the end of retention and the legal hold (every change is an event of the
journal), the visibility on the portal (likewise) and the chain columns themselves.

A later format gets a new number and its own column lists; rows keep the number they
were archived with (column ``evidence_format``), so that old links stay verifiable.
"""

from datetime import date, datetime

FORMAT = 1

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
}


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
