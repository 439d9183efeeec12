# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each page of the portal as a customer meets it: on a desk, on a telephone, empty."""

import pytest
from playwright.sync_api import expect

from tests.support import portal
from tests.support.firm import Firm
from tests.support.web import visiting


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    portal.publish(firm, 4, site=firm.site)
    return firm


@pytest.fixture
def customer(firm, browser):
    with visiting(portal.Customer, browser, firm.server.base_url) as one:
        one.login("noyers", firm.passwords["noyers"])
        yield one


def test_pages_that_are_empty_say_what_will_appear(firm, browser):
    with visiting(portal.Customer, browser, firm.server.base_url) as one:
        one.login("bellecombe", firm.passwords["bellecombe"])
        one.look("home-empty")
        for name, path in (
            ("documents", "/my/documents"),
            ("pay", "/my/statement/pay?scope=overdue"),
        ):
            one.goto(path)
            expect(one.page.locator("main .alert-info")).to_be_visible()
            one.look(f"{name}-empty")


def test_home_and_documents(firm, customer):
    customer.goto("/my")
    expect(customer.page.locator("[name=demat_card_overdue]")).to_contain_text("€")
    customer.look("home")
    customer.page.locator("[name=demat_card_documents]").click()
    expect(customer.page.locator("main li.list-group-item")).to_have_count(4)
    customer.look("documents")
    customer.page.locator("[name=demat_news]").click()
    customer.page.select_option("#demat_kind", "invoice")
    customer.page.locator("form[role=search] button[type=submit]").click()
    expect(customer.page.locator("main li.list-group-item")).to_have_count(4)
    with customer.page.expect_download() as download:
        customer.page.locator("a[href*='download=1']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    with customer.context.expect_page() as opened:
        customer.page.locator("a[href*='#']", has_text="Vérifier").first.click()
    expect(opened.value.locator("main")).to_contain_text("Bâti")
    customer.goto("/my/documents?search=rien+de+tel")
    customer.look("documents-no-match")


def test_pay_fails_is_cancelled_and_succeeds(firm, customer):
    customer.goto("/my")
    customer.page.locator("[name=demat_card_overdue]").click()
    expect(customer.page.locator("#o_payment_form")).to_be_visible()
    customer.look("pay")
    for state in ("error", "cancel", "pending", None):
        customer.goto("/my/statement/pay?scope=overdue")
        if state == "pending":
            continue
        customer.pay(state)
        customer.look(f"paid-{state or 'done'}")
    expect(customer.page.locator("main .alert-success")).to_be_visible()
    customer.goto("/my")
    expect(customer.page.locator("[name=demat_card_overdue]")).not_to_contain_text("€")
