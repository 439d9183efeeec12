# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The means of the other tests: a real server, its mails, its end and its return."""

import pytest

from tests.support.rpc import RpcError


def test_a_user_calls_methods_through_a_session(demat_server):
    rpc = demat_server.rpc("admin", "admin")
    [admin] = rpc.call("res.users", "read", [rpc.uid], ["login", "lang"])
    assert (admin["login"], admin["lang"]) == ("admin", "fr_FR")
    with (
        demat_server.expect_log("no_such_field"),
        pytest.raises(RpcError) as refusal,
    ):
        rpc.call("res.partner", "write", [1], {"no_such_field": 1})
    assert "no_such_field" in str(refusal.value)


def test_an_expected_line_must_appear_in_the_log(demat_server):
    with pytest.raises(AssertionError, match="did not log: never written"):
        with demat_server.expect_log("never written"):
            demat_server.rpc().get("/web/health")


def test_an_anonymous_visitor_has_no_session(demat_server):
    status, _headers, body = demat_server.rpc().get("/web/login")
    assert status == 200
    assert b"password" in body
    with pytest.raises(RpcError):
        demat_server.rpc().call("res.partner", "search", [])


def test_code_runs_outside_of_any_test_mode_and_is_committed(demat_server):
    partner = demat_server.run(
        "from odoo.tools import config\n"
        "assert not config['test_enable']\n"
        "result = env['res.partner'].create({'name': name}).id",
        name="Mairie de Saint-Aubin",
    )
    rows = demat_server.sql("SELECT name FROM res_partner WHERE id = %s", partner)
    assert rows == [["Mairie de Saint-Aubin"]]


def test_mails_arrive_at_a_real_smtp_server(demat_server):
    demat_server.smtp.clear()
    code = """
mail = env["mail.mail"].create({
    "subject": "Votre facture", "body_html": "<p>Bonjour</p>",
    "email_from": "facturation@demat.example.com", "email_to": to,
})
mail.send()
result = mail.exists().state if mail.exists() else "sent"
"""
    assert demat_server.run(code, to="a@example.com") == "sent"
    [mail] = demat_server.smtp.wait(1)
    assert mail.recipients == ("a@example.com",)
    assert mail.subject == "Votre facture"
    assert "Bonjour" in mail.html


def test_a_killed_server_comes_back(demat_server):
    demat_server.kill()
    with pytest.raises(OSError):
        demat_server.rpc().get("/web/health")
    demat_server.start()
    status, _headers, _body = demat_server.rpc().get("/web/health")
    assert status == 200


def test_a_browser_opens_the_login_page(demat_server, browser):
    page = browser.new_context(locale="fr-FR").new_page()
    page.goto(f"{demat_server.base_url}/web/login")
    page.wait_for_selector("input[name=login]")
    page.context.close()
