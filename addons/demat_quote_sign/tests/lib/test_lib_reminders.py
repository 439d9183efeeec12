# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

import pytest
from demat_lib_demat_quote_sign.reminders import is_due

NOW = datetime(2026, 3, 10, 9)


@pytest.mark.parametrize(
    ("last", "expires", "every", "due"),
    [
        (7, 20, 7, True),
        (6.9, 20, 7, False),
        (30, 20, 0, False),
        # the last call, two days before the end, once
        (3, 1.9, 7, True),
        (3, 2.1, 7, False),
        (0.05, 1.9, 7, False),
        # over
        (8, 0, 7, False),
        (8, -1, 7, False),
        (8, None, 7, True),
        (6, None, 7, False),
    ],
)
def test_is_due(last, expires, every, due):
    end = None if expires is None else NOW + timedelta(days=expires)
    start = NOW - timedelta(days=last)
    assert is_due(NOW, last=start, expires=end, every=every) is due
