# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import demat_address_change, demat_portal_throttle
from .common_group import GroupCase

PAGE = "/my/dematerialisation"


@tagged("post_install", "-at_install")
class TestAddresses(GroupCase):
    """Who is told: changed by the customer, confirmed by the owner of the address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.demat_email = "first@accord.example"
        cls.own_site = cls.env["project.project"].create(
            {"name": "École", "partner_id": cls.customer.id}
        )
        cls.their_site = cls.env["project.project"].create(
            {
                "name": "Mairie",
                "partner_id": cls.silent.id,
                "demat_email": "m@m.example",
            }
        )

    def setUp(self):
        super().setUp()
        self._as(self.owner)

    def _add(self, address="new@accord.example", entity=None, site=""):
        return self._post(
            f"{PAGE}/address/add",
            {
                "entity": (entity or self.customer).id,
                "site": site and site.id,
                "address": address,
            },
        )

    def _change(self):
        return self.env["demat.address.change"].search([], limit=1)

    def _link(self):
        """The path in the latest mail to a new address."""
        mail = self.env["mail.mail"].search(
            [("model", "=", "demat.address.change")], order="id desc", limit=1
        )
        self.assertEqual(mail.email_to, self._change().address)
        return re.search(r"/my/address/\d+/[\w-]+", mail.body_html)[0]

    def test_counts_only_after_the_click(self):
        self._add()
        self.assertEqual(self.customer.demat_email, "first@accord.example")
        self.assertIn("to be confirmed", self._get(PAGE).text)
        link = self._link()
        self.assertNotIn(link.rpartition("/")[2], str(self._change().read()))
        self.authenticate(None, None)
        page = self._get(link)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("new@accord.example", page.text)
        self.assertEqual(
            self.customer.demat_email, "first@accord.example", "looking is no click"
        )
        done = self._post(link, {})
        self.assertIn("Thank you", done.text)
        self.assertEqual(
            self.customer.demat_email, "first@accord.example, new@accord.example"
        )
        self.assertIn(
            "new@accord.example", str(self.customer.message_ids.mapped("body"))
        )
        self.assertEqual(self._post(link, {}).status_code, 404, "works once")

    def test_of_a_site(self):
        self._add(site=self.own_site)
        link = self._link()
        self.authenticate(None, None)
        self._post(link, {})
        self.assertEqual(self.own_site.demat_email, "new@accord.example")
        self.assertEqual(self.customer.demat_email, "first@accord.example")
        self.assertIn("new@accord", str(self.own_site.message_ids.mapped("body")))

    def test_refusals_are_alike(self):
        self._add()
        link = self._link()
        self._add("other@accord.example")
        other = self._link()
        change = self._change()
        token = other.rpartition("/")[2]
        first = link.rpartition("/")[2]
        self.authenticate(None, None)
        forged = [
            f"/my/address/{change.id}/{first}",
            f"/my/address/{change.id}/{'A' * 43}",
            f"/my/address/{change.id}/%C3%A9",
            f"/my/address/999999/{token}",
            f"/my/address/99999999999999/{token}",
        ]
        change.sudo()._cancel()
        expired = change.browse(int(link.split("/")[3])).sudo()
        expired.expires_at = fields.Datetime.now() - timedelta(seconds=1)
        forged += [other, link]
        answers = {self._same(self._get(path)) for path in forged}
        self.assertEqual(len(answers), 1)
        self.assertEqual({status for status, _body in answers}, {404})

    def _same(self, answer):
        body = re.sub(r'csrf_token: "[^"]*"|/my/address/[^"&]*', "", answer.text)
        return answer.status_code, body

    def test_dead_with_the_account_that_asked(self):
        self._add()
        link = self._link()
        self.owner.active = False
        self.authenticate(None, None)
        self.assertEqual(self._get(link).status_code, 404)

    def test_dead_when_the_site_went_to_another_customer(self):
        self._add(site=self.own_site)
        link = self._link()
        self.own_site.partner_id = self.silent
        self.authenticate(None, None)
        self.assertEqual(self._post(link, {}).status_code, 404)
        self.assertFalse(self.own_site.demat_email)

    def test_one_person_does_not_write_to_the_world(self):
        with patch.object(demat_address_change, "MAX_ASKED", 2):
            for number in range(3):
                page = self._add(f"a{number}@accord.example")
        self.assertIn("go on tomorrow", page.text)
        self.assertEqual(self.env["demat.address.change"].search_count([]), 2)

    def test_removed_at_once_and_noted(self):
        self._add()
        link = self._link()
        for address in ("first@accord.example", "new@accord.example"):
            self._post(
                f"{PAGE}/address/remove",
                {"entity": self.customer.id, "site": "", "address": address},
            )
        self.assertFalse(self.customer.demat_email)
        self.assertIn("told no more", str(self.customer.message_ids.mapped("body")))
        self.assertEqual(self._get(link).status_code, 404)

    def test_attachment_or_link(self):
        for holder, site in ((self.customer, ""), (self.own_site, self.own_site.id)):
            for wanted in ("1", "0"):
                self._post(
                    f"{PAGE}/attach",
                    {"entity": self.customer.id, "site": site, "attach": wanted},
                )
                self.assertEqual(holder.demat_attach_pdf, wanted == "1")

    def test_bad_addresses_say_why(self):
        for bad, words in (
            ("nobody", "not an e-mail address"),
            ("a@b.example, c@d.example", "one e-mail address"),
            ("first@accord.example", "is told already"),
            ("x@y.example\nBcc: z@z.example", "not an e-mail address|one e-mail"),
            ("", "one e-mail address"),
        ):
            answer = self._add(bad)
            self.assertFalse(self._change(), bad)
            self.assertRegex(answer.text, words)

    def test_what_is_not_his(self):
        for step, values in (
            ("address/add", {"address": "x@y.example"}),
            ("address/remove", {"address": "m@m.example"}),
            ("attach", {"attach": "1"}),
        ):
            for entity, site in (
                (self.silent.id, ""),
                (self.customer.id, self.their_site.id),
                (self.silent.id, self.their_site.id),
                ("x", ""),
                ("", ""),
                (10**12, ""),
                (self.customer.id, "1 or 1"),
            ):
                answer = self._post(
                    f"{PAGE}/{step}", {"entity": entity, "site": site, **values}
                )
                self.assertEqual(answer.status_code, 404, (step, entity, site))
        self.assertEqual(self.their_site.demat_email, "m@m.example")
        self.assertFalse(self._change())

    def test_the_subsidiary_is_his(self):
        self._add(entity=self.subsidiary)
        self.assertEqual(self._change().partner_id, self.subsidiary)

    def test_nobody_is_flooded(self):
        for _time in range(4):
            self._add()
        mails = self.env["mail.mail"].search([("model", "=", "demat.address.change")])
        self.assertEqual(len(mails), 3)
        pending = self.env["demat.address.change"].search([("state", "=", "pending")])
        self.assertEqual(len(pending), 1)

    def test_links_are_not_guessed_without_end(self):
        limit = demat_portal_throttle.LIMITS["address_link"][0]
        self.authenticate(None, None)
        answers = [
            self._get(f"/my/address/1/{number}").status_code
            for number in range(limit + 1)
        ]
        self.assertEqual(set(answers[:-1]), {404})
        self.assertEqual(answers[-1], 429)

    def test_anonymous(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self._get(PAGE).headers["Location"])
        self._add()
        self.assertFalse(self._change())
