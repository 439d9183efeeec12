# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The evidence file says what was established, and no more."""

import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

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


@tagged("-at_install", "post_install")
class TestLateEvidence(ResultCommon):
    """The file that could not be made when the last one signed."""

    def cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("demat_quote_sign.ir_cron_daily").method_direct_trigger()
        self.env.invalidate_all()

    def no_renderer(self):
        """Nothing can be drawn."""

        def fail(request, values):
            raise UserError(request.env._("no renderer"))

        return patch.object(
            self.env.registry["demat.sign.request"], "_draw_evidence", fail
        )

    def signed_without_evidence(self):
        request = self.send(self.quote(project_id=self.site.id))
        with self.no_renderer():
            self.sign(request, request.signatory_ids)
        self.assertFalse(request.evidence_document_id)
        return request

    @mute_logger("odoo.addons.demat_quote_sign.models.demat_sign_evidence")
    def test_drawing_fails(self):
        """The signature stays; the file is made later, the sales person knows."""
        request = self.signed_without_evidence()
        self.assertEqual((request.state, request.order_id.state), ("signed", "sale"))
        summaries = request.order_id.activity_ids.mapped("summary")
        self.assertIn("The evidence file could not be made yet", summaries)
        self.cron()
        self.assertTrue(request.evidence_document_id)
        for record in (request.order_id, self.site):
            self.assertIn(
                request.evidence_document_id.attachment_id.raw,
                record.message_ids.attachment_ids.mapped("raw"),
            )
        posted = request.order_id.message_ids.filtered(
            lambda one: (
                request.evidence_document_id.filename
                in one.attachment_ids.mapped("name")
            )
        )
        self.assertTrue(posted.subtype_id.internal)

    @mute_logger("odoo.addons.demat_quote_sign.models.demat_sign_evidence")
    def test_one_to_do_for_all_failures(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        # the customer signs in his language, the job has another one
        self.customer.lang = "fr_FR"
        request = self.signed_without_evidence()
        [activity] = request.order_id.activity_ids
        with self.no_renderer():
            self.cron()
            self.cron()
        self.assertEqual(request.order_id.activity_ids, activity)

    @mute_logger("odoo.addons.demat_quote_sign.models.demat_sign_evidence")
    def test_late_file_says_what_was_frozen(self):
        """An order goes on after it was signed; what was signed does not."""
        request = self.signed_without_evidence()
        order = request.order_id
        facts = request._signature_page_facts()
        order.write({"date_order": "2020-01-02 12:00:00"})
        order.order_line.price_unit = 77
        self.assertNotEqual(order.amount_total, request.amount_total)
        self.assertEqual(request._signature_page_facts(), facts)
        # frozen before that day was kept
        request.quote_date = False
        self.assertNotEqual(request._signature_page_facts(), facts)
        self.assertIn("2020", str(request._signature_page_facts()))

    @mute_logger(
        "odoo.addons.demat_quote_sign.models.demat_sign_evidence",
        "odoo.addons.demat_quote_sign.models.demat_sign_reminder",
    )
    def test_late_files_one_by_one(self):
        """One that fails holds up neither the others nor what is over."""
        bad, good = self.signed_without_evidence(), self.signed_without_evidence()
        over = self.send()
        over.expires_on = "2020-01-01"
        model = type(bad)
        finish = model._finish

        def fail(request):
            if request == bad:
                raise ValueError("provoked")
            return finish(request)

        self.patch(model, "_finish", fail)
        self.cron()
        self.assertFalse(bad.evidence_document_id)
        self.assertTrue(good.evidence_document_id)
        self.assertEqual(over.state, "expired")


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
