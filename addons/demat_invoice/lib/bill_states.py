# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The life of a bill of exchange: one table. Buttons, jobs and tests read it.

::

    draft ─issue─► issued ─send─► sent ─accept─► accepted ─remit─► remitted ─pay─► paid
                     │  └────────accept──────────►              ▲      │            │
                     └──remit (not to be accepted)──────────────┘   refuse       refuse
                                                                       ▼            ▼
                        cancel: from everything but paid             unpaid ◄───────┘

An LCR that is not to be accepted goes from *issued* to the bank. A remittance that is
cancelled brings its bills back to where they came from (*withdraw*).
"""

from dataclasses import dataclass

DRAFT = "draft"
ISSUED = "issued"
SENT = "sent"
ACCEPTED = "accepted"
REMITTED = "remitted"
PAID = "paid"
UNPAID = "unpaid"
CANCELLED = "cancelled"

STATES = (DRAFT, ISSUED, SENT, ACCEPTED, REMITTED, PAID, UNPAID, CANCELLED)

LCR_ACCEPTED = "lcr_accepted"
LCR_NOT_ACCEPTED = "lcr_not_accepted"
BOR = "bor"

KINDS = (LCR_ACCEPTED, LCR_NOT_ACCEPTED, BOR)
#: Kinds that the customer signs before they go to the bank.
SIGNED_KINDS = frozenset({LCR_ACCEPTED, BOR})
#: States of a bill that stands for its instalment: no second one may be made.
LIVE_STATES = (DRAFT, ISSUED, SENT, ACCEPTED, REMITTED, PAID, UNPAID)
#: States of a bill that the bank has, or had.
BANK_STATES = frozenset({REMITTED, PAID, UNPAID})


@dataclass(frozen=True)
class Move:
    """One act on a bill.

    - ``sources``: states it takes;
    - ``target``: state afterwards;
    - ``kinds``: kinds of bills it applies to;
    - ``reason``: whether a reason has to be given;
    - ``manager``: states out of which an administrator is needed.
    """

    sources: tuple[str, ...]
    target: str
    kinds: tuple[str, ...] = KINDS
    reason: bool = False
    manager: tuple[str, ...] = ()


_SIGNED = (LCR_ACCEPTED, BOR)

MOVES = {
    "issue": Move((DRAFT,), ISSUED),
    "send": Move((ISSUED,), SENT, kinds=_SIGNED),
    "accept": Move((ISSUED, SENT), ACCEPTED, kinds=_SIGNED),
    "remit": Move((ACCEPTED,), REMITTED, kinds=_SIGNED),
    "remit_direct": Move((ISSUED,), REMITTED, kinds=(LCR_NOT_ACCEPTED,)),
    "pay": Move((REMITTED,), PAID),
    "refuse": Move((REMITTED, PAID), UNPAID, reason=True),
    "cancel": Move(
        (DRAFT, ISSUED, SENT, ACCEPTED, REMITTED, UNPAID),
        CANCELLED,
        reason=True,
        manager=(REMITTED, UNPAID),
    ),
    # the remittance is cancelled before the bank has confirmed it
    "withdraw": Move((REMITTED,), ACCEPTED, kinds=_SIGNED),
    "withdraw_direct": Move((REMITTED,), ISSUED, kinds=(LCR_NOT_ACCEPTED,)),
}


def can_move(code, kind, state):
    """Say whether an act takes a bill of this kind in this state.

    :raises KeyError: unknown act
    """
    move = MOVES[code]
    return state in move.sources and kind in move.kinds


def remit_code(kind):
    """Return the act by which a bill of this kind goes to the bank."""
    return "remit" if kind in SIGNED_KINDS else "remit_direct"


def withdraw_code(kind):
    """Return the act that undoes :func:`remit_code`."""
    return "withdraw" if kind in SIGNED_KINDS else "withdraw_direct"


def can_remit(kind, state):
    """Say whether a bill may go to the bank."""
    return can_move(remit_code(kind), kind, state)
