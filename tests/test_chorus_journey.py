# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices in the browser: to a town, refused at once, deposited, suspended, completed,
paid, against the simulated Chorus Pro; to a Belgian without VAT, while VIES is down."""

import importlib.util

import pytest
from playwright.sync_api import expect

from tests.support import runs
from tests.support.files import ROOT
from tests.support.firm import Firm
from tests.support.web import PHONE, Clerk, Visitor, visiting

TOWN = "Commune de Bellecombe"
SERVICE, ENGAGEMENT = "VOIRIE", "EJ2026-0418"
DEPOSIT, FOLLOW = (
    "chorus_edi.ir_cron_chorus_deposit",
    "chorus_edi.ir_cron_chorus_follow",
)
REASON = "Le bordereau de prix signé manque."
ANSWER = "Le bordereau signé est joint au marché depuis le 3 novembre."
BAR = ".o_chorus_bar"
NEW_ACCOUNT = """
company = env["res.company"].browse(1)
company.iap_enrich_auto_done = True  # nobody is asked about the firm
env["res.users"].search([("login", "=", "admin")]).lang = "fr_FR"
account = env["chorus.account"].create({"company_id": company.id, **values})
customer = env["res.partner"].browse(town)
customer.write({"name": name, "vat": False})
result = {
    "id": account.id,
    "siret": company.company_registry,
    "name": company.name,
    "town": customer.company_registry,
}
"""
DUE = (
    "UPDATE chorus_flow SET next_at = now() at time zone 'utc'"
    " WHERE next_at IS NOT NULL",
    "UPDATE chorus_account SET next_poll_at = NULL",
)
BELGIAN = "BE0477472701"
EXEMPT = """
from odoo import Command
env["ir.config_parameter"].set_param("chorus_edi.vies_address", address)
company = env["res.company"].browse(1)
tax = env["account.tax"].search(
    [("company_id", "=", 1), ("type_tax_use", "=", "sale"), ("amount", ">", 0)], limit=1
).copy({"name": "Livraison intracommunautaire", "amount": 0,
        "ubl_cii_tax_category_code": "K"})
