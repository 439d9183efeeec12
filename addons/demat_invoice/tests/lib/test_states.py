# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The table of treatments against the words of seed 001."""

import pytest
from demat_lib_demat_invoice import states

#: treatment → states of the table in seed 001 (W waiting, R ready, S sent, I internal)
SEED_TABLE = {
    "print_invoices": "WRSI",
    "print_bills": "WRSI",
    "prepare": "W",
    "hold": "R",
    "keep_internal": "WR",
    "release": "I",
    "send": "R",
    "collect_chorus": "S",
}
LETTERS = {
    "W": states.WAITING,
    "R": states.READY,
    "S": states.SENT,
    "I": states.INTERNAL,
}


@pytest.mark.parametrize("code", SEED_TABLE)
@pytest.mark.parametrize("letter", LETTERS)
def test_each_treatment_takes_the_states_of_the_seed(code, letter):
    expected = letter in SEED_TABLE[code]
    assert states.can_apply(code, LETTERS[letter], on_demand=True) is expected


def test_eight_treatments():
    assert set(states.TREATMENTS) == set(SEED_TABLE)


def test_unknown_treatment_is_an_error():
    with pytest.raises(KeyError):
        states.can_apply("burn", states.READY)


def test_sending_belongs_to_no_treatment():
    for code in states.TREATMENTS:
        assert not states.can_apply(code, states.SENDING, on_demand=True)


@pytest.mark.parametrize(
    ("source", "target", "known"),
    [
        (False, states.WAITING, True),
        (states.WAITING, states.READY, True),
        (states.READY, states.WAITING, True),
        (states.READY, states.SENDING, True),
        (states.SENDING, states.SENT, True),
        (states.SENDING, states.READY, True),
        (states.SENT, states.WAITING, True),
        (states.INTERNAL, states.WAITING, True),
        (states.READY, states.SENT, False),
        (states.WAITING, states.SENT, False),
        (states.SENT, states.READY, False),
        (states.SENT, False, False),
        (states.SENDING, False, False),
        (states.INTERNAL, states.READY, False),
        (states.SENT, states.INTERNAL, False),
    ],
)
def test_ways_between_states(source, target, known):
    assert states.can_move(source, target) is known


def test_a_customer_sees_sent_invoices_only():
    hidden = set(states.STATES) - set(states.PUBLISHED_STATES)
    assert hidden == {
        states.WAITING,
        states.READY,
        states.SENDING,
        states.INTERNAL,
    }
