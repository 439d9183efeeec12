# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The demo starts a simulated Chorus Pro, says where it is, and ends it."""

import copy
import json
import urllib.request

import pytest

from demat_cli import processes
from demat_cli.demo import TOKEN_PATH, Demo
from demo import chorus as town
from tests.support.chorus import Simulator
from tests.support.chorus_caller import Caller


@pytest.fixture
def demo(demat_context_, paths):
    """A demo with a cache of its own, that was never made."""
    context = copy.copy(demat_context_)
    object.__setattr__(context, "paths", paths)
    made = Demo(context)
    yield made
    made.stop()


def invoices(url):
    with urllib.request.urlopen(f"{url}/control.json", timeout=30) as answer:
        return json.load(answer)["invoices"]


def test_the_simulator_goes_on(demo, capsys):
    """Stopped and started, it still knows the invoices; the words name its page."""
    port = processes.free_port()
    url = demo._start_chorus(port)
    town.tell(url, invoices=[{"number": "FAC/2026/00001"}])
    town.suspend(url, "FAC/2026/00001", "Il manque le bon.")
    demo._write_facts(base_url="http://odoo", mail_url="http://mails", chorus_url=url)
    demo.describe()
    assert f"{url}/control" in capsys.readouterr().out
    assert demo.stop()
    assert not processes.is_up(f"{url}/health")
    assert demo._start_chorus(port) == url
    (invoice,) = invoices(url)
    assert (invoice["number"], invoice["status"]) == ("FAC/2026/00001", "SUSPENDUE")


def test_the_address_of_the_token():
    """The command line and the demo cannot import the simulator."""
    assert TOKEN_PATH == town.TOKEN_PATH
    with Simulator() as simulator:
        assert simulator.token_url == f"{simulator.url}{TOKEN_PATH}"
        assert Caller(simulator).ask_token()[0] == 200
