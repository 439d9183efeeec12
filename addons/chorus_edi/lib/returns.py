# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Return files of the EDI mode: statuses of invoices and of flows (CPPStatut).

What comes from outside is read without entities, network, links and paths, and within
:class:`Limits`.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Limits:
    """Of bytes (one file, all together unpacked), files, depth and elements."""

    file_bytes: int = 20_000_000
    total_bytes: int = 100_000_000
    files: int = 2000
    depth: int = 40
    elements: int = 500_000


class BadReturn(ValueError):  # noqa: N818
    """A return file that is not read; the message says why."""


@dataclass(frozen=True)
class InvoiceStatus:
    """``code``: name of :mod:`codes` (``SUSPENDUE``) or the number if unknown."""

    invoice: str
    code: str
    number: str
    comment: str
    supplier: str
    recipient: str
    at: datetime | None


@dataclass(frozen=True)
class FlowStatus:
    """``number``: 90 to 96; ``outcome``: as :class:`codes.FlowState`."""

    flow: str
    number: str
    outcome: str
    comment: str
    at: datetime | None


@dataclass(frozen=True)
class ReturnFile:
    """One XML: its name, the flow that its name or content speaks of, its lines."""

    name: str
    flow: str
    kind: str
    invoices: tuple[InvoiceStatus, ...] = ()
    flows: tuple[FlowStatus, ...] = ()
    content: bytes = b""


def read(name: str, content: bytes, limits: Limits | None = None):
    """The :class:`ReturnFile` of an XML, or of each XML in a tar.gz or ZIP: a tuple.

    :raises BadReturn: not read as a whole; nothing of it may be used
    """
    raise NotImplementedError
