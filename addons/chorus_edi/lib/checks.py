# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Check an invoice against :mod:`rules`, all rules at once."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """A broken rule: its id, its field, an English sentence, and ``values`` for it
    (texts by name, e.g. ``{"value": "F/2026…", "limit": "20"}``)."""

    rule: str
    field: str
    message: str
    severity: str = "error"
    values: dict = field(default_factory=dict)


def check_invoice_xml(
    xml: bytes,
    *,
    luhn: bool = True,
    service_required: bool = False,
    engagement_required: bool = False,
    either_required: bool = False,
) -> list[Problem]:
    """Problems of a CII (the XML of a Factur-X); ``[]`` when there are none.

    :raises ValueError: not a CII invoice
    """
    return []


def check_attachments(files, *, invoice_size: int = 0) -> list[Problem]:
    """Problems of complementary documents: ``files`` of ``(name, size)``."""
    return []
