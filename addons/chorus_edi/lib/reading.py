# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Values of Chorus Pro's JSON, read with tolerance: what is missing is empty.

Lists come as a list, as the bare object when there is one, as null, or not at all.
"""

import base64
import binascii
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

__all__ = [
    "as_date",
    "as_list",
    "as_time",
    "aware",
    "block",
    "flag",
    "from_base64",
    "text",
    "write_date",
    "write_time",
]

PARIS = ZoneInfo("Europe/Paris")


def text(data: dict, *names: str) -> str:
    """The first of the names that has a value, as text without blanks around."""
    for name in names:
        value = data.get(name)
        if value is not None and not isinstance(value, dict | list):
            result = str(value).strip()
            if result:
                return result
    return ""


def block(data: dict, name: str) -> dict:
    """An object in an object; ``{}`` if it is something else."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def as_list(data: dict, name: str) -> list[dict]:
    """The objects of a list, whatever form it has."""
    value = data.get(name)
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def flag(data: dict, name: str) -> bool | None:
    """A yes or no in one of the forms in use (true, "true", "OUI", 1)."""
    value = data.get(name)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "oui", "1", "o", "actif", "active"):
            return True
        return False if word in ("false", "non", "0", "n") else None
    if isinstance(value, bool | int):
        return bool(value)
    return None


def as_time(value) -> datetime | None:
    """An aware time from ISO 8601 or milliseconds; without offset it is French."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000, UTC)
        moment = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def as_date(value) -> date | None:
    """The day in France of a date or a time."""
    moment = as_time(value)
    return moment.astimezone(PARIS).date() if moment else None


def aware(moment: datetime) -> datetime:
    """A time with its offset; a naive one is taken as UTC, as in Odoo."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_time(moment: datetime) -> str:
    """A time as the platform writes it; a naive one is taken as UTC, as in Odoo."""
    return aware(moment).astimezone(PARIS).isoformat(timespec="milliseconds")


def write_date(day: date) -> str:
    """The day alone; of a time, the French day."""
    if isinstance(day, datetime):
        day = datetime.fromisoformat(write_time(day)).date()
    return day.isoformat()


def from_base64(value) -> bytes | None:
    """The bytes, or ``None`` for what is not base64."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
