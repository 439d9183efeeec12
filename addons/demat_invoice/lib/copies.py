# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where a copy goes."""

from dataclasses import replace

__all__ = ["resolution_of_copy"]

#: What an address that the clerk types makes up for.
_MENDED = frozenset({"no_address", "invalid_address"})


def resolution_of_copy(resolution, address):
    """Return who gets a copy.

    :param resolution: ``Resolution`` of the document as of today
    :param address: addresses that the clerk typed, checked and joined by commas, or
        nothing: the copy goes where the document would go. They do not replace the
        consent of the customer: who accepted nothing is not mailed.
    """
    codes = {reason.code for reason in resolution.blocking}
    if not address or resolution.channel == "print" or codes - _MENDED:
        return resolution
    return replace(
        resolution,
        to=tuple(part.strip() for part in address.split(",")),
        origin="typed",
        origin_name="",
        origin_model=None,
        origin_id=None,
        channel="mail",
        blocking=(),
    )
