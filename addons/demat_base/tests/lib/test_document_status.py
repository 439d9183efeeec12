# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The status that a clerk reads, for every combination of facts."""

from itertools import product

import pytest
from demat_lib_demat_base.document_status import (
    DONE,
    DRAFT,
    INVOICE_RULES,
    OVERDUE,
    QUOTE_RULES,
    REJECTED,
    STATUSES,
    TO_SEND,
    WAITING,
    Rule,
    decide,
)

DOMAINS = {
    "state": ("draft", "posted", "cancel"),
    "sending": ("", "waiting", "ready", "sending", "sent", "internal"),
    "payment": (
        "not_paid",
        "partial",
        "in_payment",
        "paid",
        "reversed",
        "blocked",
        "invoicing_legacy",
    ),
    "refused": (True, False),
    "transmitted": (True, False),
    "late": (True, False),
}
COMBINATIONS = [
    dict(zip(DOMAINS, values, strict=True)) for values in product(*DOMAINS.values())
]


def expected(state, sending, payment, refused, transmitted, late):
    """The same decision in words of its own: what the seed and the firm expect."""
    if state != "posted":
        return DRAFT if state == "draft" else REJECTED
    if sending in ("waiting", "ready", "sending"):
        return TO_SEND
    if payment == "reversed":
        return REJECTED
    if payment in ("paid", "in_payment", "invoicing_legacy"):
        return DONE
    if refused:
        return REJECTED
    if not sending and not transmitted:
        return TO_SEND
    return OVERDUE if late else WAITING


def test_every_combination():
    """1,008 combinations of facts: each has the status that the words give."""
    assert len(COMBINATIONS) == 1008
    wrong = [f for f in COMBINATIONS if decide(INVOICE_RULES, f) != expected(**f)]
    assert wrong == []


def test_no_rule_is_dead():
    """Each line of the table decides at least one combination."""
    for number in range(len(INVOICE_RULES)):
        shorter = INVOICE_RULES[:number]
        rest = INVOICE_RULES[number : number + 1] + (Rule("none", "stop"),)
        assert any(
            decide((*shorter, *rest), facts) == INVOICE_RULES[number].status
            and decide((*shorter, Rule("none", "stop")), facts) == "none"
            for facts in COMBINATIONS
        )


def test_the_table_gives_known_statuses_only():
    assert {rule.status for rule in INVOICE_RULES} == set(STATUSES)


@pytest.mark.parametrize("name", DOMAINS)
def test_a_missing_fact_is_an_error(name):
    facts = {
        "state": "posted",
        "sending": "sent",
        "payment": "not_paid",
        "refused": False,
        "transmitted": True,
        "late": False,
    }
    if name == "transmitted":
        facts["sending"] = ""
    del facts[name]
    with pytest.raises(KeyError):
        decide(INVOICE_RULES, facts)


def test_an_open_table_is_an_error():
    with pytest.raises(LookupError):
        decide(INVOICE_RULES[:1], {"state": "draft"})


def expected_of_quote(state, signing, late):
    """The decision on a quote in words of its own ("accord client", seed 004)."""
    if state in ("sale", "cancel"):
        return DONE if state == "sale" else REJECTED
    if signing in ("void", "cancelled"):
        return TO_SEND
    if state == "draft" and signing not in ("sent", "signed"):
        return DRAFT
    if signing == "signed":
        return WAITING
    if signing == "declined":
        return REJECTED
    return OVERDUE if late or signing == "expired" else WAITING


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize(
    "signing", ["", "sent", "signed", "declined", "expired", "cancelled", "void"]
)
@pytest.mark.parametrize("state", ["draft", "sent", "sale", "cancel"])
def test_every_combination_of_a_quote(state, signing, late):
    facts = {"state": state, "signing": signing, "late": late}
    assert decide(QUOTE_RULES, facts) == expected_of_quote(**facts)
