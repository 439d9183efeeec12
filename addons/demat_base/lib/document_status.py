# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The status of a document as a clerk reads it, decided by a table of rules.

Source: seed 004, "La liste des statuts est fixe". A kind of document (invoice, quote…)
brings its own table: a sequence of rules over its facts, the first that fits wins. The
same table is read in Python (what a form shows) and turned into SQL (what a filter
finds), so the two cannot tell different stories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = [
    "DONE",
    "DRAFT",
    "INVOICE_RULES",
    "OVERDUE",
    "QUOTE_RULES",
    "REJECTED",
    "STATUSES",
    "TO_SEND",
    "WAITING",
    "Rule",
    "decide",
]

DRAFT = "draft"
TO_SEND = "to_send"
WAITING = "waiting"
OVERDUE = "overdue"
DONE = "done"
REJECTED = "rejected"

#: In the order of a document's life: lists are grouped in this order.
STATUSES = (DRAFT, TO_SEND, WAITING, OVERDUE, DONE, REJECTED)


@dataclass(frozen=True)
class Rule:
    """One line of a table.

    - ``status``: one of ``STATUSES``;
    - ``when``: name of a fact → the values it must have; no entry, no condition;
    - ``why``: the reason, for the reader of the table.
    """

    status: str
    why: str
    when: Mapping[str, frozenset] = field(default_factory=dict)


def decide(rules: Sequence[Rule], facts: Mapping[str, object]) -> str:
    """Return the status that the first fitting rule gives.

    :param rules: the table of this kind of document; its last rule has no condition
    :param facts: value of every fact that the table asks for
    :raises KeyError: a fact is missing
    :raises LookupError: no rule fits, the table is not complete
    """
    for rule in rules:
        if all(facts[name] in values for name, values in rule.when.items()):
            return rule.status
    raise LookupError("the table of statuses has no last rule")


#: Invoices and credit notes. Facts:
#:
#: - ``state``: draft, posted, cancel;
#: - ``sending``: send state of the process (waiting, ready, sending, sent, internal),
#:   "" outside of it;
#: - ``payment``: the host's payment state;
#: - ``refused``: a bill of exchange came back unpaid, or a deposit was refused. A
#:   notification that bounces is none: the invoice is on the portal, and the outcome
#:   of the notification is shown beside;
#: - ``transmitted``: marked as sent by the host (counts outside of the process only);
#: - ``late``: the due date is in the past and it is the customer who owes.
INVOICE_RULES = (
    Rule(REJECTED, "cancelled before it left", {"state": frozenset({"cancel"})}),
    Rule(DRAFT, "still being written", {"state": frozenset({"draft"})}),
    Rule(
        TO_SEND,
        "it has to reach the customer, paid already or not",
        {"sending": frozenset({"waiting", "ready", "sending"})},
    ),
    Rule(
        REJECTED,
        "taken back by a credit note",
        {"payment": frozenset({"reversed"})},
    ),
    Rule(
        DONE,
        "settled: nothing is left to do",
        {"payment": frozenset({"paid", "in_payment", "invoicing_legacy"})},
    ),
    Rule(REJECTED, "bill unpaid or deposit refused", {"refused": frozenset({True})}),
    Rule(
        TO_SEND,
        "outside of the process, neither transmitted nor paid",
        {"sending": frozenset({""}), "transmitted": frozenset({False})},
    ),
    Rule(OVERDUE, "unpaid after its due date", {"late": frozenset({True})}),
    Rule(WAITING, "with the customer, who has time to pay"),
)

#: Quotes and orders. Facts:
#:
#: - ``state``: the host's draft, sent, sale, cancel;
#: - ``signing``: state of the last request for a signature online (sent, signed,
#:   declined, expired, cancelled, void), "" without one;
#: - ``late``: the day until which the quote is valid is in the past.
QUOTE_RULES = (
    Rule(
        REJECTED,
        "refused by the customer or given up",
        {"state": frozenset({"cancel"})},
    ),
    Rule(DONE, "the customer agreed", {"state": frozenset({"sale"})}),
    Rule(
        TO_SEND,
        "changed or taken back after it was sent: the customer has nothing to sign",
        {"signing": frozenset({"void", "cancelled"})},
    ),
    Rule(
        DRAFT,
        "still being written, for the first time or after an answer",
        {
            "state": frozenset({"draft"}),
            "signing": frozenset({"", "declined", "expired"}),
        },
    ),
    Rule(REJECTED, "declined online", {"signing": frozenset({"declined"})}),
    Rule(WAITING, "signed, its deposit is to come", {"signing": frozenset({"signed"})}),
    Rule(OVERDUE, "not signed in time", {"signing": frozenset({"expired"})}),
    Rule(OVERDUE, "no answer while it was valid", {"late": frozenset({True})}),
    Rule(WAITING, "with the customer, who has time to agree"),
)
