# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The database server is stopped in the middle of a run and comes back.

It is a server of this test's own; it is stopped in immediate mode, as by a power cut of
its machine, and recovers. The process of Odoo lives on.

The seed is printed, ``DEMAT_SEED=…`` before the command repeats a run.
"""

import os
import random
import secrets
import time

import pytest

from tests.support.cluster import OwnCluster
from tests.support.office import JobServer, RunOffice
from tests.support.once import check_sent_once
from tests.support.rpc import RpcError

INVOICES = 30
PATIENCE = 300
STOPS = 3 if os.environ.get("DEMAT_LONG") else 1
#: What the host writes meanwhile; the last one where the thread of the scheduled
#: actions has survived and is at it when the administrator calls.
LOGGED = (
    "psycopg2|connection|terminating|database system|bad query|OperationalError"
    "|InterfaceError|already closed|Cursor not closed|treatments' already executing"
)


class DurableServer(JobServer):
    """What is committed is on the disk: the other tests do without."""

    def _set_parameters(self):
        super()._set_parameters()
        self.sql(f'ALTER DATABASE "{self.database}" RESET synchronous_commit')


@pytest.fixture
def cluster(demat_context_, demat_template):
    folder = demat_context_.paths.state / "test" / f"pg-{secrets.token_hex(4)}"
    cluster = OwnCluster(demat_context_, folder)
    cluster.copy(demat_template)
    yield cluster
    cluster.close()


@pytest.fixture
def office(cluster, demat_template, demat_context_, watch_log):
    folder = demat_context_.paths.state / "test"
    server = DurableServer(cluster.context, demat_template, folder, watch_log)
    yield RunOffice(server.start())
    server.close()


def restart_in_a_run(office, cluster, draw):
    """Stop the database while a run is at work; the process and the run go on."""
    ids = office.add_ready_invoices(INVOICES)
    process = office.server.process
    run = office.launch(ids)
    wait_begun(office, run)
    time.sleep(draw.uniform(0, 6))
    cluster.crash()
    cluster.start()
    carry_on(office, run)
    assert office.server.process is process
    assert process.poll() is None
    return run


def wait_begun(office, run):
    deadline = time.monotonic() + PATIENCE
    while office.state(run) == "waiting":
        assert time.monotonic() < deadline, "the run does not begin"
        office.server.nudge()
        time.sleep(0.2)


def carry_on(office, run):
    """The scheduled action again; old connections have to be found dead first.

    The thread that calls it by itself has ended, if the database was away when it
    looked: the host starts it again with the process only. So an administrator calls;
    where it lives on, the host tells him that the action is at work already.
    """
    deadline = time.monotonic() + PATIENCE
    while office.state(run) != "done":
        assert time.monotonic() < deadline, "the server does not recover"
        try:
            office.call_job("ir_cron_run")
        except (RpcError, OSError):
            time.sleep(1)


def test_a_run_survives_restarts_of_the_database(office, cluster, seed):
    draw = random.Random(seed)
    runs = []
    with office.server.expect_log(LOGGED):
        for _stop in range(STOPS):
            runs.append(restart_in_a_run(office, cluster, draw))
            office.server.restart()
    for run in runs:
        lines = office.lines(run)
        assert {line["state"] for line in lines} == {"done"}
        assert None not in {line["document"] for line in lines}
    told = {line["move"] for run in runs for line in office.lines(run) if line["cause"]}
    unknown = office.exchanges("unknown")
    assert told == {exchange["res_id"] for exchange in unknown}
    for exchange in unknown:
        office.answer(exchange)
    check_sent_once(office.server, office.ids)
