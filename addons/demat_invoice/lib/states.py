# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The life of an invoice: one table of treatments and states.

Source: seed 001, "Types de traitement" and "Critères et types de traitement"; design,
section 4.
Buttons, wizards, jobs and tests read this table and no other.
"""

from dataclasses import dataclass

WAITING = "waiting"
READY = "ready"
SENDING = "sending"
SENT = "sent"
INTERNAL = "internal"

STATES = (WAITING, READY, SENDING, SENT, INTERNAL)

#: States in which what the document shows can no longer be changed.
LOCKED_STATES = frozenset({SENDING, SENT})

#: States that a customer may see (False: the invoice never entered the process).
PUBLISHED_STATES = (False, SENT)


@dataclass(frozen=True)
class Treatment:
    """One treatment of the processing screen.

    - ``code``: technical name;
    - ``accepts``: states it takes by default;
    - ``on_demand``: states that the user may add to the selection;
    - ``target``: state afterwards, or None where the treatment changes no state.
    """

    code: str
    accepts: tuple[str, ...]
    on_demand: tuple[str, ...] = ()
    target: str | None = None


_ANY = (WAITING, READY, SENT, INTERNAL)

TREATMENTS = {
    treatment.code: treatment
    for treatment in (
        Treatment("print_invoices", accepts=_ANY),
        Treatment("print_bills", accepts=_ANY),
        Treatment("prepare", accepts=(WAITING,), target=READY),
        Treatment("hold", accepts=(READY,), target=WAITING),
        Treatment("keep_internal", accepts=(WAITING, READY), target=INTERNAL),
        Treatment("release", accepts=(INTERNAL,), target=WAITING),
        Treatment("send", accepts=(READY,), target=SENT),
        Treatment("collect_chorus", accepts=(SENT,)),
    )
}

#: What is no treatment of the screen, but moves an invoice all the same.
SYSTEM_MOVES = {
    # a validated invoice enters the process
    "enter": ({False}, WAITING),
    # the setting "send at validation" prepares and starts in one step
    "start": ({WAITING, READY}, SENDING),
    "publish": ({SENDING}, SENT),
    # the document could not be made: nothing has left, the clerk mends and sends again
    "give_back": ({SENDING}, READY),
    # explicit action of the administrator, with a reason
    "reopen": ({SENT}, WAITING),
    # back to draft before anything has left
    "leave": ({WAITING, READY, INTERNAL, False}, False),
}


def can_apply(code, state, *, on_demand=False):
    """Say whether a treatment takes an invoice in this state.

    :param code: a key of ``TREATMENTS``
    :param state: one of ``STATES`` or False
    :param on_demand: also accept the states that the user adds on purpose
    :raises KeyError: unknown treatment
    """
    treatment = TREATMENTS[code]
    accepted = treatment.accepts + (treatment.on_demand if on_demand else ())
    return state in accepted


def can_move(source, target):
    """Say whether the table knows a way from one state to another in one step."""
    for treatment in TREATMENTS.values():
        if (
            treatment.target == target
            and treatment.code != "send"
            and source in treatment.accepts
        ):
            return True
    return any(
        source in sources and target == goal for sources, goal in SYSTEM_MOVES.values()
    )
