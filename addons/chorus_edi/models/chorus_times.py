# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Times of the platform are aware, those of the host are naive and in UTC."""

from datetime import UTC


def naive(moment):
    """The host's form of an aware datetime; False for none."""
    if not moment:
        return False
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def aware(moment):
    """The platform's form of a datetime of the host."""
    return moment and moment.replace(tzinfo=UTC)
