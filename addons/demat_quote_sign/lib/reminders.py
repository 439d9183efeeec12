# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""When a signatory is reminded."""

from datetime import datetime, timedelta

__all__ = ["LAST_CALL", "is_due"]

#: One last reminder goes out that long before the end.
LAST_CALL = timedelta(days=2)


def is_due(
    now: datetime, *, last: datetime, expires: datetime | None, every: int
) -> bool:
    """Tell whether a reminder leaves now.

    :param last: last mail to the signatories, the invitation included
    :param expires: end of the request
    :param every: days between two mails; 0: never, not even a last call
    """
    if every <= 0 or (expires and now >= expires):
        return False
    if now - last >= timedelta(days=every):
        return True
    return bool(expires) and last < expires - LAST_CALL <= now
