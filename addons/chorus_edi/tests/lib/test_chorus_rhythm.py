# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_chorus_edi import rhythm


@pytest.mark.parametrize("steps", [rhythm.REPORT, rhythm.SETTLE, rhythm.RETRY])
def test_delays_grow_and_then_stay(steps):
    found = [rhythm.delay(steps, count) for count in range(len(steps) + 5)]
    assert found == sorted(found)
    assert found[-1] == steps[-1]


def test_what_the_server_asks_for_wins_when_it_is_longer():
    assert rhythm.delay(rhythm.RETRY, 0, 7200) == 7200
    assert rhythm.delay(rhythm.RETRY, 0, 1) == rhythm.RETRY[0]


def test_one_search_without_a_find_settles_nothing():
    assert not rhythm.settled_after(1)
    assert rhythm.settled_after(len(rhythm.SETTLE))
