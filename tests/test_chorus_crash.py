# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The deposit at Chorus Pro dies at every point, and each invoice is there once.

A clerk sends invoices to a public entity; the job deposits them on a server that is
killed with SIGKILL: before and after each of its commits, and while the platform has
the file and its answer is on the way. It is started again, the jobs take the work up.
In the end the simulated platform is asked: each invoice came in one flow, once.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.chorus import Simulator
from tests.support.crash import CrashServer, Fault
from tests.support.office import Office

ENTITY = "12345678200051"
#: Commits of a deposit that can be struck; the last ones are never reached.
COMMITS = 6
SLOW = 8
ANSWER = Fault("answer", "deposer/flux", 1)
#: One of each: packed, announced, called, answered.
SHORT = (
    Fault("point", "committed", 2),
    Fault("point", "committed", 3),
    ANSWER,
    Fault("point", "commit", 4),
)
ROUNDS = 20
CONNECT = """
company = env.company.search([("demat_invoicing", "=", True)], limit=1)
account = env["chorus.account"].create(
    {
        "company_id": company.id,
        "platform": "other",
        "skip_luhn": True,
        "token_url": chorus["token_url"],
        "api_url": chorus["api_url"],
        "client_id": chorus["client_id"],
        "client_secret": chorus["client_secret"],
        "login": chorus["login"],
        "password": chorus["password"],
    }
)
structure = env["chorus.structure"]._bring(entity, account._chorus_client())
partner = env["res.partner"].browse(customer)
partner.company_registry = False
partner._chorus_become_public(structure)
"""
DEPOSIT = 'env["chorus.flow"]._cron_deposit()'


class ChorusCrashServer(CrashServer):
    """Dies when the platform has one flow more, too: its answer is on the way."""

    def __init__(self, *args):
        self.chorus = Simulator()
        super().__init__(*args)

    def _arm(self, fault):
        self.flows = len(self.chorus.flows)
        super()._arm(fault)

    def _is_reached(self, fault, began):
        if fault.kind == "answer":
            return len(self.chorus.flows) > self.flows
        return super()._is_reached(fault, began)

    def close(self):
        super().close()
        self.chorus.close()


class ChorusOffice(Office):
    """A firm whose customer is a public entity of the simulator."""

    def __init__(self, server):
        super().__init__(server)
        self.chorus = chorus = server.chorus
        names = ("token_url", "api_url", "client_id", "client_secret")
        facts = {name: getattr(chorus, name) for name in (*names, "login", "password")}
        [[siret, name]] = server.sql(
            "SELECT p.company_registry, p.name FROM res_company c"
            " JOIN res_partner p ON p.id = c.partner_id WHERE c.demat_invoicing"
        )
        chorus.add_supplier(siret, name)
        customer = self.firm.customers["noyers"]
        server.run(CONNECT, chorus=facts, entity=ENTITY, customer=customer)

    def send_invoices(self, count):
        ids = self.add_ready_invoices(count)
        self.firm.send(self.firm.rpc("clerk"), ids)
        assert self.states(ids) == {"pending"}
        return ids

    def states(self, ids):
        rows = self.server.sql(
            "SELECT state FROM demat_exchange WHERE channel = 'chorus' "
            "AND direction = 'out' AND res_id = ANY(%s)",
            list(ids),
        )
        return {row[0] for row in rows}

    def job(self, name):
        """A scheduled action now; what waits has waited long enough."""
        self.server.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        self.server.sql("UPDATE chorus_flow SET next_at = now() at time zone 'UTC'")
        self.call_job(name, "chorus_edi")

    def deposit(self):
        self.job("ir_cron_chorus_deposit")

    def finish(self):
        """Nothing dies any more: the jobs work until all is settled."""
        for _round in range(ROUNDS):
            if self.states(self.ids) == {"done"}:
                return
            self.deposit()
            self.job("ir_cron_chorus_follow")


def check_once(office):
    """Each invoice came once, and the database knows it."""
    numbers = {
        number
        for [number] in office.server.sql(
            "SELECT name FROM account_move WHERE id = ANY(%s)", list(office.ids)
        )
    }
    there = [one["number"] for one in office.chorus.invoices]
    assert sorted(there) == sorted(numbers), "lost, or deposited twice"
    flows = office.chorus.flows
    assert {flow["state"] for flow in flows} == {"IN_INTEGRE"}, "a double was refused"
    assert office.states(office.ids) == {"done"}
    known = {
        number
        for [number] in office.server.sql(
            "SELECT number FROM chorus_flow WHERE state = 'integrated'"
        )
    }
    assert known == {flow["number"] for flow in flows}


@pytest.fixture(scope="module")
def office(make_server, firm_template):
    office = ChorusOffice(make_server(firm_template, ChorusCrashServer))
    yield office
    office.server.stop()


def suffer(office, faults):
    """One death at each of these places, if it is reached; those that were."""
    deaths = []
    for fault in faults:
        if office.states(office.ids) - {"sending", "done", "unknown"} == set():
            office.send_invoices(1)
        if fault.kind == "answer":
            office.chorus.fault("slow", "deposer/flux", seconds=SLOW)
        if office.server.strike(fault, office.deposit):
            deaths.append(fault)
    return deaths


def test_each_invoice_is_deposited_once_although_the_server_dies(office):
    deaths = suffer(office, SHORT)
    office.finish()
    check_once(office)
    assert ANSWER in deaths, deaths
    assert len(deaths) >= len(SHORT) - 1, deaths


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_death_before_and_after_every_commit(office):
    deaths = suffer(
        office,
        [
            Fault("point", place, count)
            for count in range(1, COMMITS + 1)
            for place in ("commit", "committed")
        ],
    )
    office.finish()
    check_once(office)
    assert len(deaths) > COMMITS, deaths


def test_two_workers_deposit_each_invoice_once(office):
    office.send_invoices(4)
    office.chorus.fault("slow", "deposer/flux", seconds=2)
    workers = [office.server.spawn(DEPOSIT) for _worker in range(2)]
    with ThreadPoolExecutor(1) as pool:
        # the job of the server itself is the third one
        pool.submit(office.deposit).result()
    assert [worker.wait(120) for worker in workers] == [0, 0]
    began = time.monotonic()
    office.finish()
    assert time.monotonic() - began < 120
    check_once(office)
