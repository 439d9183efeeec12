# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Two windows that pay the same invoice at the same moment charge the card once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import html

from tests.support import portal
from tests.support.firm import Firm
from tests.support.rpc import RpcError

PAY = "/my/statement/pay"
ROUNDS = 3
#: The other window is still at work, or has just finished; refusals are warnings.
REFUSALS = "Ces factures sont en cours de traitement|Ce qui est dû a changé"


def window(firm, login):
    return firm.server.rpc(login, firm.passwords[login])


def offer(one, moves):
    """What the page signed for these invoices."""
    query = "&".join(f"ids={move}" for move in moves)
    _status, _headers, body = one.get(f"{PAY}?{query}")
    [form] = html.fromstring(body).xpath("//form[@id='o_payment_form']")
    return form.get("data-access-token")


def charge(one, token, card, barrier):
    """Pay with a saved card; whether the server took it."""
    barrier.wait()
    try:
        one.jsonrpc(f"{PAY}/transaction", card | {"access_token": token})
    except RpcError as refusal:
        return str(refusal)
    return True


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    return firm


def test_a_window_that_is_late_is_told(firm):
    assert portal.lock_after_another(firm, portal.publish(firm, 2))


def test_two_windows_charge_once(firm):
    card = portal.save_card(firm)
    windows = [window(firm, "noyers") for _number in range(2)]
    for number in range(ROUNDS):
        moves = portal.publish(firm, 2)
        # the one pays both invoices, the other one of them
        offers = [offer(windows[0], moves), offer(windows[1], moves[number % 2 :])]
        barrier = threading.Barrier(2)
        with firm.server.expect_log(REFUSALS), ThreadPoolExecutor(2) as pool:
            cards, barriers = [card] * 2, [barrier] * 2
            answers = list(pool.map(charge, windows, offers, cards, barriers))
        assert sum(one is True for one in answers) == 1, answers
        charged = firm.server.sql(
            "SELECT DISTINCT tx.id FROM payment_transaction tx"
            " JOIN account_invoice_transaction_rel rel ON rel.transaction_id = tx.id"
            " WHERE tx.state = 'done' AND rel.invoice_id = ANY(%s)",
            moves,
        )
        assert len(charged) == 1
