# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A customer, from the invitation until he withdraws his consent; the clerk sees it."""

import io
import re
import secrets
import zipfile

import pytest
from playwright.sync_api import expect

from tests.support import portal
from tests.support.firm import Firm
from tests.support.web import Clerk, visiting

ANNE = "anne@noyers.example"


@pytest.fixture(scope="module")
def firm(make_server, firm_template):
    firm = Firm(make_server(firm_template))
    firm.give_consent("noyers")
    portal.publish(firm, 4, site=firm.site)
    portal.publish(firm, 1, send=False)
    return firm


def invite(firm):
    """The clerk's invitation of the host; the mail leaves for real."""
    return firm.server.run(
        f"{portal.IMPORT}result = portal_inside.invite("
        "env, customer=customer, email=email)",
        customer=firm.customers["noyers"],
        email=ANNE,
    )


def set_password(firm, anne):
    """Follow the link of the invitation; no mail holds a password."""
    password = secrets.token_urlsafe(16)
    anne.goto(portal.mail_link(firm.server, ANNE, portal.INVITATION))
    anne.look("password")
    anne.page.fill("input[name=password]", password)
    anne.page.fill("input[name=confirm_password]", password)
    anne.page.locator("form.oe_signup_form button[type=submit]").click()
    anne.page.wait_for_url(re.compile(r"/my"))
    assert not [one for one in firm.server.smtp.mails if password in one.raw.decode()]


def statement(anne):
    """All invoices that were sent, and the one that was not nowhere."""
    anne.goto("/my/statement")
    main = anne.page.locator("main")
    expect(main).to_contain_text("FAC/2026/00004")
    expect(main).not_to_contain_text("FAC/2026/00005")
    anne.look("statement")
    anne.goto("/my/statement?show=overdue")
    expect(main).to_contain_text("FAC/2026/00002")
    expect(main).not_to_contain_text("FAC/2026/00004")


def pay_a_selection(anne):
    anne.goto("/my/statement")
    anne.page.locator("input[name=ids]:visible").first.check()
    anne.page.locator("button[formaction='/my/statement/pay']").click()
    expect(anne.page.locator("[name=demat_pay_list] li")).to_have_count(1)
    anne.look("pay-selection")


def pay_what_is_overdue(anne):
    anne.goto("/my/statement")
    anne.page.locator("a[href='/my/statement/pay?scope=overdue']").first.click()
    expect(anne.page.locator("[name=demat_pay_list] li")).to_have_count(2)
    anne.pay()
    expect(anne.page.locator("main .alert-success")).to_be_visible()
    anne.page.locator("main a[href='/my/statement']").last.click()
    expect(anne.page.locator("a[href*='scope=overdue']")).to_have_count(0)
    anne.look("statement-paid")
    anne.goto("/my")
    expect(anne.page.locator("[name=demat_card_overdue]")).not_to_contain_text("€")


def download_the_year(anne):
    anne.goto("/my/statement")
    with anne.page.expect_download() as download:
        anne.page.locator("a[href*='/my/statement/zip']").first.click()
    content = download.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [one for one in archive.namelist() if one.endswith(".pdf")]
        assert len(files) == 4
        assert all(archive.read(one).startswith(b"%PDF") for one in files)


def withdraw_consent(anne):
    anne.goto("/my/dematerialisation")
    anne.look("dematerialisation")
    form = anne.page.locator("form[action='/my/dematerialisation/consent']").filter(
        has=anne.page.locator("input[name=action][value=withdrawn]")
    )
    form.first.locator("button[type=submit]").click()
    expect(anne.page.locator("main .alert-success")).to_be_visible()
    anne.look("dematerialisation-withdrawn")


def clerk_sees(firm, browser):
    """On the customer: no consent any more; on the invoice: seen, and paid."""
    with visiting(Clerk, browser, firm.server.base_url) as clerk:
        clerk.login("clerk", firm.passwords["clerk"])
        partner = firm.customers["noyers"]
        [[action, means, ip]] = firm.server.sql(
            "SELECT action, means, ip FROM demat_consent"
            " WHERE partner_id = %s AND kind = 'invoice' ORDER BY id DESC LIMIT 1",
            partner,
        )
        assert (action, means, ip) == ("withdrawn", "portal", "127.0.0.1")
        clerk.goto(f"/odoo/res.partner/{partner}")
        clerk.page.wait_for_selector(".o_form_view")
        clerk.tab("accounting")
        state = clerk.page.locator("[name='demat_consent_state']:visible").first
        expect(state).to_contain_text(re.compile("Retirée|jusqu"))
        clerk.snapshot("portal-clerk-customer")
        [[move]] = firm.server.sql(
            "SELECT id FROM account_move WHERE name = 'FAC/2026/00001'"
        )
        clerk.goto(f"/odoo/action-account.action_move_out_invoice/{move}")
        clerk.page.wait_for_selector(".o_form_view")
        clerk.tab("dematerialisation")
        expect(
            clerk.page.locator("[name='demat_seen_by']:visible").first
        ).to_be_visible()
        clerk.snapshot("portal-clerk-invoice")


def test_journey(firm, browser):
    invite(firm)
    with visiting(portal.Customer, browser, firm.server.base_url) as anne:
        set_password(firm, anne)
        statement(anne)
        pay_a_selection(anne)
        pay_what_is_overdue(anne)
        download_the_year(anne)
        withdraw_consent(anne)
    clerk_sees(firm, browser)
