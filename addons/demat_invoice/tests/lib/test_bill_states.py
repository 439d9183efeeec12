# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import pytest
from demat_lib_demat_invoice import bill_states as states


def reachable(kind):
    found, todo = set(), [states.DRAFT]
    while todo:
        state = todo.pop()
        if state not in found:
            found.add(state)
            todo += [
                move.target
                for code, move in states.MOVES.items()
                if states.can_move(code, kind, state)
            ]
    return found


def test_names_are_known():
    for move in states.MOVES.values():
        assert set(move.sources) <= set(states.STATES)
        assert move.target in states.STATES
        assert set(move.kinds) <= set(states.KINDS)
        assert set(move.manager) <= set(move.sources)


@pytest.mark.parametrize("kind", states.KINDS)
def test_every_state_can_be_reached_and_left(kind):
    expected = set(states.STATES)
    if kind == states.LCR_NOT_ACCEPTED:
        expected -= {states.SENT, states.ACCEPTED}
    assert reachable(kind) == expected
    for state in expected - {states.CANCELLED}:
        assert any(states.can_move(code, kind, state) for code in states.MOVES)


def test_what_is_to_be_signed_does_not_go_to_the_bank_unsigned():
    for kind in states.SIGNED_KINDS:
        assert not states.can_remit(kind, states.ISSUED)
        assert not states.can_remit(kind, states.SENT)
        assert states.can_remit(kind, states.ACCEPTED)
    assert states.can_remit(states.LCR_NOT_ACCEPTED, states.ISSUED)
    assert not states.can_move("accept", states.LCR_NOT_ACCEPTED, states.ISSUED)


@pytest.mark.parametrize("kind", states.KINDS)
def test_withdraw_undoes_remit(kind):
    remit = states.MOVES[states.remit_code(kind)]
    withdraw = states.MOVES[states.withdraw_code(kind)]
    assert withdraw.target in remit.sources
    assert remit.target in withdraw.sources


def test_what_was_paid_is_not_cancelled_and_the_bank_s_needs_an_administrator():
    cancel = states.MOVES["cancel"]
    assert states.PAID not in cancel.sources
    assert set(cancel.manager) == {states.REMITTED, states.UNPAID}
    assert cancel.reason
    assert states.MOVES["refuse"].reason


def test_unknown_act():
    with pytest.raises(KeyError):
        states.can_move("burn", states.BOR, states.DRAFT)
