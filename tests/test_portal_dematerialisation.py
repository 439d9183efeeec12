# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A customer on "My dematerialisation", and the clerk who meets the outcome."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import portal
from tests.support.firm import Firm
from tests.support.web import Clerk, visiting

PAGE = "/my/dematerialisation"
ADDRESS_LINK = re.compile(r"https?://[^\s\"'<>]*?(/my/address/\d+/[\w-]+)")


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    firm.make_invoices(1)
    firm.server.run(
        "env['project.project'].browse(site).partner_id = customer\n"
        # an administrator's first log-in would ask a service of the host's maker
        "env['res.company'].search([]).iap_enrich_auto_done = True",
        site=firm.site,
        customer=firm.customers["noyers"],
    )
    return firm


def add_address(firm, customer):
    """A new address counts after the click in the mail to it."""
    customer.page.fill("#address_entity", "compta@noyers.example")
    customer.page.locator("form[action$='/address/add'] button").first.click()
    expect(customer.page.locator("main .alert-success")).to_be_visible()
    expect(customer.page.locator("main .text-bg-warning").first).to_be_visible()
    customer.page.locator("summary").first.click()
    customer.look("dematerialisation-address")
    firm.server.run("env['mail.mail'].process_email_queue()")
    link = portal.mail_link(firm.server, "compta@noyers.example", ADDRESS_LINK)
    customer.goto(link)
    customer.look("address-confirm")
    customer.page.locator("main form button").click()
    expect(customer.page.locator("main [name=address_done]")).to_be_visible()
    customer.look("address-done")
    assert customer.goto(link).status == 404
    customer.look("address-nothing")
    customer.goto(PAGE)
    expect(customer.page.locator("#addresses li").first).to_contain_text("compta@")


def ask_for_accountant(customer):
    customer.page.locator("#access summary").click()
    customer.page.fill("#access_name", "Cabinet Chiffre")
    customer.page.fill("#access_email", "cabinet@chiffre.example")
    customer.page.fill("#access_reason", "Bilan")
    customer.look("dematerialisation-access")
    customer.page.locator("form[action$='/access/request'] button").click()
    expect(customer.page.locator("#access li")).to_contain_text("Cabinet Chiffre")
    customer.look("dematerialisation-requested")


def clerk_grants(firm, clerk):
    clerk.goto("/odoo/action-demat_portal.demat_portal_access_action")
    clerk.page.wait_for_selector(".o_list_view")
    clerk.page.locator(".o_data_row td[name=name]").first.click()
    clerk.page.wait_for_selector(".o_form_view")
    clerk.snapshot("portal-clerk-access")
    clerk.press("action_grant")
    stage = clerk.page.locator(".o_arrow_button_current")
    expect(stage).to_have_attribute("data-value", "granted")
    clerk.snapshot("portal-clerk-granted")


def clerk_disables(firm, clerk):
    """The tab "Web" of the customer: disable and enable his account."""
    clerk.goto(f"/odoo/res.partner/{firm.customers['noyers']}")
    clerk.page.wait_for_selector(".o_form_view")
    clerk.tab("demat_web")
    clerk.snapshot("portal-clerk-web")
    clerk.page.locator("button[name=action_demat_account_disable]:visible").click()
    clerk.dialog.locator(".btn-primary").click()
    enable = clerk.page.locator("button[name=action_demat_account_enable]:visible")
    expect(enable).to_be_visible()
    clerk.snapshot("portal-clerk-web-disabled")
    enable.click()
    expect(enable).to_have_count(0)


def test_customer_and_clerk(firm, browser):
    with visiting(portal.Customer, browser, firm.server.base_url) as customer:
        customer.login("noyers", firm.passwords["noyers"])
        customer.goto(PAGE)
        customer.look("dematerialisation-first")
        add_address(firm, customer)
        ask_for_accountant(customer)
        with visiting(Clerk, browser, firm.server.base_url) as clerk:
            clerk.login("clerk", firm.passwords["clerk"])
            clerk_grants(firm, clerk)
            clerk_disables(firm, clerk)
        assert clerk.errors == []
        customer.login("noyers", firm.passwords["noyers"])
        customer.goto(PAGE)
        expect(customer.page.locator("#access .text-bg-success")).to_be_visible()


def test_mails_in_the_settings(firm, browser):
    """Listed, tried on a real invoice, and given a version of the company."""
    with visiting(Clerk, browser, firm.server.base_url) as admin:
        admin.login("admin", "admin")
        admin.goto("/odoo/settings#account")
        admin.page.wait_for_selector(".o_setting_container")
        button = admin.page.locator("button[name=action_demat_mails]")
        button.scroll_into_view_if_needed()
        admin.snapshot("portal-settings-mails")
        button.click()
        row = admin.page.locator(".o_data_row", has_text=re.compile("facture est dis"))
        expect(row.first).to_be_visible()
        admin.snapshot("portal-mails")
        row.first.locator("button[name=action_demat_preview]").click()
        expect(admin.dialog).to_contain_text("FAC/")
        admin.page.wait_for_timeout(500)
        admin.snapshot("portal-mail-preview")
