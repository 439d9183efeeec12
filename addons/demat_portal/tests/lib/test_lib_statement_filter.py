# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import datetime
from decimal import Decimal

import pytest
from demat_lib_demat_portal import statement_filter


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 234,50", ["1234.50"]),
        ("1\u202f234,50 €", ["1234.50"]),
        ("1234.5", ["1234.5"]),
        ("1.234,50", ["1234.50"]),
        ("1,234.50", ["1234.50"]),
        ("1.234.567", ["1234567"]),
        ("-50", ["50"]),
        # thousands or decimals: nobody can tell
        ("1,234", ["1234", "1.234"]),
        ("FAC/2026/00012", []),
        ("1e5", []),
        ("", []),
    ],
)
def test_amounts(text, wanted):
    assert statement_filter.amounts(text) == [Decimal(one) for one in wanted]


def test_read():
    wanted = statement_filter.read(
        {"year": "2026", "month": "2", "show": "overdue", "search": "  a  b ", "x": "y"}
    )
    assert wanted.period() == (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    assert wanted.search == "a b"
    assert wanted.partial
    assert wanted.query(page=1) == {
        "year": 2026,
        "month": 2,
        "show": "overdue",
        "search": "a b",
    }
    # a month of no year is no month
    assert statement_filter.read({"month": "3"}).month is None


def test_control_characters():
    """The database takes no NUL."""
    assert statement_filter.read({"search": "\0F\x9f\n-\x7f1 é"}).search == "F-1 é"
    assert statement_filter.without_controls("\0") == ""
    assert statement_filter.without_controls(None) == ""


def test_the_year_that_is_shown():
    assert statement_filter.read({}).settled([2024, 2026]).year == 2026
    assert statement_filter.read({}).settled([]).year == "all"
    # what is overdue may be of any year
    assert statement_filter.read({"show": "overdue"}).settled([2026]).year == "all"
    assert statement_filter.read({"year": "2024"}).settled([2026]).year == 2024


@pytest.mark.parametrize(
    "params",
    [
        {"year": "x"},
        {"year": "12"},
        {"month": "13"},
        {"entity": "-1"},
        {"entity": "1" * 30},
        {"site": "²"},
        {"sort": "date; drop"},
        {"show": "both"},
        {"page": "0"},
    ],
)
def test_refused(params):
    with pytest.raises(statement_filter.FilterError):
        statement_filter.read(params)
