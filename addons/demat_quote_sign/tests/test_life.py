# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PIXEL, SignCommon


@tagged("post_install", "-at_install")
class TestLife(SignCommon):
    """Cancelling, reminding, expiring, declining, completing."""

    def later(self, request, **delta):
        """As if the request had been sent that long ago."""
        moment = fields.Datetime.now() - timedelta(**delta)
        request.write({"sent_on": moment})

    def kinds(self, request):
        return self.exchanges(request).mapped("demat_sign_kind")

    def daily(self, request):
        request._daily()
        return request.state

    def test_cancel(self):
        request = self.send(people=[("Bob", "bob@accord.example")], in_order=True)
        request.with_user(self.seller).action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(self.event_types(request)[-1], "cancelled")
        self.assertEqual(self.kinds(request), ["invitation", "cancelled"])
        self.assertTrue(request.order_id.demat_sign_may_send)
        with self.assertRaisesRegex(UserError, "took this request for signature back"):
            request._check_current(request.signatory_ids[0])
        with self.assertRaisesRegex(UserError, "cannot become “Cancelled”"):
            request.with_user(self.seller).action_cancel()

    def test_remind_by_hand(self):
        request = self.send()
        with self.assertRaisesRegex(UserError, "less than ten minutes ago"):
            request.with_user(self.seller).action_remind()
        self.later(request, hours=1)
        request.with_user(self.seller).action_remind()
        mails = self.dispatch(request)
        self.assertIn("reminder", mails[-1]["subject"])
        self.assertIn(request.signatory_ids.access_token, mails[-1]["body"])
        self.assertEqual(self.event_types(request)[-1], "reminded")

    def test_only_those_whose_turn_it_is(self):
        request = self.send(people=[("Bob", "bob@accord.example")])
        self.mark_signed(request.signatory_ids[0])
        self.later(request, days=8)
        self.daily(request)
        reminded = self.exchanges(request).filtered(
            lambda row: row.demat_sign_kind == "reminder"
        )
        self.assertEqual(reminded.recipients, "bob@accord.example")

    def on_site(self, **values):
        """Signed on site by the first of two, for a customer who accepted nothing."""
        stranger = self.env["res.partner"].create(
            {"name": "Sans Accord", "email": "non@accord.example"}
        )
        order = self.quote(partner_id=stranger.id)
        people = [("Bob", "bob@accord.example"), ("Carl", "carl@accord.example")]
        self.wizard(order, people=people, **values).action_sign_here()
        self.env.invalidate_all()
        return order.sudo().demat_sign_request_ids

    def test_on_site_nobody_is_reminded(self):
        """Who was never written to gets no reminder either."""
        request = self.on_site(reminder_days=1)
        self.later(request, days=8)
        self.daily(request)
        self.assertFalse(self.exchanges(request))
        self.assertFalse(request.last_reminder_on)
        with self.assertRaisesRegex(UserError, "nobody was written to"):
            request.with_user(self.seller).action_remind()

    def test_on_site_without_consent(self):
        """Who may not be written to is not: the seller is told, once."""
        for in_order in (False, True):
            with self.subTest(in_order=in_order):
                request = self.on_site(in_order=in_order)
                first, bob, carl = request.signatory_ids
                self.mark_signed(first)
                request._invite_next()
                self.assertFalse(self.exchanges(request))
                self.assertEqual((bob.state, carl.state), ("waiting", "waiting"))
                activity = request.order_id.activity_ids
                self.assertEqual(activity.user_id, self.seller)
                self.assertIn("Bob", str(activity.note))
                # signs on the device as well
                bob.with_user(self.seller).action_sign_on_device()
                self.mark_signed(bob)
                request._invite_next()
                self.assertEqual(request.order_id.activity_ids, activity)
                self.assertFalse(self.exchanges(request))
                self.consent(request.partner_id)
                request._invite_next()
                self.assertEqual(
                    self.exchanges(request).recipients, "carl@accord.example"
                )
                self.assertEqual(carl.state, "invited")

    def test_reminder_rhythm(self):
        request = self.send(reminder_days=3)
        self.later(request, days=2)
        self.daily(request)
        self.assertEqual(self.kinds(request), ["invitation"])
        self.later(request, days=3)
        self.daily(request)
        self.daily(request)
        self.assertEqual(self.kinds(request), ["invitation", "reminder"])

    def test_no_reminder(self):
        request = self.send(reminder_days=0)
        self.later(request, days=20)
        self.daily(request)
        self.assertEqual(self.kinds(request), ["invitation"])

    def test_expiry(self):
        request = self.send()
        request.expires_on = fields.Datetime.now() - timedelta(seconds=1)
        with self.assertRaisesRegex(UserError, "time to sign this quote is over"):
            request._check_current(request.signatory_ids)
        self.assertEqual(self.daily(request), "expired")
        self.assertEqual(self.event_types(request)[-1], "expired")
        self.assertEqual(request.order_id.activity_ids.user_id, self.seller)
        self.assertIn(
            request,
            self.env["demat.sign.request"].search([("to_send_again", "=", True)]),
        )
        self.wizard(request.order_id).action_send()
        self.assertNotIn(
            request,
            self.env["demat.sign.request"].search([("to_send_again", "=", True)]),
        )

    def test_job_finds_raw_sql(self):
        request = self.send()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET note = 'x' WHERE id = %s", [request.order_id.id]
        )
        self.assertEqual(self.daily(request), "void")

    def test_job_goes_on(self):
        """One request that fails does not stop the others."""
        bad, good = self.send(), self.send()
        good.expires_on = fields.Datetime.now() - timedelta(seconds=1)
        model = type(bad)
        daily = model._daily

        def fail(request):
            if request == bad:
                raise ValueError("provoked")
            return daily(request)

        self.patch(model, "_daily", fail)
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.demat_quote_sign.models.demat_sign_reminder"),
        ):
            self.env.ref("demat_quote_sign.ir_cron_daily").method_direct_trigger()
        self.assertEqual((bad.state, good.state), ("sent", "expired"))

    def test_decline(self):
        request = self.send(people=[("Bob", "bob@accord.example")])
        first = request.signatory_ids[0]
        with self.assertRaisesRegex(UserError, "say why"):
            request._decline(first, "  ")
        request._decline(first, "Too dear <b>for us</b>")
        self.assertEqual((request.state, first.state), ("declined", "declined"))
        self.assertEqual(request.state_reason, "Too dear <b>for us</b>")
        told = self.exchanges(request).filtered(
            lambda row: row.demat_sign_kind == "declined"
        )
        self.assertEqual(told.recipients, "bob@accord.example")
        activity = request.order_id.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        # what a customer writes is text, not mark-up
        self.assertNotIn("<b>", str(activity.note))
        self.assertNotIn("<b>", str(request.order_id.message_ids[0].body))
        with self.assertRaisesRegex(UserError, "was declined"):
            request._check_current(request.signatory_ids[1])

    def test_complete(self):
        order = self.quote(project_id=self.site.id)
        request = self.send(order, people=[("Bob", "bob@accord.example")])
        self.mark_signed(request.signatory_ids[0])
        with self.assertRaisesRegex(UserError, "Bob has not signed yet"):
            request._complete()
        self.mark_signed(request.signatory_ids)
        self.patch(type(request), "_finish", lambda self: None)
        request._complete()
        self.assertEqual(request.state, "signed")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.signed_by, "Anne Patron, Bob")
        self.assertTrue(order.signature)
        self.assertEqual(order.demat_sign_state, "signed")
        self.assertIn("completed", self.event_types(request))
        self.assertEqual(self.kinds(request)[-2:], ["completed"] * 2)
        for record in (order, self.site):
            self.assertIn(
                "Signed online by Anne Patron, Bob",
                " ".join(record.message_ids.mapped("body")),
            )

    def test_deposit_first(self):
        order = self.quote(require_payment=True, prepayment_percent=0.3)
        request = self.send(order)
        self.mark_signed(request.signatory_ids)
        self.patch(type(request), "_finish", lambda self: None)
        request._complete()
        self.assertEqual((request.state, order.state), ("signed", "sent"))
        self.assertTrue(order._has_to_be_paid())

    def test_confirmation_refused(self):
        """A confirmation that is refused does not take the signature back."""
        order = self.quote()
        request = self.send(order)
        self.mark_signed(request.signatory_ids)
        self.patch(type(request), "_finish", lambda self: None)

        def refuse(order):
            raise UserError(order.name)

        self.patch(type(order), "_validate_order", refuse)
        request._complete()
        self.assertEqual((request.state, order.state), ("signed", "sent"))
        self.assertIn(order.name, str(order.activity_ids.note))

    def test_whole_way(self):
        """Signed for real: files in archive and chatters, copies, order confirmed."""
        self.seal()
        order = self.quote(project_id=self.site.id)
        request = self.send(
            order, people=[("Bob", "bob@accord.example")], in_order=True
        )
        self.dispatch(request)
        for signatory in request.signatory_ids:
            request._sign(signatory, method="type", shown_sha256=request.frozen_sha256)
        self.assertEqual((request.state, order.state), ("signed", "sale"))
        signed, evidence = request.signed_document_id, request.evidence_document_id
        self.assertEqual(
            (signed.kind_code, evidence.kind_code), ("quote_signed", "evidence")
        )
        for record in (order, self.site):
            files = record.message_ids.attachment_ids.mapped("raw")
            self.assertIn(signed.attachment_id.raw, files)
            self.assertIn(evidence.attachment_id.raw, files)
        # nothing of this shows to customers who follow the discussion
        posted = order.message_ids.filtered(lambda one: "Signed online" in one.body)
        self.assertTrue(posted.subtype_id.internal)
        mails = self.dispatch(request)
        copies = [mail for mail in mails if "signed quote" in mail["subject"]]
        self.assertEqual(
            sorted(mail["email_to"][0] for mail in copies),
            ["anne@accord.example", "bob@accord.example"],
        )
        [(name, content, _type)] = copies[0]["attachments"]
        self.assertTrue(name.endswith(".pdf"))
        self.assertEqual(content, signed.attachment_id.raw)
        # changed later: what was signed stays, and its signature is on nothing else
        order.client_order_ref = "later"
        page = self.reprint(order)
        self.assertNotIn(b"data:image/png;base64," + order.signature[:40], page)
        self.assertIn(signed.sha256.encode(), page)
        self.assertEqual(request.event_ids._verify(request), [])

    def reprint(self, order):
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("sale.action_report_saleorder", order.ids)[0]

    def test_signed_as_the_host_does(self):
        """An order that was signed without us stays as it is."""
        order = self.quote(signature=PIXEL, signed_by="Anne", signed_on="2026-01-02")
        self.assertIn(
            b"data:image/png;base64," + order.signature[:40], self.reprint(order)
        )
