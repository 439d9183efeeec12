# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was not sent is invisible to its customer, and what was sent to everybody else.

Each way is tried on three invoices of one order: a sent one, a waiting one and one that
is kept internal. A way that never shows anything to anybody would prove nothing: it
must show the sent invoice to its customer, or any to the administrator of the firm.
"""

import pytest

from tests.support import ways

# How the host words its refusals in the log, in both languages.
REFUSED = (
    "access token is invalid|provided parameters are invalid|rights to export|"
    "top.secret|security restrictions|not allowed to access|"
    "jeton d'accès|paramètres fournis|droit d'exporter|politique de sécurité|"
    "pas autorisé"
)
HIDDEN = ("waiting", "internal")


@pytest.fixture(scope="module")
def invoices(firm):
    """Facts of the three invoices; the first is sent, with all means to reach it."""
    firm.give_consent("noyers")
    invoices = firm.make_order_invoices(["sent", *HIDDEN])
    clerk = firm.rpc("clerk")
    clerk.call("account.move", "action_demat_prepare", [invoices["sent"]["id"]])
    firm.send(clerk, [invoices["sent"]["id"]])
    clerk.call(
        "account.move", "action_demat_keep_internal", [invoices["internal"]["id"]]
    )
    ids = [facts["id"] for facts in invoices.values()]
    rows = clerk.call("account.move", "read", ids, ["demat_state"])
    assert [row["demat_state"] for row in rows] == list(invoices)
    return invoices


@pytest.fixture(scope="module")
def sessions(firm):
    """The customer, another customer, an anonymous visitor, the administrator."""
    return {
        "customer": firm.rpc("noyers"),
        "neighbour": firm.rpc("bellecombe"),
        "visitor": firm.server.rpc(),
        "admin": firm.server.rpc("admin", "admin"),
    }


def leaks(found, session, facts):
    """Names of the ways that give something away."""
    return [name for name, way in found.items() if ways.shows(way, session, facts)]


def test_each_way_leads_somewhere(firm, invoices, sessions):
    """The tests below can fail: these ways show what may be seen."""
    with firm.server.expect_log(REFUSED):
        dead = [
            name
            for name, way in (ways.OPEN | ways.SECRET).items()
            if not ways.shows(way, sessions["customer"], invoices["sent"])
            and not ways.shows(way, sessions["admin"], invoices["sent"])
            and not ways.shows(way, sessions["admin"], invoices["waiting"])
        ]
    assert dead == []


@pytest.mark.parametrize("state", HIDDEN)
def test_the_customer_sees_nothing_of_what_was_not_sent(
    firm, invoices, sessions, state
):
    with firm.server.expect_log(REFUSED):
        found = leaks(ways.OPEN | ways.SECRET, sessions["customer"], invoices[state])
    assert found == []


@pytest.mark.parametrize("state", HIDDEN)
def test_a_secret_link_shows_a_visitor_nothing_of_what_was_not_sent(
    firm, invoices, sessions, state
):
    with firm.server.expect_log(REFUSED):
        found = leaks(ways.SECRET, sessions["visitor"], invoices[state])
    assert found == []


def test_the_customer_finds_the_sent_one_only(invoices, sessions):
    ids = [facts["id"] for facts in invoices.values()]
    found = sessions["customer"].call("account.move", "search", [["id", "in", ids]])
    assert found == [invoices["sent"]["id"]]


def test_the_home_page_does_not_count_what_was_not_sent(firm, sessions):
    counters = {"counters": ["invoice_count", "overdue_invoice_count"]}
    firm.make_invoices(1, "bellecombe")
    answer = sessions["neighbour"].jsonrpc("/my/counters", counters)
    assert answer.get("invoice_count", 0) == 0
    assert answer.get("overdue_invoice_count", 0) == 0


def test_another_customer_gets_nothing(firm, invoices, sessions):
    with firm.server.expect_log(REFUSED):
        found = leaks(ways.OPEN, sessions["neighbour"], invoices["sent"])
    assert found == []


def test_an_anonymous_visitor_gets_nothing(invoices, sessions):
    assert leaks(ways.OPEN, sessions["visitor"], invoices["sent"]) == []


def test_nobody_wrote_on_a_hidden_invoice(firm, invoices, sessions):
    """One of the ways writes a message: it arrives on the sent invoice only."""
    for facts in invoices.values():
        ways.shows(ways.SECRET["writing a message"], sessions["visitor"], facts)
    rows = firm.server.sql(
        "SELECT DISTINCT res_id FROM mail_message "
        "WHERE model = 'account.move' AND body LIKE %s AND res_id = ANY(%s)",
        "%bonjour%",
        [facts["id"] for facts in invoices.values()],
    )
    assert rows == [[invoices["sent"]["id"]]]


def test_the_archive_is_closed_to_others(firm, invoices, sessions):
    [[document]] = firm.server.sql(
        "SELECT id FROM ged_document WHERE res_model = 'account.move' AND res_id = %s",
        invoices["sent"]["id"],
    )
    address = f"/ged/document/{document}/content"
    statuses = {who: session.get(address)[0] for who, session in sessions.items()}
    assert (statuses["customer"], statuses["admin"]) == (200, 200)
    assert statuses["neighbour"] == 404
    # sent to the page of the login
    assert b"%PDF" not in sessions["visitor"].get(address)[2]
