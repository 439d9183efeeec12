# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Hands of a customer on his portal, and what he finds there."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .sign import PHONE, WCAG
from .web import DESKTOP, Visitor

IMPORT = "from tests.support import portal_inside\n"
INVITATION = re.compile(r"https?://[^\s\"'<>]*?(/web/signup\?[^\s\"'<>]*)")


class Customer(Visitor):
    """A customer with a browser of his own."""

    def look(self, name):
        """The page is sound on a desk and on a telephone; keep a picture of both.

        No violation of WCAG 2.1 AA, nothing wider than the screen, no script fails.
        """
        for viewport in (PHONE, DESKTOP):
            self.page.set_viewport_size(viewport)
            self.page.wait_for_timeout(300)
            size = "phone" if viewport is PHONE else "desktop"
            self.snapshot(f"portal-{name}-{size}")
            found = Axe().run(self.page, options={"runOnly": WCAG})
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{name}: {width} pixels wide"
        assert self.errors == []

    def pay(self, state=None):
        """Fill the form of the host's demo provider and send it.

        :param state: ``cancel`` or ``error``: what the provider is to answer
        """
        form = self.page.locator("#o_payment_form")
        radio = form.locator("input[name=o_payment_radio]").first
        if radio.is_visible():
            radio.check()
        form.locator("#customer_input:visible").first.fill("4242424242424242")
        if state:
            form.locator("#simulated_payment_state:visible").first.select_option(state)
        self.page.locator("button[name=o_payment_submit_button]:visible").click()
        self.page.wait_for_url(re.compile(r"/my/statement/paid/\d+"))
        expect(self.page.locator("main .alert").first).to_be_visible()


def publish(firm, count, login="noyers", **values):
    """Sent invoices of a customer, some of them overdue: ids; see
    :func:`tests.support.portal_inside.publish`.
    """
    return firm.server.run(
        f"{IMPORT}result = portal_inside.publish("
        "env, customer=customer, product=product, count=count, **more)",
        customer=firm.customers[login],
        product=firm.product,
        count=count,
        more=values,
    )


def mail_link(server, address, pattern):
    """The newest link that fits ``pattern`` in the mails to an address."""
    bodies = [one.html for one in server.smtp.mails if address in one.recipients]
    found = [pattern.search(body) for body in reversed(bodies)]
    return next(one for one in found if one)[1].replace("&amp;", "&")


def save_card(firm, login="noyers"):
    """A saved card of the demo provider: what its form sends to pay with it."""
    return firm.server.run(
        f"{IMPORT}result = portal_inside.save_card(env, login=login)", login=login
    )


def lock_after_another(firm, moves):
    """See :func:`tests.support.portal_inside.lock_after_another`."""
    return firm.server.run(
        f"{IMPORT}result = portal_inside.lock_after_another(env, moves=moves)",
        moves=moves,
    )
