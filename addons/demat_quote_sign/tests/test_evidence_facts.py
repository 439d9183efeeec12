# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The evidence file says what was established, and no more."""

import json

from odoo.tests import tagged

from .ceremony import CeremonyCase
from .test_result import ResultCommon


def fact(signatory, label):
    """What the paper says under ``label`` of this signatory; None: no such line."""
    return dict(signatory._evidence_card()["facts"]).get(label)


@tagged("-at_install", "post_install")
class TestLinkSent(ResultCommon):
    """The personal link was sent only if its mail left."""

    def assertNotSent(self, signatory, words):  # noqa: N802 - as its siblings
        text = fact(signatory, "Personal link")
        self.assertNotIn("sent", text)
        self.assertIn("made for client@accord.example on ", text)
        self.assertIn(words, text)
        self.assertIsNone(signatory._evidence_data()["link_sent_at"])

    def test_mail_that_never_left(self):
        request = self.send()
        signatory = request.signatory_ids
        self.sign(request, signatory)
        self.assertTrue(signatory.invited_at)
        self.assertNotSent(signatory, "had not left when this file was made")

    def test_mail_of_unknown_outcome_then_failed(self):
        request = self.send()
        mail = self.exchanges(request)
        mail._mark_sending()
        self.assertNotSent(request.signatory_ids, "whether its mail left is unknown")
        mail._mark_failed("refused", "The server refused it.")
        self.assertNotSent(request.signatory_ids, "its mail did not arrive")

    def test_mail_that_left(self):
        request = self.send()
        signatory = request.signatory_ids
        self.dispatch(request)
        mail = self.exchanges(request)
        self.assertEqual(mail.state, "done")
        mail.done_at = "2031-02-03 04:05:06"
        text = fact(signatory, "Personal link")
        self.assertIn("sent to client@accord.example on ", text)
        self.assertIn(request._utc(mail.done_at), text)
        self.assertEqual(signatory._evidence_data()["link_sent_at"], mail.done_at)

    def test_mail_that_somebody_says_arrived(self):
        request = self.send()
        mail = self.exchanges(request)
        mail._mark_sending()
        mail._transition("unknown", {})
        mail.with_user(self.keeper).action_confirm_arrival()
        text = fact(request.signatory_ids, "Personal link")
        self.assertIn("is what Keeper says", text)
        self.assertNotIn("sent to", text)

    def test_journal_does_not_say_sent(self):
        """Its line is written with the mail, not when the mail leaves."""
        labels = dict(self.env["demat.sign.event"]._fields["type"].selection)
        self.assertNotIn("sent", labels["sent"].lower())
        self.assertNotIn("sent", labels["reminded"].lower())

    def test_way_not_known(self):
        request = self.send()
        request.signatory_ids.with_user(self.seller).action_sign_on_device()
        self.sign(request, request.signatory_ids)
        self.assertIsNone(fact(request.signatory_ids, "Signed by means of"))
        self.assertNotIn("Seller", str(request.signatory_ids._evidence_card()))


@tagged("post_install", "-at_install")
class TestWayIn(CeremonyCase):
    """How the signatory really came in when he signed."""

    def setUp(self):
        super().setUp()
        self.deal.require_code = False

    def press_on_site(self):
        action = self.signatory.with_user(self.seller).action_sign_on_device()
        self.env.flush_all()
        return action["url"]

    def read_and_sign(self, path=None, **data):
        self.read_quote(path)
        self.sign(path, **data)
        self.assertSigned()

    def assertWay(self, way, user, words):  # noqa: N802 - as its siblings
        signatory = self.signatory
        self.assertEqual((signatory.signed_via, signatory.signed_user_id), (way, user))
        self.assertIn(words, fact(signatory, "Signed by means of"))
        event = self.deal.event_ids.filtered(lambda one: one.type == "signed")
        self.assertIn(words, event.detail)
        data = json.loads(json.dumps(self.deal._evidence_data(), default=str))
        [person] = data["signatories"]
        self.assertEqual(person["signed_via"], way)
        self.assertEqual(person["signed_device_or_account"], user.login or None)

    def test_own_link_after_the_button(self):
        """The button on site was pressed, and he signed at home all the same."""
        self.press_on_site()
        self.read_and_sign()
        self.assertWay("link", self.env["res.users"], "personal link")
        card = str(self.signatory._evidence_card()["facts"])
        self.assertNotIn("Seller", card)
        self.assertNotIn("present", card)

    def test_device(self):
        self.read_and_sign(self.press_on_site())
        self.assertWay("device", self.seller, "on site, opened by Seller on ")

    def test_browser_does_not_choose(self):
        self.press_on_site()
        self.read_and_sign(way="device")
        self.assertWay("link", self.env["res.users"], "personal link")

    def test_portal_account(self):
        user = self.make_user("anne", "base.group_portal")
        self.signatory.partner_id = user.partner_id
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        self.read_and_sign()
        self.assertWay("account", user, f"logged in to the account {user.login}")

    def test_account_of_somebody_else(self):
        """A sales person who is logged in is not the signatory."""
        self.authenticate(self.seller.login, self.seller.login)
        self.read_and_sign()
        self.assertWay("link", self.env["res.users"], "personal link")
