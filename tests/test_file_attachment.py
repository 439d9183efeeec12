# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
""" "Archive this file" on an attachment in the chatter, in a real browser."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.support.web import PHONE, Clerk, visiting

PEOPLE = """
partner = env["res.partner"].create({
    "name": "Menuiserie Bellecombe", "is_company": True,
})
env["ir.attachment"].create({
    "name": "contrat.txt", "raw": b"a contract", "mimetype": "text/plain",
    "res_model": "res.partner", "res_id": partner.id,
})
for login, groups in people.items():
    env["res.users"].create({
        "name": login, "login": login, "password": password, "lang": "fr_FR",
        "group_ids": [
            (4, env.ref(one).id) for one in ["base.group_user", *groups]
        ],
    })
result = partner.id
"""
FILED = """
SELECT name, res_model, res_id, archived_by_id FROM ged_document WHERE sha256 = %s
"""
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)


class Office:
    def __init__(self, server):
        self.server = server
        self.password = secrets.token_urlsafe(16)
        self.partner = server.run(
            PEOPLE,
            password=self.password,
            people={
                "archiviste": ["ged_archive.group_ged_archivist"],
                "lecteur": ["ged_archive.group_ged_user"],
            },
        )


class PhoneClerk(Clerk):
    """The same person on a telephone: the host looks at what the browser says it is."""

    def __init__(self, browser, base_url):
        super().__init__(_Telephone(browser), base_url)


class _Telephone:
    def __init__(self, browser):
        self._browser = browser

    def new_context(self, **options):
        options |= {"viewport": PHONE, "user_agent": PHONE_AGENT, "has_touch": True}
        return self._browser.new_context(**options)


@pytest.fixture(scope="module")
def office(make_server, demat_template):
    return Office(make_server(demat_template))


def open_attachments(clerk, office, login):
    """Open the attachments in the customer's chatter; answers the card of the file."""
    clerk.login(login, office.password)
    clerk.goto(f"/odoo/res.partner/{office.partner}")
    clerk.page.locator(".o-mail-Chatter-attachFiles").first.click()
    box = clerk.page.locator(".o-mail-AttachmentBox")
    card = box.locator(".o-mail-AttachmentContainer", has_text="contrat.txt")
    expect(card).to_be_visible()
    return card


def filed(office):
    digest = office.server.run(
        "import hashlib\nresult = hashlib.sha256(b'a contract').hexdigest()"
    )
    return office.server.sql(FILED, digest)


def test_reader_has_no_button(office, browser):
    with visiting(Clerk, browser, office.server.base_url) as clerk:
        card = open_attachments(clerk, office, "lecteur")
        card.hover()
        expect(card.get_by_title("Télécharger")).to_be_visible()
        expect(card.locator(".o_ged_file_attachment")).to_have_count(0)
        assert clerk.errors == []


def test_archivist_files_from_the_chatter(office, browser):
    with visiting(Clerk, browser, office.server.base_url) as clerk:
        card = open_attachments(clerk, office, "archiviste")
        card.hover()
        button = card.get_by_title("Archiver ce fichier")
        expect(button).to_be_visible()
        clerk.snapshot("file-attachment-desktop")
        button.click()
        line = clerk.dialog.locator(".o_data_row", has_text="contrat.txt")
        expect(line).to_contain_text("Menuiserie Bellecombe")
        clerk.press("action_archive", clerk.dialog)
        expect(clerk.dialog.locator(".alert-success")).to_be_visible()
        clerk.snapshot("file-attachment-dialog")
        assert clerk.errors == []
    [[name, model, record, user]] = filed(office)
    assert (name, model, record) == ("contrat.txt", "res.partner", office.partner)
    [[login]] = office.server.sql("SELECT login FROM res_users WHERE id = %s", user)
    assert login == "archiviste"


def test_on_a_telephone(office, browser):
    with visiting(PhoneClerk, browser, office.server.base_url) as clerk:
        card = open_attachments(clerk, office, "archiviste")
        card.get_by_title("Actions").click()
        menu = clerk.page.locator(".o-dropdown--menu")
        expect(menu.get_by_text("Archiver ce fichier")).to_be_visible()
        clerk.snapshot("file-attachment-phone")
        menu.get_by_text("Archiver ce fichier").click()
        expect(clerk.dialog.locator("[name=line_ids]")).to_be_visible()
        wide = clerk.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        clerk.snapshot("file-attachment-phone-dialog")
        assert clerk.errors == []
