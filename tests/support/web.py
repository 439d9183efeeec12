# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Hands on the web client and the portal: what a person does in the browser."""

import contextlib
import os
import re
from pathlib import Path

from playwright.sync_api import expect

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SCREENSHOTS_VARIABLE = "DEMAT_SCREENSHOTS"
PATIENCE = 60_000  # milliseconds; machines that run tests are busy
expect.set_options(timeout=PATIENCE)


class Visitor:
    """One person with a browser of his own; ``page`` is the Playwright page.

    Errors of the page's scripts are kept in ``errors``. Pictures are taken, in two
    sizes, if the variable ``DEMAT_SCREENSHOTS`` names a folder.
    """

    def __init__(self, browser, base_url):
        self.base_url = base_url
        self.context = browser.new_context(
            locale="fr-FR", timezone_id="Europe/Paris", viewport=DESKTOP
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def close(self):
        self.context.close()

    def login(self, login, password):
        self.page.goto(f"{self.base_url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.locator("form.oe_login_form button[type=submit]").click()
        self.page.wait_for_url(re.compile(r"/(odoo|my)"))

    def goto(self, path):
        """Open an address; answers the response."""
        return self.page.goto(f"{self.base_url}{path}")

    def picture(self, name, again=None):
        """Keep a picture of the page, as on a desk and as on a telephone.

        The web client chooses its views when it starts: with ``again`` the page is
        loaded anew for each size, and ``again()`` goes back to where it was.
        """
        folder = os.environ.get(SCREENSHOTS_VARIABLE)
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            self._show(viewport, again)
            self.page.screenshot(path=Path(folder) / f"{name}-{size}.png")
        self._show(DESKTOP, again)

    def snapshot(self, name):
        """Keep a picture of the page as it is now, menus and pointer included."""
        if folder := os.environ.get(SCREENSHOTS_VARIABLE):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def _show(self, viewport, again):
        if self.page.viewport_size == viewport:
            self.page.wait_for_timeout(600)
            return
        self.page.set_viewport_size(viewport)
        if again:
            self.page.reload()
            again()
        self.page.wait_for_timeout(600)


class Clerk(Visitor):
    """Somebody of the firm, in the web client."""

    def login(self, login, password):
        super().login(login, password)
        self.page.wait_for_selector(".o_main_navbar")

    def open(self, action, record="new"):
        """Open the form of a record (or a new one) under an action of the menus."""
        self.goto(f"/odoo/{action}/{record}")
        self.page.wait_for_selector(".o_form_view .o_group")

    def settle(self):
        """Wait for the view of the action that was opened."""
        self.page.wait_for_selector(".o_view_controller")

    @property
    def dialog(self):
        return self.page.locator(".modal:not(.o_inactive_modal)")

    def tab(self, name):
        """Open a tab of the form by its technical name."""
        self.page.locator(f".o_notebook a.nav-link[name='{name}']").click()

    def press(self, name, place=None):
        """Press a button by its technical name; wait for the server's answer."""
        button = (place or self.page).locator(f"button[name='{name}']:visible").first
        with self.page.expect_response(re.compile(rf"/call_button/.*/{name}\b")):
            button.click()

    def fill(self, field, text, place=None):
        (place or self.page).locator(
            f"[name='{field}'] input:visible, [name='{field}'] textarea:visible"
        ).first.fill(text)

    def choose(self, field, text):
        """Type into a field that names another record and take the first proposal."""
        box = self.page.locator(f"[name='{field}'] input:visible").first
        box.fill(text)
        menu = self.page.locator(".o-autocomplete--dropdown-menu")
        menu.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()
        expect(menu).to_have_count(0)

    def record_id(self):
        """Identifier of the record whose form is open, from the address."""
        self.page.wait_for_url(re.compile(r"/\d+(\?|$)"))
        return int(re.search(r"/(\d+)(?:\?|$)", self.page.url).group(1))

    def expect_state(self, state):
        """The send state in the bar of the invoice, by its technical value."""
        stage = self.page.locator(".o_demat_bar .o_arrow_button_current")
        expect(stage).to_have_attribute("data-value", state)

    def expect_closed(self):
        """No dialog is open (any more)."""
        expect(self.dialog).to_have_count(0)


@contextlib.contextmanager
def visiting(kind, browser, base_url):
    """A :class:`Visitor` (or subclass) for the time of the context."""
    visitor = kind(browser, base_url)
    try:
        yield visitor
    finally:
        visitor.close()
