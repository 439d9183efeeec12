# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A copy by mail: the archived bytes on a real wire, and two clerks at once."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.firm import Firm
from tests.support.rpc import RpcError

WIZARD = "demat.resend.wizard"
TOLD = (
    "somebody else is treating this right now|has just sent a copy of it"
    "|A mail is on its way already"
)


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("bellecombe")
    return firm


@pytest.fixture
def invoice(firm):
    """A sent invoice whose customer has been told: {"id", "name", "document"}."""
    clerk = firm.rpc("clerk")
    ids = firm.make_invoices(1, "bellecombe")
    clerk.call("account.move", "action_demat_prepare", ids)
    firm.server.smtp.clear()
    firm.send(clerk, ids)
    firm.server.smtp.wait(1)
    names = ["name", "demat_document_id", "demat_sent_date"]
    [row] = clerk.call("account.move", "read", ids, names)
    return {**row, "document": row["demat_document_id"][0]}


def open_window(rpc, ids, **values):
    """Open the window as the web client does: a function that presses the button."""
    action = rpc.call("account.move", "action_demat_resend", ids)
    context = action["context"]
    found = rpc.call(WIZARD, "default_get", ["line_ids", "attach_pdf"], context=context)
    wizard = rpc.call(WIZARD, "create", [{**found, **values}], context=context)
    return lambda: rpc.call(WIZARD, "action_resend", wizard, context=context)


def archived(firm, invoice):
    status, _headers, content = firm.rpc("clerk").get(
        f"/ged/document/{invoice['document']}/content"
    )
    assert status == 200
    return content


def test_the_copy_is_the_archived_file_byte_for_byte(firm, invoice):
    clerk = firm.rpc("clerk")
    before = archived(firm, invoice)
    open_window(clerk, [invoice["id"]])()
    first, copy = firm.server.smtp.wait(2)
    assert copy.recipients == first.recipients
    assert copy.message["Message-ID"] != first.message["Message-ID"]
    [(name, content)] = copy.attachments.items()
    assert name.endswith(".pdf")
    assert hashlib.sha256(content).hexdigest() == hashlib.sha256(before).hexdigest()
    assert archived(firm, invoice) == before
    [row] = clerk.call(
        "account.move",
        "read",
        [invoice["id"]],
        ["demat_sent_date", "demat_copy_count", "demat_state", "demat_delivery"],
    )
    assert row == {
        "id": invoice["id"],
        "demat_sent_date": invoice["demat_sent_date"],
        "demat_copy_count": 1,
        "demat_state": "sent",
        "demat_delivery": "delivered",
    }


def test_to_an_address_that_the_clerk_types(firm, invoice):
    clerk = firm.rpc("clerk")
    address = "comptable@cabinet.example"
    open_window(clerk, [invoice["id"]], address=address)()
    copy = firm.server.smtp.wait(2)[1]
    assert copy.recipients == (address,)
    assert list(copy.attachments.values()) == [archived(firm, invoice)]
    with (
        firm.server.expect_log("is not an e-mail address"),
        pytest.raises(RpcError) as refusal,
    ):
        open_window(clerk, [invoice["id"]], address="x@y.example\nBcc: z")()
    assert "Bcc: z" in str(refusal.value)
    assert len(firm.server.smtp.mails) == 2


@pytest.mark.parametrize("number", range(3))
def test_two_clerks_press_at_the_same_moment(firm, invoice, number):
    presses = [
        open_window(firm.rpc(login), [invoice["id"]])
        for login in ("clerk", "colleague")
    ]
    start = threading.Barrier(len(presses))

    def press(confirm):
        start.wait()
        try:
            confirm()
        except RpcError as refusal:
            assert refusal.name == "odoo.exceptions.UserError", refusal.debug
            return str(refusal)
        return "done"

    with firm.server.expect_log(TOLD), ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, presses), key=lambda answer: answer != "done")
    assert answers[0] == "done"
    assert answers[1] != "done", "both believe that they have sent the copy"
    assert invoice["name"] in answers[1]
    rows = firm.server.sql(
        "SELECT count(*), max(demat_copy_count) FROM demat_exchange x"
        " JOIN account_move m ON m.id = x.res_id"
        " WHERE x.res_model = 'account.move' AND x.is_copy AND m.id = %s",
        invoice["id"],
    )
    assert rows == [[1, 1]]
    assert len(firm.server.smtp.wait(2)) == 2
