# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A run of 50 invoices on a server that is killed again and again.

A clerk launches the treatment, the jobs of the server carry it out, SIGKILL ends the
server at random points of the work. It is started again and takes the run up by itself.
In the end a person answers the mails of unknown outcome from what is in the mailbox.

The seed is printed: ``DEMAT_SEED=… ./demat test tests/test_run_crash.py`` repeats it.
"""

import random
import time

import pytest

from tests.support.crash import KINDS, MAIL_STAGES, draw_fault
from tests.support.office import JobServer, RunOffice
from tests.support.once import check_sent_once

INVOICES = 50
SHORT_KILLS = 3
LONG_KILLS = 20
LONG_SECONDS = 2400
WORKERS = 2
# how far into the work the server dies at most; beyond it the run may be done
MANY = {
    "statement": 1500,
    "commit": 25,
    "committed": 25,
    "seal": 25,
    "sealed": 25,
    "moment": 8,
    **dict.fromkeys(MAIL_STAGES, 15),
}


class DyingRunOffice(RunOffice):
    """A clerk whose runs are struck; ``runs`` by id, ``kills`` in words."""

    def __init__(self, server, seed):
        super().__init__(server)
        self.random = random.Random(seed)
        self.kills = []
        self.runs = []
        self.launch_one()

    def launch_one(self):
        self.runs.append(self.launch(self.add_ready_invoices(INVOICES)))

    def suffer(self, kind):
        """One strike at the last run; a new run when that one is done."""
        if self.state(self.runs[-1]) == "done":
            self.launch_one()
        run = self.runs[-1]
        fault = draw_fault(self.random, kind, MANY)
        if self.server.strike(fault, lambda: self.wait_done(run)):
            self.kills.append(f"{fault.kind} {fault.place} {fault.count:g}")

    def finish(self):
        """Nothing dies any more."""
        for run in self.runs:
            self.wait_done(run)
        for exchange in self.exchanges("unknown"):
            self.answer(exchange)


def check_lines(office):
    """Every line says what became of its invoice, once."""
    for run in office.runs:
        lines = office.lines(run)
        assert office.state(run) == "done"
        assert len({line["move"] for line in lines}) == len(lines) == INVOICES
        assert {line["state"] for line in lines} == {"done"}
        documents = {line["document"] for line in lines}
        assert len(documents) == INVOICES
        assert None not in documents


def check_causes(office, unknown):
    """The lines whose mail nobody can be sure of say so; ``unknown``: their ids."""
    causes = {
        line["move"]: line["cause"]
        for run in office.runs
        for line in office.lines(run)
        if line["cause"]
    }
    assert set(causes) == unknown
    for cause in causes.values():
        assert "demandez" in cause.lower(), cause


def settle(office):
    """Let the run end, answer what is unknown, and read what is there."""
    for run in office.runs:
        office.wait_done(run)
    unknown = {exchange["res_id"] for exchange in office.exchanges("unknown")}
    # a worker announces a mail with the outcome of the one before, not earlier
    assert len(unknown) <= WORKERS * len(office.kills)
    check_lines(office)
    check_causes(office, unknown)
    office.finish()
    check_sent_once(office.server, office.ids)
    assert office.server.living_survivors() == [], "processes of a killed server go on"


@pytest.fixture
def office(make_server, firm_template, seed):
    office = DyingRunOffice(make_server(firm_template, JobServer), seed)
    yield office
    office.server.stop()


def test_a_run_survives_the_deaths_of_its_server(office):
    kinds = ["kept", *office.random.sample(KINDS, len(KINDS))]
    while len(office.kills) < SHORT_KILLS:
        office.suffer(kinds.pop(0))
    settle(office)
    print(office.kills)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_run_survives_twenty_deaths(office):
    began = time.monotonic()
    while len(office.kills) < LONG_KILLS:
        office.suffer(office.random.choice(KINDS))
        assert time.monotonic() - began < LONG_SECONDS, office.kills
    settle(office)
    print(f"{len(office.ids)} invoices in {len(office.runs)} runs", office.kills)
