# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Delivery status notifications (RFC 3464) that come back for a mail."""

from dataclasses import dataclass

__all__ = ["RecipientReport", "is_delay_only", "read_report"]


@dataclass(frozen=True)
class RecipientReport:
    """What the report says about one recipient.

    ``action`` is ``failed``, ``delayed``, ``delivered``, ``relayed`` or
    ``expanded`` (RFC 3464 §2.3.3), ``status`` the RFC 3463 code.
    """

    address: str
    action: str
    status: str
    diagnostic: str


def read_report(message):
    """Recipients named in the machine-readable part of a bounce.

    :param message: :class:`email.message.Message`
    :return: tuple of :class:`RecipientReport`; empty when the bounce carries no
        ``message/delivery-status`` part (some providers write prose only)
    """
    found = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        if not isinstance(blocks, list):
            continue
        # the first block is about the message, the others one recipient each
        found.extend(report for report in map(_recipient, blocks[1:]) if report)
    return tuple(found)


def is_delay_only(reports):
    """Whether the reports say "late, still trying" and nothing worse."""
    return bool(reports) and all(report.action != "failed" for report in reports)


def _recipient(block):
    address = _after_type(block["Final-Recipient"] or block["Original-Recipient"])
    if not address:
        return None
    return RecipientReport(
        address=address.lower(),
        action=(block["Action"] or "failed").strip().lower(),
        status=(block["Status"] or "").strip().split(" ")[0],
        diagnostic=" ".join(_after_type(block["Diagnostic-Code"]).split()),
    )


def _after_type(value):
    """``rfc822;name@domain`` → ``name@domain`` (RFC 3464 §2.1.2)."""
    value = str(value or "")
    return value.partition(";")[2].strip() if ";" in value else value.strip()
