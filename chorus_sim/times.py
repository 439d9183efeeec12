# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Dates as the platform writes and reads them: legal time of Paris."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def stamp(moment):
    """ISO 8601 with milliseconds and offset: 2018-02-16T15:10:28.137+01:00."""
    return moment.astimezone(PARIS).isoformat(timespec="milliseconds")


def minute(moment):
    """The shape of the dates of services: 2018-02-16 15:10."""
    return moment.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")


def read(text):
    """The moment of an ISO text, with or without time and offset; None if empty.

    :raise ValueError: not a date
    """
    if not text:
        return None
    moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def read_day(text):
    """The day of an ISO text; None if empty.

    :raise ValueError: not a date
    """
    return date.fromisoformat(str(text).strip()[:10]) if text else None
