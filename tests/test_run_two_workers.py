# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several workers on one run, and a clerk who sends a part of it by hand.

Two server processes work on one database, both with their jobs; a third process does
what another job of the host could do at the same moment. Each invoice leaves once.
"""

import time

import pytest

from tests.support.office import JobServer, RunOffice, SecondServer
from tests.support.once import check_sent_once
from tests.support.rpc import RpcError

INVOICES = 40
BY_HAND = 10
WORDS = (
    "quelqu'un d'autre",
    "Ce traitement prend les factures",
)
# as the job does it, in a process of its own
WORK = "env['demat.run'].browse(run)._in_words_of_user()._process()"


@pytest.fixture
def office(make_server, demat_template):
    return RunOffice(make_server(demat_template, JobServer))


@pytest.fixture
def second(office, watch_log):
    server = SecondServer(office.server, watch_log)
    yield server.start()
    server.close()


def wait_until(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.2)


def done(office, run):
    return sum(line["state"] == "done" for line in office.lines(run))


def press(confirm):
    """ "done", or the words of the refusal."""
    try:
        confirm()
    except RpcError as refusal:
        assert refusal.name.startswith("odoo.exceptions."), refusal.debug
        return str(refusal)
    return "done"


def test_two_workers_and_a_clerk_send_each_invoice_once(office, second):
    ids = office.add_ready_invoices(INVOICES)
    colleague = second.rpc("colleague", office.firm.passwords["colleague"])
    confirm = office.firm.open_send(colleague, ids[-BY_HAND:])
    run = office.launch(ids)
    worker = office.server.spawn(WORK, run=run)
    office.server.nudge()
    wait_until(lambda: office.state(run) == "running")
    answer = press(confirm)
    assert worker.wait(300) == 0
    office.wait_done(run)
    assert answer == "done" or any(words in answer for words in WORDS), answer
    lines = office.lines(run)
    by_hand = [line for line in lines if line["state"] == "skipped"]
    assert {line["state"] for line in lines} <= {"done", "skipped"}
    assert len(by_hand) == (BY_HAND if answer == "done" else 0)
    assert all(line["cause"] for line in by_hand)
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
