# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One-time codes: life, tries, pauses, lock, number per hour."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from demat_lib_demat_quote_sign.one_time_code import (
    CODES_PER_HOUR,
    LIFE,
    LOCK,
    TRIES,
    CodeState,
    check,
    digest,
    may_send,
    new_code,
    new_salt,
)

NOW = datetime(2026, 11, 26, 15, 0)
SALT = "0123456789abcdef"


def sent(code="012345", **values):
    return CodeState(
        **{
            "hash": digest(code, SALT),
            "salt": SALT,
            "expires_at": NOW + LIFE,
            **values,
        }
    )


def test_codes_are_six_digits_and_differ():
    codes = {new_code() for _time in range(300)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 290
    assert len({new_salt() for _time in range(50)}) == 50


def test_digest_needs_the_salt():
    assert digest("012345", SALT) != digest("012345", SALT[::-1])
    assert "012345" not in digest("012345", SALT)


@pytest.mark.parametrize("entry", ["012345", " 012 345 ", "012-345", "012\u202f345"])
def test_accepted_once(entry):
    verdict, changes = check(entry, sent(), NOW)
    assert verdict == "accepted"
    after = replace(sent(), **changes)
    assert check(entry, after, NOW)[0] == "none"


@pytest.mark.parametrize(
    "entry", ["", "12345", "0123456", "012344", None, 12345, "٠١٢٣٤٥", ["012345"]]
)
def test_wrong(entry):
    verdict, changes = check(entry, sent(), NOW)
    assert (verdict, changes["tries"]) == ("wrong", 1)


def test_life():
    assert check("012345", sent(), NOW + LIFE - timedelta(seconds=1))[0] == "accepted"
    verdict, changes = check("012345", sent(), NOW + LIFE)
    assert verdict == "expired"
    assert check("012345", replace(sent(), **changes), NOW)[0] == "none"


def test_never_sent():
    assert check("012345", CodeState(None, None, None), NOW) == ("none", {})


def test_brute_force_is_locked_out():
    """A machine that tries at once and again: five entries are compared in all."""
    state, now, compared = sent(), NOW, 0
    for guess in range(999_000, 999_400):
        verdict, changes = check(str(guess), state, now)
        state = replace(state, **changes)
        compared += bool(changes.get("tries")) or verdict == "locked" and bool(changes)
        now += timedelta(milliseconds=250)
    assert compared == TRIES
    assert state.hash is None
    # even the right one is refused now, and after the lock the code is dead
    assert check("012345", state, now)[0] == "locked"
    assert check("012345", state, now + LOCK)[0] == "none"


def test_pause_grows():
    state, pauses = sent(), []
    now = NOW
    for _time in range(TRIES - 1):
        verdict, changes = check("999999", state, now)
        assert verdict == "wrong"
        state = replace(state, **changes)
        pause = 0
        while check("999999", state, now + timedelta(seconds=pause))[0] == "too_fast":
            pause += 1
        pauses.append(pause)
        now += timedelta(seconds=pause)
    assert pauses == sorted(pauses)
    assert pauses[0] >= 1
    assert pauses[-1] > pauses[0]
    assert check("012345", state, now)[0] == "accepted"


def test_right_code_within_the_pause_is_not_compared():
    state = sent(tries=1, last_try=NOW)
    assert check("012345", state, NOW) == ("too_fast", {})


def test_codes_per_hour():
    moments = [NOW - timedelta(minutes=10 * index) for index in range(CODES_PER_HOUR)]
    assert may_send(moments, None, NOW) == "too_many"
    assert may_send(moments[1:], None, NOW) == "ok"
    assert may_send(moments, None, NOW + timedelta(minutes=21)) == "ok"
    assert may_send([], NOW + LOCK, NOW) == "locked"
    assert may_send([], NOW, NOW) == "ok"
