# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several workers on one run, and a clerk who sends a part of it by hand.

Two server processes work on one database, both with their jobs; a third process does
what another job of the host could do at the same moment. Each invoice leaves once.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.office import JobServer, RunOffice, SecondServer
from tests.support.once import check_sent_once

INVOICES = 40
BY_HAND = 10
PATIENCE = 300
# as the job does it, in a process of its own
WORK = """
from odoo.addons.base.models import ir_mail_server
ir_mail_server.SMTP_TIMEOUT = patience
env["demat.run"].browse(run)._in_words_of_user()._process()
"""


class PatientServer(JobServer):
    """Waits for the mail server as long as the test holds it."""

    def _environment(self):
        return self.context.environment(DEMAT_SMTP_TIMEOUT=PATIENCE)


class PatientSecondServer(SecondServer, PatientServer):
    pass


@pytest.fixture(scope="module")
def office(make_server, firm_template):
    office = RunOffice(make_server(firm_template, PatientServer))
    yield office
    office.server.stop()


@pytest.fixture(scope="module")
def second(office, watch_log):
    server = PatientSecondServer(office.server, watch_log)
    yield server.start()
    server.close()


def wait_until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.2)


def done(office, run):
    return sum(line["state"] == "done" for line in office.lines(run))


def test_two_workers_and_a_clerk_send_each_invoice_once(office, second):
    """One worker is at its first mail when the others come, then all go on."""
    ids = office.add_ready_invoices(INVOICES)
    smtp = office.server.smtp
    colleague = second.rpc("colleague", office.firm.passwords["colleague"])
    # the run begins with the newest ones
    by_hand = ids[:BY_HAND]
    confirm = office.firm.open_send(colleague, by_hand)
    smtp.hold("hello", 1)
    run = office.launch(ids)
    office.server.nudge()
    assert smtp.reached.wait(PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        pressing = pool.submit(confirm)
        wait_until(lambda: not set(by_hand) & set(office.in_state("ready")))
        worker = office.server.spawn(WORK, run=run, patience=PATIENCE)
        # each of the three is at its first mail
        wait_until(lambda: len(office.exchanges("sending")) == 3)
        smtp.let_go()
        pressing.result(PATIENCE)
    assert worker.wait(PATIENCE) == 0
    office.wait_done(run)
    states = [line["state"] for line in office.lines(run)]
    taken = INVOICES - BY_HAND
    assert states == ["done"] * taken + ["skipped"] * BY_HAND
    causes = [line["cause"] for line in office.lines(run)]
    assert causes[:taken] == [None] * taken
    assert all("Colleague" in cause for cause in causes[taken:]), causes
    check_sent_once(office.server, office.ids)


def test_one_worker_dies_and_the_other_carries_on(office, second):
    ids = office.add_ready_invoices(INVOICES)
    run = office.launch(ids)
    office.server.nudge()
    wait_until(lambda: done(office, run) > 0)
    # the one that works is killed, and stays dead
    [[pid]] = office.server.sql("SELECT pid FROM demat_run WHERE id = %s", run)
    dies, lives = office.server, second
    if pid != dies.process.pid:
        dies, lives = lives, dies
    dies.kill()
    assert office.state(run) == "running"
    office.wait_done(run, server=lives)
    for exchange in office.exchanges("unknown"):
        office.answer(exchange, server=lives)
    assert {line["state"] for line in office.lines(run)} == {"done"}
    check_sent_once(office.server, office.ids)
