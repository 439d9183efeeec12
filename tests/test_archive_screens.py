# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Screens of the archive in a real browser: what is red after a verification, and the
filing plan with many customers."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.web import PHONE, Clerk, visiting

CUSTOMERS = 260
FILL = """
env["res.users"].create([
    {
        "name": login, "login": login, "password": password, "lang": "fr_FR",
        "group_ids": [(4, env.ref(one).id) for one in ("base.group_user", group)],
    }
    for login, group in people.items()
])
names = [f"{letter}{chr(97 + number // 26)}{chr(97 + number % 26)} SARL"
         for letter in "BDM" for number in range(customers // 3 + 1)][:customers]
partners = env["res.partner"].create([{"name": one} for one in names])
documents = env["ged.document"]._archive([
    {
        "kind": "invoice", "name": f"F-{number}", "filename": f"f-{number}.txt",
        "content": f"content {number}".encode(), "partner_id": partner.id,
        "site_name": number == 0 and "Quai 12",
    }
    for number, partner in enumerate(partners)
])
env.cr.commit()
env["ged.chain"]._cron_chain_pending()
result = [documents[0].id, documents[1].id, documents[0].attachment_id.store_fname]
"""
VERIFY = """
env["ged.verification"]._request(env.company)
env.cr.commit()
env["ged.verification"]._cron_verify()
"""


class Archive:
    def __init__(self, server):
        self.server = server
        self.password = secrets.token_urlsafe(16)
        people = {
            "lecteur": "ged_archive.group_ged_user",
            "gestionnaire": "ged_archive.group_ged_manager",
        }
        self.altered, self.sound, name = server.run(
            FILL, people=people, password=self.password, customers=CUSTOMERS
        )
        folder = Path(server.data_dir) / "filestore" / server.database
        (folder / name).write_bytes(b"other")
        server.run(VERIFY)


@pytest.fixture(scope="module")
def archive(make_server, demat_template):
    return Archive(make_server(demat_template))


def narrow(clerk):
    return clerk.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def open_list(clerk, archive, login, view="list"):
    clerk.login(login, archive.password)
    clerk.goto(f"/odoo/archive?view_type={view}")
    clerk.settle()
    return clerk.page.locator(f".o_{view}_view")


def test_red_until_acknowledged(archive, browser):
    with visiting(Clerk, browser, archive.server.base_url) as clerk:
        view = open_list(clerk, archive, "gestionnaire")
        banner = clerk.page.locator(".o_ged_alert_banner")
        expect(banner).to_contain_text("n’a pas passé une vérification")
        clerk.picture("archive-alert-list", lambda: expect(banner).to_be_visible())
        # the small screen has cards
        clerk.goto("/odoo/archive?view_type=list")
        view.locator(".o_data_row").first.wait_for()
        clerk.page.locator(".o_searchview_dropdown_toggler").click()
        menu = clerk.page.locator(".o_filter_menu .o_menu_item")
        menu.filter(has_text="Documents en alerte").click()
        clerk.page.keyboard.press("Escape")
        rows = view.locator(".o_data_row")
        expect(rows).to_have_count(1)
        expect(rows.first).to_have_class(re.compile(r"\btext-danger\b"))
        # the preview asks for the bytes
        with archive.server.expect_log("content missing or altered"):
            rows.first.locator("[name=document_date]").click()
            alert = clerk.page.locator(".o_form_view .alert-danger:visible")
            expect(alert).to_contain_text("a trouvé un problème sur ce document")
            clerk.picture("archive-alert-form", lambda: expect(alert).to_be_visible())
        clerk.goto(f"/odoo/archive/{archive.sound}")
        expect(alert).to_contain_text(
            re.compile("Rien n.a été trouvé contre ce document")
        )
        alert.locator("button").click()
        clerk.page.locator(".o_list_view .o_data_row").first.wait_for()
        assert clerk.errors == []


def test_reader_is_warned(archive, browser):
    with visiting(Clerk, browser, archive.server.base_url) as clerk:
        open_list(clerk, archive, "lecteur", "kanban")
        banner = clerk.page.locator(".o_ged_alert_banner")
        expect(banner).to_contain_text("administrateur de l’archive")
        expect(banner.locator("button")).to_have_count(0)
        clerk.page.set_viewport_size(PHONE)
        # the web client chooses its views when it starts
        clerk.page.reload()
        expect(banner).to_be_visible()
        assert narrow(clerk)
        clerk.snapshot("archive-alert-kanban-phone")
        assert clerk.errors == []


def test_filing_plan_of_many_customers(archive, browser):
    with visiting(Clerk, browser, archive.server.base_url) as clerk:
        view = open_list(clerk, archive, "lecteur")
        panel = clerk.page.locator(".o_search_panel section").filter(
            has=clerk.page.locator(".fa-sitemap")
        )
        entry = panel.locator(".o_search_panel_category_value")
        expect(entry.filter(has_text="D… (87)")).to_be_visible()
        expect(entry.filter(has_text="SARL")).to_have_count(0)
        entry.filter(has_text="B… (87)").locator("header").first.click()
        expect(entry.filter(has_text="SARL").filter(has_not_text="…")).to_have_count(87)
        expect(view.locator(".o_data_row")).to_have_count(80)
        expect(clerk.page.locator(".o_pager_limit")).to_have_text("87")
        clerk.picture("filing-panel-group")
        customer = entry.filter(has_text="Baa SARL").filter(has_not_text="…")
        customer.locator("header").first.click()
        expect(view.locator(".o_data_row")).to_have_count(1)
        site = customer.locator(".o_search_panel_category_value").filter(
            has_text="Quai 12"
        )
        expect(site).to_be_visible()
        clerk.snapshot("filing-panel-customer")
        site.locator("header").first.click()
        expect(view.locator(".o_data_row")).to_have_count(1)
        expect(site).to_be_visible()
        # back to all, then a search for one customer: his folders, and no message
        panel.locator("header", has_text="Tous").first.click()
        expect(entry.filter(has_text="B… (87)")).to_be_visible()
        search = clerk.page.locator(".o_searchview_input")
        search.fill("Dbc SARL")
        clerk.page.locator(".o_searchview_autocomplete .o-dropdown-item").filter(
            has_text="Client"
        ).first.click()
        expect(entry.filter(has_text="Dbc SARL")).to_be_visible()
        expect(entry.filter(has_text="…")).to_have_count(0)
        expect(clerk.page.locator(".o_search_panel .alert")).to_have_count(0)
        clerk.snapshot("filing-panel-search")
        assert clerk.errors == []
