# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A mail by hand, through the browser, a real server and a real mail server."""

import hashlib

import pytest

from tests.support.firm import Firm
from tests.support.rpc import RpcError


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    return firm


@pytest.fixture
def sent(firm):
    """One invoice that was sent: its id."""
    clerk = firm.rpc("clerk")
    [move] = firm.make_invoices(1)
    clerk.call("account.move", "action_demat_prepare", [move])
    firm.send(clerk, [move])
    firm.server.smtp.wait(1)
    firm.server.smtp.clear()
    return move


def transmit(firm, move, **values):
    clerk = firm.rpc("clerk")
    action = clerk.call("account.move", "action_demat_transmit", [move])
    clerk.call(action["res_model"], "write", [action["res_id"]], values)
    return clerk.call(action["res_model"], "action_transmit", [action["res_id"]])


def exchange_of(firm, move):
    [row] = firm.server.sql(
        "SELECT state, recipients, user_id IS NOT NULL, error_code"
        " FROM demat_exchange WHERE by_hand AND res_id = %s",
        move,
    )
    return row


def test_the_mail_arrives_with_the_sealed_bytes(firm, sent):
    transmit(
        firm,
        sent,
        email_to="ami@ailleurs.example",
        email_cc="copie@ailleurs.example",
        subject="Votre facture, comme convenu",
    )
    [mail] = firm.server.smtp.wait(1)
    assert set(mail.recipients) == {"ami@ailleurs.example", "copie@ailleurs.example"}
    assert mail.subject == "Votre facture, comme convenu"
    assert "clerk@valcombe.example" in mail.message["from"]
    [content] = mail.attachments.values()
    [[digest]] = firm.server.sql(
        "SELECT d.sha256 FROM account_move m"
        " JOIN ged_document d ON d.id = m.demat_document_id WHERE m.id = %s",
        sent,
    )
    assert hashlib.sha256(content).hexdigest() == digest
    state, recipients, known, error = exchange_of(firm, sent)
    assert (state, known, error) == ("done", True, None)
    assert recipients == "ami@ailleurs.example, copie@ailleurs.example"


def test_a_refused_recipient_is_told_and_followed(firm, sent):
    firm.server.smtp.refuse["perdu@ailleurs.example"] = "550 5.1.1 no such user"
    with firm.server.expect_log("SMTPRecipientsRefused"):
        answer = transmit(firm, sent, email_to="perdu@ailleurs.example")
    assert answer["params"]["type"] == "warning"
    state, _recipients, _known, error = exchange_of(firm, sent)
    assert state == "failed"
    assert error
    [[delivery]] = firm.server.sql(
        "SELECT demat_delivery FROM account_move WHERE id = %s", sent
    )
    assert delivery == "failed"
    firm.server.smtp.clear()


def test_one_window_sends_one_mail(firm, sent):
    clerk = firm.rpc("clerk")
    action = clerk.call("account.move", "action_demat_transmit", [sent])
    wizard = (action["res_model"], "action_transmit", [action["res_id"]])
    clerk.call(*wizard)
    said = "was sent already|est déjà parti"
    with firm.server.expect_log(said), pytest.raises(RpcError, match=said):
        clerk.call(*wizard)
    assert len(firm.server.smtp.wait(1)) == 1
