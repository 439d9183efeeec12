# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fingerprints of documents and links of the evidence chains.

Everything here can be recomputed with ``sha256sum`` and a JSON printer, without this
program: that is what makes the chain worth something to an auditor.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

__all__ = ["GENESIS", "canonical", "is_link", "link", "sha256"]

#: What stands for "no previous link" at the head of a chain.
GENESIS = "0" * 64

_HEX64 = re.compile(r"[0-9a-f]{64}")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _plain(value):
    """Turn ``value`` into what JSON can write in exactly one way."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, datetime):
        # Odoo hands over naive datetimes that mean UTC.
        if value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        if any(not isinstance(key, str) for key in value):
            raise TypeError("the keys of evidence must be texts")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise TypeError(f"evidence cannot hold a {type(value).__name__}")


def canonical(evidence: Mapping) -> bytes:
    """Serialise ``evidence`` so that equal evidence gives equal bytes.

    UTF-8 JSON, keys sorted, no spaces, dates in ISO 8601, times in UTC with a final
    ``Z`` (naive times are taken as UTC), decimals as texts. Binary floats are refused
    with a ``TypeError``: their text depends on how they were computed.
    """
    return json.dumps(
        _plain(evidence),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode()


def is_link(text: str | None) -> bool:
    """Say whether :func:`link` takes ``text`` for the hash of the link before."""
    return not text or bool(_HEX64.fullmatch(text))


def link(previous_hash_hex: str | None, evidence: Mapping) -> str:
    """Return the hash of a chain link: SHA-256 over the previous hash, a line feed, the
    evidence.

    ``previous_hash_hex`` is the 64-digit hash of the link before, empty for the first
    one (then :data:`GENESIS` is used). Raises ``ValueError`` when it is anything else.
    """
    previous = previous_hash_hex or GENESIS
    if not is_link(previous):
        raise ValueError("the previous hash must be 64 lower-case hexadecimal digits")
    return sha256(previous.encode() + b"\n" + canonical(evidence))
