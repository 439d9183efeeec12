# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Hands of a signatory: link and code out of his mails, the steps."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .web import PATIENCE

PHONE = {"width": 360, "height": 740}
IMPORT = "from tests.support import sign_inside\n"
LINK = re.compile(r"/my/sign/\d+/[0-9a-f]{64}")
_CODE = re.compile(r">(\d{6})<")
#: WCAG 2.0, 2.1, levels A and AA.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def send_quotes(firm, people, login="noyers", **values):
    """See :func:`tests.support.sign_inside.send_quotes`."""
    return firm.server.run(
        f"{IMPORT}result = sign_inside.send_quotes("
        "env, customer=customer, product=product, people=people, **more)",
        customer=firm.customers[login],
        product=firm.product,
        people=people,
        more=values,
    )


def mails_to(server, address):
    return [mail for mail in server.smtp.mails if address in mail.recipients]


def link_for(server, address):
    """Path of the ceremony, as it stands in the newest mail to an address."""
    bodies = [mail.html for mail in mails_to(server, address)]
    return LINK.search(next(one for one in reversed(bodies) if LINK.search(one)))[0]


def code_for(server, address):
    """The code in the newest mail to an address that holds one."""
    found = [_CODE.search(mail.html) for mail in mails_to(server, address)]
    return next(one[1] for one in reversed(found) if one)


class Signatory:
    """A person with a browser, who signs what he was sent.

    ``pictures`` takes a screenshot of a step under this name, as
    :meth:`tests.support.web.Visitor.picture` does.
    """

    def __init__(self, visitor, path):
        self.visitor = visitor
        self.page = visitor.page
        self.path = path

    def open(self):
        return self.visitor.goto(self.path)

    def at(self, step):
        """Wait for a step by its action."""
        expect(self.page.locator(f"form[action$='/{step}']").first).to_be_visible()

    def press(self, step):
        """Send the form of a step, and wait for the page that follows."""
        form = self.page.locator(f"form[action$='/{step}']").first
        with self.page.expect_navigation(timeout=PATIENCE):
            form.locator("button[type=submit]").click()

    def read(self):
        self.at("read")
        expect(self.page.locator("#seen")).to_contain_text(re.compile(r"\d.*\d"))
        self.page.locator("input[name=read]").check()
        self.press("read")

    def accept(self, approval=None):
        self.at("terms")
        self.page.locator("input[name=accepted]").check()
        if approval:
            self.page.fill("#approval", approval)
        self.press("terms")

    def confirm(self, server, address):
        self.at("code")
        self.press("code")
        self.page.fill("#code", code_for(server, address))
        self.press("code/check")

    def draw(self):
        """Draw with the mouse; as pointer events, what a finger does too."""
        self.at("sign")
        self.page.locator("#pad").scroll_into_view_if_needed()
        box = self.page.locator("#pad").bounding_box()
        mouse = self.page.mouse
        mouse.move(box["x"] + 30, box["y"] + 110)
        mouse.down()
        for number in range(1, 16):
            height = 60 if number % 2 else 120
            mouse.move(box["x"] + 30 + number * 15, box["y"] + height, steps=4)
        mouse.up()

    def sign(self):
        self.press("sign")
        expect(self.page.locator(".verdict.good")).to_be_visible()

    def check_accessible(self):
        """No violation of WCAG 2.1 AA, and nothing wider than the screen."""
        found = Axe().run(self.page, options={"runOnly": WCAG})
        assert found.violations_count == 0, found.generate_report()
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        assert self.visitor.errors == []
