# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The sending process dies at any point, and each invoice is sent once all the same.

Ready invoices are sent by a clerk while the server is killed with SIGKILL: at a
statement, around a commit or a seal, while the pages are drawn, at each stage of the
SMTP dialogue, or just at some moment. It is started again, the scheduled action takes
the work up, it is killed again. In the end a person looks into the mailbox and answers
the exchanges of unknown outcome. Then each invoice has one document, one mail, one line
of each kind in the journals, and the chain of the archive is whole.

The seed is printed: ``DEMAT_SEED=… ./demat test tests/test_crash.py`` repeats a run.
"""

import random
import time

import pytest

from tests.support.crash import KINDS, CrashServer, draw_fault
from tests.support.office import Office
from tests.support.once import check_sent_once

INVOICES = 12
LONG_KILLS = 60
# one of each class, then the long run draws from all of them
SHORT = ("drawing", "commit", "seal", "lost", "kept")
UNFINISHED = ("pending", "sending")


class DyingOffice(Office):
    """The clerk at work on a server that keeps dying, and what she finds afterwards."""

    def __init__(self, server, seed):
        super().__init__(server)
        self.random = random.Random(seed)
        self.kills = []
        self.add_ready_invoices(INVOICES)

    def suffer(self, kind, tries=1):
        """Actions of the office until the server is killed in one of them."""
        for _try in range(tries):
            fault = draw_fault(self.random, kind)
            if self.server.strike(fault, self.next_action()):
                self.kills.append(f"{fault.kind} {fault.place} {fault.count:g}")
                return

    def next_action(self):
        """What the office does next: send, let the job resume, or answer an unknown."""
        ready = self.in_state("ready")
        unknown = self.exchanges("unknown")
        unfinished = self.in_state("sending") or self.exchanges(*UNFINISHED)
        if not (ready or unknown or unfinished):
            self.add_ready_invoices(INVOICES)
            ready = self.in_state("ready")
        actions = []
        if ready:
            batch = ready[: self.random.randint(1, 4)]
            actions.append(lambda: self.send(batch))
        if unfinished:
            actions.append(self.resume)
        if unknown:
            actions.append(lambda: self.answer(self.random.choice(unknown)))
        return self.random.choice(actions)

    def send(self, ids):
        self.firm.send(self.firm.rpc("clerk"), ids)

    def resume(self):
        """The scheduled action of the module, now rather than in some minutes.

        After three deaths in a row the host leaves one run of the job out. Its
        scheduler notes that it did; "Run manually" raises instead, which takes the
        note back, so it is made here.
        """
        self.server.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        self.call_job("ir_cron_dispatch")

    def finish(self):
        """Nothing dies any more; the office works until nothing is left to do."""
        for _round in range(6):
            if ready := self.in_state("ready"):
                self.send(ready)
            self.resume()
            for exchange in self.exchanges("unknown"):
                self.answer(exchange)
            left = self.in_state("ready") + self.in_state("sending")
            if not (left or self.exchanges(*UNFINISHED, "unknown")):
                return


def check_end(office):
    """Each invoice was sent once, by every account of it."""
    check_sent_once(office.server, office.ids)
    assert office.server.living_survivors() == [], "processes of a killed server go on"


def test_each_invoice_is_sent_once_although_the_server_dies(
    make_server, firm_template, seed
):
    office = DyingOffice(make_server(firm_template, CrashServer), seed)
    for kind in office.random.sample(SHORT, len(SHORT)):
        office.suffer(kind, tries=5)
    office.finish()
    check_end(office)
    assert len(office.kills) == len(SHORT), office.kills


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_sixty_deaths(make_server, firm_template, seed):
    office = DyingOffice(make_server(firm_template, CrashServer), seed)
    began = time.monotonic()
    while len(office.kills) < LONG_KILLS:
        office.suffer(office.random.choice(KINDS))
        assert time.monotonic() - began < 3000, office.kills
    office.finish()
    check_end(office)
    unknown = office.server.sql(
        "SELECT id FROM demat_exchange_log WHERE new_state = 'unknown'"
    )
    print(f"{len(office.ids)} invoices, {len(unknown)} unknown outcomes", office.kills)
    assert unknown, "no death fell where only a person can tell the outcome"
