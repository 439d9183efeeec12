# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which night is due: the calendar of the nightly sending, without Odoo.

A night is a date, that of the place where the company is. It is due from the chosen
hour of that date on; who asks later, after a breakdown, gets the same answer.
Source: seed 001, tip: "Il peut se lancer le dernier jour du mois pour envoyer toutes
les factures créées depuis N jours".
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_NIGHT = "night"
MONTH_END = "month_end"

ONE_DAY = timedelta(days=1)


def latest_night(now: datetime, zone: str, hour: float, rhythm: str) -> date:
    """Return the last night that is due at this moment.

    :param now: the moment, in UTC without a time zone
    :param zone: name of the time zone of the company
    :param hour: hour of the day, 22.5 is half past ten in the evening
    :param rhythm: ``EVERY_NIGHT`` or ``MONTH_END``
    """
    night = now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    if now < start_of(night, zone, hour):
        night -= ONE_DAY
    if rhythm == MONTH_END:
        while not is_month_end(night):
            night -= ONE_DAY
    return night


def is_month_end(day: date) -> bool:
    """Say whether the day is the last one of its month."""
    return (day + ONE_DAY).day == 1


def start_of(day: date, zone: str, hour: float = 0.0) -> datetime:
    """Return the moment of this local hour, in UTC without a time zone.

    An hour that the change to summer time leaves out is that much later; of an hour
    that comes twice, the first.
    """
    minutes = round(hour * 60)
    local = datetime.combine(day, time(minutes // 60 % 24, minutes % 60))
    moment = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return moment.replace(tzinfo=None)


def created_since(night: date, zone: str, days: int) -> datetime:
    """Return the first moment of the day that lies N days before the night, in UTC.

    Counted from the night and not from today: what a breakdown delays is not lost.
    """
    return start_of(night - timedelta(days=days), zone)
