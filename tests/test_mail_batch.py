# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mails of a batch with real commits: what is read once, what is read again."""

import pytest

from tests.support import runs
from tests.support.firm import Firm

INSIDE = "from tests.support import mail_batch_inside as inside\n"
#: Queries of one mail: locks, announcement, the host's two states, outcome.
MOST = 22


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    return firm


def pending_mails(firm, count):
    """A run whose invoices are archived and whose mails wait."""
    run = runs.launch(firm, runs.ready_invoices(firm, count))
    firm.server.run(f"{INSIDE}inside.make_documents(env, run)", run=run)
    return run


def test_a_mail_of_a_batch_costs_the_same_few_queries(firm):
    run = pending_mails(firm, 8)
    counts = firm.server.run(
        f"{INSIDE}result = inside.count_queries(env, run)", run=run
    )
    assert len(counts) == 6
    assert max(counts) <= MOST, counts


def test_what_somebody_else_changes_meanwhile_counts(firm):
    run = pending_mails(firm, 4)
    found = firm.server.run(f"{INSIDE}result = inside.disturb(env, run)", run=run)
    assert found["states"] == ["done", "done", "cancelled", "done"]
    assert "written meanwhile" in found["comment"]
