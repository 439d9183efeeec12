# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

import pytest
from demat_lib_demat_invoice import nightly

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("now", "night"),
    [
        # winter: 22:00 in Paris is 21:00 UTC
        ("2026-11-26 20:59", "2026-11-25"),
        ("2026-11-26 21:00", "2026-11-26"),
        # after midnight it is still the night of yesterday
        ("2026-11-26 23:30", "2026-11-26"),
        ("2026-11-27 20:59", "2026-11-26"),
        # summer: 20:00 UTC
        ("2026-07-14 19:59", "2026-07-13"),
        ("2026-07-14 20:00", "2026-07-14"),
    ],
)
def test_a_night_begins_at_its_hour(now, night):
    found = nightly.latest_night(
        datetime.fromisoformat(now), PARIS, 22.0, nightly.EVERY_NIGHT
    )
    assert found == date.fromisoformat(night)


@pytest.mark.parametrize(
    ("last", "hour_utc"),
    [
        ("2026-02-28", 21),
        ("2028-02-29", 21),
        ("2026-04-30", 20),
        ("2026-12-31", 21),
        # summer time begins on the last day of this month, in the morning
        ("2024-03-31", 20),
        # and ends on the last day of this one
        ("2027-10-31", 21),
    ],
)
def test_the_last_day_of_the_month(last, hour_utc):
    last = date.fromisoformat(last)
    due = datetime(last.year, last.month, last.day, hour_utc)
    before = nightly.latest_night(
        due.replace(hour=hour_utc - 1, minute=59), PARIS, 22.0, nightly.MONTH_END
    )
    assert before < last
    assert nightly.is_month_end(before)
    assert (last - before).days in (28, 29, 30, 31)
    for later in (due, datetime.fromisoformat(f"{last}T23:59") + nightly.ONE_DAY * 9):
        found = nightly.latest_night(later, PARIS, 22.0, nightly.MONTH_END)
        assert found == last


def test_the_hour_is_that_of_the_place():
    now = datetime(2026, 11, 26, 21, 30)
    nights = {
        zone: nightly.latest_night(now, zone, 22.0, nightly.EVERY_NIGHT).day
        for zone in (PARIS, "America/Martinique", "Pacific/Noumea")
    }
    # 22:30, 17:30, and 8:30 of the next day
    assert nights == {PARIS: 26, "America/Martinique": 25, "Pacific/Noumea": 26}


@pytest.mark.parametrize("rhythm", [nightly.EVERY_NIGHT, nightly.MONTH_END])
def test_each_night_comes_once_whatever_the_clock_does(rhythm):
    """Every quarter of an hour of two years, with an hour that summer time skips."""
    now, nights = datetime(2026, 1, 1), []
    while now < datetime(2028, 1, 1):
        night = nightly.latest_night(now, PARIS, 2.5, rhythm)
        if not nights or night != nights[-1]:
            nights.append(night)
        now += nightly.ONE_DAY / 96
    assert nights == sorted(set(nights))
    assert len(nights) == {nightly.EVERY_NIGHT: 731, nightly.MONTH_END: 25}[rhythm]


def test_created_since_is_the_beginning_of_a_day():
    night = date(2026, 4, 2)
    # midnight of 30 March is in summer time, that of 28 March was not yet
    assert nightly.created_since(night, PARIS, 3) == datetime(2026, 3, 29, 22)
    assert nightly.created_since(night, PARIS, 5) == datetime(2026, 3, 27, 23)


def test_half_past():
    assert nightly.start_of(date(2026, 1, 5), PARIS, 23.75) == datetime(
        2026, 1, 5, 22, 45
    )
