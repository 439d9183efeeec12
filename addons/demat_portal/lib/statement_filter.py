# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a customer asks of his statement: read from the address of the page."""

import calendar
import datetime
import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

__all__ = [
    "ALL",
    "SHOWS",
    "SORTS",
    "FilterError",
    "Wanted",
    "amounts",
    "read",
    "without_controls",
]

ALL = "all"
SHOWS = ("all", "unpaid", "overdue")
SORTS = ("newest", "oldest", "due", "number", "amount")
_SPACES = re.compile(r"[\s\u00a0\u202f]|€|EUR", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"-?\d+([.,]\d+)*")
_MOST = 100


class FilterError(ValueError):
    """The address asks for something that cannot be."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    ``year`` is a number, :data:`ALL`, or nothing where the page is to choose.
    """

    entity: int | None = None
    year: int | str | None = None
    month: int | None = None
    site: int | None = None
    show: str = "all"
    search: str = ""
    sort: str = ""
    page: int = 1

    @property
    def partial(self) -> bool:
        """Whether lines are left out for another reason than their date."""
        return bool(self.site or self.search or self.show != "all")

    def period(self):
        """Return the first and the last day, or ``(None, None)``."""
        if not isinstance(self.year, int):
            return None, None
        first, last = (self.month, self.month) if self.month else (1, 12)
        end = calendar.monthrange(self.year, last)[1]
        return (
            datetime.date(self.year, first, 1),
            datetime.date(self.year, last, end),
        )

    def settled(self, years):
        """Return the same with a year: the last one that has lines.

        Who looks for something, or for what he owes, looks in all of them.
        """
        if self.year is not None:
            return self
        if self.partial or not years:
            return replace(self, year=ALL)
        return replace(self, year=max(years))

    def query(self, **changes):
        """Return the parameters of the address, without what is as by default."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values |= changes
        default = {"show": "all", "page": 1}
        return {
            name: value
            for name, value in values.items()
            if value not in (None, "", default.get(name, ""))
        }


def read(params) -> Wanted:
    """Read the parameters of an address; unknown ones are left aside.

    :raises FilterError: a value of a wrong type, or one that there cannot be
    """
    year = params.get("year") or None
    wanted = Wanted(
        entity=_number(params.get("entity")),
        year=ALL if year == ALL else _number(year, 1900, 2999),
        month=_number(params.get("month"), 1, 12),
        site=_number(params.get("site")),
        show=_choice(params.get("show"), SHOWS) or "all",
        search=" ".join(without_controls(params.get("search")).split())[:_MOST],
        sort=_choice(params.get("sort"), SORTS),
        page=_number(params.get("page"), 1, 10**6) or 1,
    )
    if wanted.month and not isinstance(wanted.year, int):
        return replace(wanted, month=None)
    return wanted


def without_controls(value) -> str:
    """Return a text of an address as the database takes it: no NUL and the like."""
    return _CONTROL.sub("", str(value or "")).strip()


def _number(value, low=1, high=2**31 - 1):
    if value in (None, ""):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise FilterError(text[:20])
    if not low <= int(text) <= high:
        raise FilterError(text)
    return int(text)


def _choice(value, known):
    if value in (None, ""):
        return ""
    if value not in known:
        raise FilterError(str(value)[:20])
    return value


def amounts(text: str) -> list[Decimal]:
    """Return the amounts that a text may mean: ``1 234,50``, ``1234.5``, ``1.234,50``.

    A text such as ``1.234`` means two of them; one that is no number none.
    """
    text = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(text):
        return []
    marks = re.findall(r"[.,]", text)
    found = []
    if len(marks) != 1 or len(re.split(r"[.,]", text)[1]) == 3:
        # all marks of one kind: thousands; two kinds: the last one is the decimal
        if len(set(marks)) < 2:
            found.append(re.sub(r"[.,]", "", text))
    if marks and (len(marks) == 1 or len(set(marks)) == 2):
        head, tail = text.rsplit(marks[-1], 1)
        found.append(re.sub(r"[.,]", "", head) + "." + tail)
    try:
        return [abs(Decimal(one)) for one in found]
    except InvalidOperation:
        return []
