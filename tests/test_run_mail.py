# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a run makes of the mails: its options, its report, on a real mail server."""

import hashlib
import html
import io

import pytest
from openpyxl import load_workbook

from tests.support import runs
from tests.support.firm import Firm


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    firm.give_consent("bellecombe")
    return firm


@pytest.fixture(autouse=True)
def empty_mailbox(firm):
    firm.server.smtp.clear()


def send(firm, ids, **options):
    run = runs.launch(firm, ids, **options)
    runs.trigger(firm.server, runs.RUN_JOB)
    assert set(runs.line_states(firm.server, run)) == {"done"}
    return run


def attach_by_default(firm, login, wanted):
    firm.server.sql(
        "UPDATE res_partner SET demat_attach_pdf = %s WHERE id = %s",
        wanted,
        firm.customers[login],
    )


def test_tell_nobody(firm):
    ids = runs.ready_invoices(firm, 2)
    send(firm, ids, notify=False)
    runs.trigger(firm.server, runs.MAIL_JOB)
    assert firm.server.smtp.mails == []
    rows = firm.server.sql(
        "SELECT DISTINCT demat_state, demat_delivery FROM account_move "
        "WHERE id = ANY(%s)",
        ids,
    )
    assert rows == [["sent", "none"]]
    # published all the same
    name = runs.names_of(firm.server, ids)[ids[0]]
    status, _headers, page = firm.rpc("noyers").get(f"/my/invoices/{ids[0]}")
    assert status == 200
    assert name.encode() in page


@pytest.mark.parametrize(
    ("customer", "option", "attached"),
    [(False, None, 0), (True, None, 1), (False, True, 1), (True, False, 0)],
)
def test_attach_the_pdf(firm, customer, option, attached):
    attach_by_default(firm, "noyers", customer)
    ids = runs.ready_invoices(firm, 1)
    send(firm, ids, attach_pdf=option)
    [mail] = firm.server.smtp.mails
    assert len(mail.attachments) == attached
    if attached:
        [[digest]] = firm.server.sql(
            "SELECT sha256 FROM ged_document WHERE res_id = %s", ids[0]
        )
        [content] = mail.attachments.values()
        assert hashlib.sha256(content).hexdigest() == digest


def test_missing_portal_accounts(firm):
    """One customer has none, one has one: one invitation with a link, no password."""
    [newcomer] = firm.server.run(
        "partner = env['res.partner'].browse(known).copy("
        "{'name': 'Plomberie Sansel SARL', 'email': 'compta@sansel.example',"
        " 'company_registry': False, 'vat': False})\n"
        "env['demat.consent']._record(partner, kinds=['invoice'], action='given',"
        " means='form')\n"
        "result = partner.ids",
        known=firm.customers["noyers"],
    )
    firm.customers["newcomer"] = newcomer
    ids = runs.ready_invoices(firm, 2, "newcomer")
    ids += runs.ready_invoices(firm, 1, "noyers")
    run = send(firm, ids, create_portal=True)
    outcomes = firm.server.sql(
        "SELECT portal_outcome FROM demat_run_line WHERE run_id = %s ORDER BY sequence",
        run,
    )
    assert [row[0] for row in outcomes] == ["created", "existing", "existing"]
    assert len(firm.server.smtp.mails) == 3
    runs.trigger(firm.server, runs.MAIL_JOB)
    runs.trigger(firm.server, runs.MAIL_JOB)
    [invitation] = firm.server.smtp.mails[3:]
    assert invitation.recipients == ("compta@sansel.example",)
    assert "/web/signup?" in invitation.html
    users = firm.server.sql(
        "SELECT login, password FROM res_users WHERE partner_id = %s", newcomer
    )
    assert [row[0] for row in users] == ["compta@sansel.example"]
    assert not users[0][1], "an account with a password that he did not choose"


def test_report(firm):
    """25 invoices, one of which cannot leave and one whose mail is refused."""
    firm.server.smtp.refuse["contact@bellecombe.example"] = "550 5.1.1 no such user"
    ids = runs.ready_invoices(firm, 23)
    blocked = runs.ready_invoices(firm, 1)
    firm.server.sql(
        "UPDATE account_move SET partner_bank_id = NULL WHERE id = ANY(%s)", blocked
    )
    refused = runs.ready_invoices(firm, 1, "bellecombe")
    run = runs.launch(firm, ids + blocked + refused)
    with firm.server.expect_log("failed sending mail .*no such user"):
        runs.trigger(firm.server, runs.RUN_JOB)
    assert runs.line_states(firm.server, run) == ["done"] * 23 + ["failed", "done"]
    for _time in range(2):
        runs.trigger(firm.server, runs.RUN_JOB)
        runs.trigger(firm.server, runs.MAIL_JOB)
    [report] = firm.server.smtp.mails[23:]
    assert report.recipients == ("clerk@valcombe.example",)
    names = runs.names_of(firm.server, blocked + refused)
    for number, name in names.items():
        assert f"/odoo/account.move/{number}" in report.html
        assert name in report.html
    text = html.unescape(report.html)
    assert "Envoyée, mais le client n'a pas été averti" in text
    [(file_name, content)] = report.attachments.items()
    assert file_name == f"traitement-{run}.xlsx"
    sheet = load_workbook(io.BytesIO(content)).active
    names |= runs.names_of(firm.server, ids)
    launched = [names[number] for number in (*ids, *blocked, *refused)]
    assert [cell.value for cell in sheet["A"][1:]] == launched