customer = env["res.partner"].create({
    "name": "Zonen NV", "is_company": True, "vat": vat, "street": "Wetstraat 1",
    "zip": "1000", "city": "Brussel", "country_id": env.ref("base.be").id,
    "lang": "fr_FR", "email": "facturen@zonen.example",
})
move = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": customer.id,
    "delivery_date": "2026-11-02",
    "invoice_line_ids": [Command.create({
        "product_id": product, "quantity": 10, "price_unit": 42,
        "tax_ids": [Command.set(tax.ids)],
    })],
})
move.action_post()
result = {"move": move.id, "customer": customer.id, "vat": company.vat}
"""


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    return Firm(make_server(firm_template))


@pytest.fixture
def account(firm, chorus):
    """The firm at the simulator: its account, which nobody tested yet."""
    values = {
        "platform": "other",
        "token_url": chorus.token_url,
        "api_url": chorus.api_url,
        "client_id": chorus.client_id,
        "client_secret": "wrong",
        "login": chorus.login,
        "password": chorus.password,
    }
    found = firm.server.run(
        NEW_ACCOUNT, values=values, town=firm.customers["bellecombe"], name=TOWN
    )
    chorus.add_supplier(found["siret"], found["name"])
    chorus.add_structure(
        found["town"],
        TOWN.upper(),
        service=True,
        engagement=True,
        services=[
            {"code": SERVICE, "name": "Voirie et bâtiments"},
            {"code": "CULTURE", "name": "Culture et patrimoine", "active": False},
        ],
        engagements=[ENGAGEMENT],
    )
    return found["id"]


def connect(firm, browser, chorus, account):
    """The administrator tests the connection: one layer is wrong, then none."""
    with visiting(Clerk, browser, firm.server.base_url) as admin:
        admin.login("admin", "admin")
        admin.open("action-chorus_edi.chorus_account_action", account)
        admin.press("action_test_connection")
        report = admin.page.locator("[name='check_report']:visible")
        expect(report).to_contain_text("✗")
        assert "wrong" not in report.inner_text()
        admin.picture("chorus-01-refused", admin.settle)
        secret = admin.page.locator("[name='client_secret'] input:visible")
        expect(secret).to_have_attribute("type", "password")
        secret.fill(chorus.client_secret)
        admin.press("action_test_connection")
        expect(report).not_to_contain_text("✗")
        expect(report).to_contain_text("✓")
        admin.picture("chorus-02-connected", admin.settle)
        admin.goto("/odoo/settings")
        setting = admin.page.locator("#chorus_account")
        admin.page.locator(".settings_tab [data-key='account']").click()
        setting.scroll_into_view_if_needed()
        admin.page.locator("#vies_checking").scroll_into_view_if_needed()
        admin.snapshot("chorus-03-settings")
        assert admin.errors == []


def make_public(firm, clerk):
    """The clerk looks the town up by its SIRET and makes the customer that town."""
    customer = firm.customers["bellecombe"]
    clerk.open("action-account.res_partner_action_customer", customer)
    clerk.tab("accounting")
    clerk.press("action_chorus_search")
    clerk.press("action_search", clerk.dialog)
    expect(clerk.dialog.locator(".o_data_row")).to_have_count(1)
    clerk.snapshot("chorus-04-directory")
    clerk.press("action_bring", clerk.dialog)
    clerk.expect_closed()
    expect(clerk.page.locator("[name='chorus_demands']:visible")).to_be_visible()
    clerk.snapshot("chorus-05-customer")


def refuse_before_sending(clerk, move):
    """All that is missing is said at once, before anything leaves."""
    clerk.open("customer-invoices", move)
    clerk.press("action_demat_prepare")
    clerk.press("action_demat_send")
    expect(clerk.dialog).to_be_visible()
    clerk.snapshot("chorus-06-missing")
    words = clerk.dialog.inner_text()
    clerk.dialog.locator("button[special='cancel'], .btn-close").first.click()
    clerk.expect_closed()
    return words


def fill_in(clerk, service, engagement):
    """The clerk fills in what the town demands, on the validated invoice."""
    clerk.tab("other_info")
    clerk.choose("chorus_service_id", service)
    clerk.fill("purchase_order_reference", engagement)
    clerk.snapshot("chorus-07-references")
    clerk.page.locator(".o_form_button_save").click()
    expect(clerk.page.locator(".o_form_button_save:visible")).to_have_count(0)


def let_integrate(firm, chorus, number):
    """The jobs of the server, until Chorus Pro has the invoice."""
    runs.trigger(firm.server, DEPOSIT)
    for _round in range(6):
        for statement in DUE:
            firm.server.sql(statement)
        runs.trigger(firm.server, FOLLOW)
        if any(found["number"] == number for found in chorus.invoices):
            break
    for statement in DUE:
        firm.server.sql(statement)
    runs.trigger(firm.server, FOLLOW)


def test_an_invoice_to_a_town_until_it_is_paid(firm, browser, chorus, account):
    connect(firm, browser, chorus, account)
    with visiting(Clerk, browser, firm.server.base_url) as clerk:
        clerk.login("clerk", firm.passwords["clerk"])
        make_public(firm, clerk)
        [move] = firm.make_invoices(1, "bellecombe")
        words = refuse_before_sending(clerk, move)
        assert "engagement" in words.lower(), words
        fill_in(clerk, SERVICE, ENGAGEMENT)
        clerk.press("action_demat_send")
        clerk.snapshot("chorus-08-send")
        clerk.press("action_send", clerk.dialog)
        clerk.expect_closed()
        clerk.expect_state("sent")
        number = firm.rpc("clerk").call("account.move", "read", [move], ["name"])[0][
            "name"
        ]
        clerk.page.reload()
        expect(clerk.page.locator(BAR)).to_be_visible()
        clerk.picture("chorus-09-to-deposit", clerk.settle)
        let_integrate(firm, chorus, number)
        chorus.set_status(number, "SUSPENDUE", REASON)
        clerk.page.reload()
        clerk.press("action_chorus_ask")
        expect(clerk.page.locator(BAR)).to_contain_text(REASON)
        clerk.picture("chorus-10-suspended", clerk.settle)
        clerk.press("action_chorus_complete")
        expect(clerk.dialog).to_contain_text(REASON)
        clerk.fill("comment", ANSWER, clerk.dialog)
        clerk.snapshot("chorus-11-complete")
        clerk.press("action_complete", clerk.dialog)
        clerk.expect_closed()
        assert chorus.invoice(number)["status"] == "COMPLETEE"
        for status in ("MISE_A_DISPOSITION", "MANDATEE", "MISE_EN_PAIEMENT"):
            chorus.set_status(number, status)
        clerk.press("action_chorus_ask")
        badge = clerk.page.locator(f"{BAR} .text-bg-success")
        expect(badge).to_be_visible()
        clerk.tab("dematerialisation")
        clerk.picture("chorus-12-paid", lambda: clerk.tab("dematerialisation"))
        others(firm, chorus)
        look_around(clerk)
        assert clerk.errors == []
    # two flows for four invoices
    assert chorus.calls["deposer/flux"] == 2
    play_the_recipient(browser, chorus)


def others(firm, chorus):
    """Three more invoices in one flow: rejected, certified, just deposited."""
    rpc = firm.rpc("clerk")
    ids = firm.make_invoices(3, "bellecombe", purchase_order_reference=ENGAGEMENT)
    found = rpc.call("chorus.service", "search", [["code", "=", SERVICE]])
    rpc.call("account.move", "write", ids, {"chorus_service_id": found[0]})
    rpc.call("account.move", "action_demat_prepare", ids)
    firm.send(rpc, ids)
    numbers = [row["name"] for row in rpc.call("account.move", "read", ids, ["name"])]
    let_integrate(firm, chorus, numbers[-1])
    chorus.set_status(numbers[0], "REJETEE", "Facture adressée au mauvais service.")
    chorus.set_status(numbers[1], "SERVICE_FAIT")
    rpc.call("account.move", "action_chorus_ask", ids)


def look_around(clerk):
    """The screens of every morning."""
    for action in ("chorus-invoices", "chorus-flows", "chorus-returns", "vies-checks"):
        clerk.goto(f"/odoo/{action}")
        clerk.settle()
        clerk.picture(f"chorus-13-{action}", clerk.settle)
    clerk.goto("/odoo/chorus-invoices")
    for kind in ("pivot", "graph"):
        clerk.page.locator(f".o_switch_view.o_{kind}").click()
        clerk.page.wait_for_selector(f".o_{kind}_view")
        clerk.page.wait_for_timeout(500)
        clerk.snapshot(f"chorus-14-{kind}")


def play_the_recipient(browser, chorus):
    """The control page of the simulator, on a telephone."""
    with visiting(Visitor, browser, chorus.url) as visitor:
        visitor.page.set_viewport_size(PHONE)
        visitor.goto("/control")
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], "the page scrolls sideways on a phone"
        visitor.snapshot("chorus-15-control-phone")


@pytest.fixture
def vies():
    """The SOAP server of the addon's tests."""
    path = ROOT / "addons/chorus_edi/tests/vies_server.py"
    spec = importlib.util.spec_from_file_location("vies_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.running() as server:
        yield server


def test_an_invoice_without_vat(firm, browser, vies):
    facts = firm.server.run(
        EXEMPT, address=vies.address, vat=BELGIAN, product=firm.product
    )
    with visiting(Clerk, browser, firm.server.base_url) as clerk:
        clerk.login("clerk", firm.passwords["clerk"])
        clerk.open("customer-invoices", facts["move"])
        clerk.tab("dematerialisation")
        state = clerk.page.locator("[name='vies_state']:visible")
        expect(state).to_be_visible()
        vies.outcomes[BELGIAN[2:]] = "MS_UNAVAILABLE"
        clerk.press("action_vies_check")
        expect(clerk.page.locator(".o_notification")).to_contain_text("MS_UNAVAILABLE")
        clerk.tab("dematerialisation")
        expect(state.locator(".text-bg-warning")).to_be_visible()
        clerk.picture("vies-01-down", lambda: clerk.tab("dematerialisation"))
        # it just failed: the sending would not ask again at once, a person may
        vies.outcomes.clear()
        clerk.press("action_vies_check")
        clerk.tab("dematerialisation")
        expect(state.locator(".text-bg-success")).to_be_visible()
        clerk.press("action_demat_prepare")
        clerk.press("action_demat_send")
        clerk.press("action_send", clerk.dialog)
        clerk.expect_closed()
        clerk.expect_state("sent")
        clerk.page.reload()
        clerk.tab("dematerialisation")
        expect(clerk.page.locator("[name='vies_check_id']:visible")).to_contain_text(
            BELGIAN
        )
        clerk.picture("vies-02-sent", lambda: clerk.tab("dematerialisation"))
        clerk.goto("/odoo/vies-checks")
        clerk.page.locator(".o_data_row").first.click()
        expect(clerk.page.locator("[name='consultation']")).to_contain_text("WAPI")
        clerk.picture("vies-03-consultation", clerk.settle)
        clerk.open("action-account.res_partner_action_customer", facts["customer"])
        clerk.tab("accounting")
        expect(clerk.page.locator("[name='vies_check_id']:visible")).to_contain_text(
            BELGIAN
        )
        clerk.snapshot("vies-04-customer")
        assert clerk.errors == []
    asked = [question["requesterVatNumber"] for question in vies.questions]
    assert set(asked) == {facts["vat"][2:]}
