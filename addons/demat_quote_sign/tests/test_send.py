# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date, html2plaintext

from odoo.addons.ged_archive.lib.sign_fields import signed_fields

from .common import SignCommon


@tagged("post_install", "-at_install")
class TestSend(SignCommon):
    """From the quote to the invitation."""

    def test_frozen_and_archived(self):
        order = self.quote(project_id=self.site.id)
        request = self.send(order)
        document = request.document_id
        self.assertEqual(request.state, "sent")
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.demat_sign_state, "sent")
        self.assertEqual(document.kind_code, "quote")
        self.assertEqual(document.partner_id, self.customer)
        self.assertEqual(document.project_id, self.site)
        raw = document.attachment_id.raw
        self.assertTrue(raw.startswith(b"%PDF"))
        self.assertEqual(request.frozen_sha256, hashlib.sha256(raw).hexdigest())
        self.assertEqual(request.amount_total, order.amount_total)
        self.assertTrue(request._is_current_digest())
        self.assertEqual(self.event_types(request), ["created", "frozen", "sent"])

    def test_site_address_first(self):
        request = self.send(self.quote(project_id=self.site.id))
        signatory = request.signatory_ids
        self.assertEqual(signatory.email, "anne@accord.example")
        self.assertEqual(signatory.name, "Anne Patron")
        self.assertIn("Chantier des Tilleuls", signatory.email_origin)

    def test_customer_address_without_site(self):
        request = self.send()
        self.assertEqual(request.signatory_ids.email, "client@accord.example")

    def test_mail(self):
        order = self.quote(project_id=self.site.id)
        request = self.send(order)
        [mail] = self.dispatch(request)
        self.assertEqual(mail["email_to"], ["anne@accord.example"])
        self.assertIn(order.name, mail["subject"])
        body = mail["body"]
        signatory = request.signatory_ids
        for text in (
            "Seller",
            "Bâti Test SARL",
            "Chantier des Tilleuls",
            f"/my/sign/{signatory.id}/{signatory.access_token}",
            "Read and sign",
        ):
            self.assertIn(text, body)
        text = " ".join(html2plaintext(body).split())
        self.assertIn(f"Amount: *{order.amount_total:.2f}", text.replace(",", "."))
        # one button, and nobody else's link
        self.assertEqual(body.count("/my/sign/"), 1)

    def test_colleagues_do_not_see_the_link(self):
        request = self.send()
        self.dispatch(request)
        token = request.signatory_ids.access_token
        exchange = self.exchanges(request)
        self.assertEqual(exchange.state, "done")
        self.assertIn(token, exchange.mail_mail_id.body_html)
        self.assertNotIn(token, exchange.mail_message_id.body)

    def test_new_attempt_has_the_link(self):
        request = self.send()
        exchange = self.exchanges(request)
        exchange._mark_failed("refused", "no")
        with self.mock_mail_gateway():
            exchange.action_retry()
            [mail] = self._mails
        self.assertIn(request.signatory_ids.access_token, mail["body"])

    def test_no_mail_of_a_closed_request(self):
        request = self.send()
        request.with_user(self.seller).action_cancel()
        [mail] = self.dispatch(request)
        self.assertIn("no longer to be signed", mail["subject"])
        self.assertEqual(
            self.exchanges(request).mapped(
                lambda row: (row.demat_sign_kind, row.state)
            )[0],
            ("invitation", "failed"),
        )

    def test_parallel(self):
        request = self.send(people=[("Bob", "bob@accord.example")])
        self.assertEqual(request.signatory_ids.mapped("state"), ["invited"] * 2)
        self.assertEqual(len(self.exchanges(request)), 2)
        self.assertEqual(
            request.signatory_ids.mapped("field_name"), ["Signatory1", "Signatory2"]
        )
        self.assertEqual(len(set(request.signatory_ids.mapped("access_token"))), 2)

    def test_one_after_the_other(self):
        request = self.send(people=[("Bob", "bob@accord.example")], in_order=True)
        first, second = request.signatory_ids
        self.assertEqual((first.state, second.state), ("invited", "waiting"))
        with self.assertRaisesRegex(UserError, "signs before you"):
            request._check_current(second)
        self.mark_signed(first)
        request._invite_next()
        self.assertEqual(second.state, "invited")
        request._check_current(second)
        self.assertEqual(self.exchanges(request)[-1].recipients, "bob@accord.example")

    def test_no_consent(self):
        stranger = self.env["res.partner"].create(
            {"name": "Sans Accord", "email": "non@accord.example"}
        )
        order = self.quote(partner_id=stranger.id)
        wizard = self.wizard(order)
        self.assertTrue(wizard.needs_consent)
        with self.assertRaisesRegex(UserError, "has not accepted electronic quotes"):
            wizard.action_send()
        self.assertFalse(order.demat_sign_request_ids.filtered("document_id"))
        wizard.write({"consent_given": True, "consent_means": "telephone"})
        wizard.action_send()
        self.assertEqual(order.demat_sign_state, "sent")
        row = self.env["demat.consent"].search([("partner_id", "=", stranger.id)])
        self.assertEqual((row.kind, row.means), ("quote", "telephone"))
        self.assertEqual(row.recorded_by_id, self.seller)

    def test_expiry_is_the_validity(self):
        today = fields.Date.context_today(self.env.user)
        order = self.quote(validity_date=today + timedelta(days=3))
        self.assertEqual(self.wizard(order).expires_on, order.validity_date)
        self.company.demat_sign_expiry_days = 2
        self.assertEqual(self.wizard(order).expires_on, today + timedelta(days=2))

    def test_last_day_counts_whole(self):
        self.company.partner_id.tz = "Europe/Paris"
        order = self.quote(validity_date="2027-01-31")
        request = self.send(order, expires_on="2027-01-10")
        self.assertEqual(str(request.expires_on), "2027-01-10 22:59:59")

    def in_words(self, day):
        """A day as the customer reads it."""
        return format_date(self.env, day, lang_code=self.customer.lang)

    def test_last_day_is_printed_as_it_was_computed(self):
        """In the time zone of the company, whoever writes or reads."""
        self.company.partner_id.tz = "America/Los_Angeles"
        order = self.quote(validity_date="2027-01-31")
        request = self.send(order, expires_on="2027-01-10")
        self.assertEqual(str(request.expires_on), "2027-01-11 07:59:59")
        day = self.in_words("2027-01-10")
        for zone in ("Europe/Paris", "Pacific/Auckland", False):
            with self.subTest(zone=zone):
                there = request.with_context(tz=zone)
                self.assertEqual(there._until_words(), day)
                self.assertIn(day, str(there._signature_page_facts()))
                notice = order.with_context(tz=zone)
                notice.invalidate_recordset()
                self.assertIn(day, notice.demat_sign_notice)
        self.assertIn(day, str(order.message_ids.mapped("body")))
        request._remind()
        invitation, reminder = self.dispatch(request)
        self.assertIn(day, invitation["body"])
        self.assertIn(day, reminder["body"])
        self.assertIn(day, reminder["subject"])
        later = self.quote(validity_date="2027-01-31")
        wizard = self.wizard(later, expires_on="2027-01-10")
        wizard.action_preview()
        self.assertIn(day, wizard.preview)

    def test_last_day_where_the_company_has_no_zone(self):
        self.company.partner_id.tz = False
        self.seller.tz = "America/Los_Angeles"
        order = self.quote(validity_date="2027-01-31")
        request = self.send(order, expires_on="2027-01-10")
        self.assertEqual(str(request.expires_on), "2027-01-10 22:59:59")
        self.assertEqual(
            request.with_context(tz="Pacific/Auckland")._until_words(),
            self.in_words("2027-01-10"),
        )

    def test_day_over(self):
        wizard = self.wizard(self.quote(), expires_on="2020-01-01")
        with self.assertRaisesRegex(UserError, "must be a day to come"):
            wizard.action_send()

    def test_what_cannot_be_sent(self):
        order = self.quote()
        self.send(order)
        with self.assertRaisesRegex(UserError, "waits for signatures already"):
            order.with_user(self.seller).action_demat_sign()
        empty = self.quote(order_line=[])
        with self.assertRaisesRegex(UserError, "no line"):
            empty.with_user(self.seller).action_demat_sign()
        confirmed = self.quote()
        confirmed.action_confirm()
        with self.assertRaisesRegex(UserError, "only a quote is signed"):
            confirmed.with_user(self.seller).action_demat_sign()
        late = self.quote(validity_date="2020-01-01")
        with self.assertRaisesRegex(UserError, "validity is over"):
            late.with_user(self.seller).action_demat_sign()

    def test_wrong_address(self):
        for email, words in (
            ("nobody", "“nobody” is not an e-mail address"),
            ("", "one e-mail address of his own"),
            ("a@b.example, c@d.example", "one e-mail address of his own"),
            ("client@accord.example", "stands twice"),
        ):
            wizard = self.wizard(self.quote(), people=[("Bob", email)])
            with self.subTest(email=email), self.assertRaisesRegex(UserError, words):
                wizard.action_send()

    def test_preview_keeps_nothing(self):
        order = self.quote()
        before = self.env["demat.sign.request"].sudo().search_count([])
        wizard = self.wizard(order)
        wizard.action_preview()
        self.assertIn(order.name, wizard.preview_subject)
        self.assertIn("Read and sign", wizard.preview)
        self.assertNotIn("/my/sign/", wizard.preview)
        self.assertEqual(self.env["demat.sign.request"].sudo().search_count([]), before)
        self.assertEqual(self.exchanges_of(order), 0)

    def exchanges_of(self, order):
        return (
            self.env["demat.exchange"]
            .sudo()
            .search_count([("res_name", "=", order.name)])
        )

    def test_code_threshold(self):
        order = self.quote()
        company = self.company
        company.demat_sign_code = "always"
        self.assertTrue(self.wizard(order).require_code)
        company.write(
            {
                "demat_sign_code": "threshold",
                "demat_sign_code_threshold": order.amount_total,
            }
        )
        self.assertTrue(self.wizard(order).require_code)
        company.demat_sign_code_threshold = order.amount_total + 0.01
        self.assertFalse(self.wizard(order).require_code)
        company.demat_sign_code_threshold = 0
        self.assertTrue(self.wizard(order).require_code)

    def test_on_device(self):
        stranger = self.env["res.partner"].create({"name": "Sur Place"})
        order = self.quote(partner_id=stranger.id)
        action = self.wizard(order).action_sign_here()
        request = order.sudo().demat_sign_request_ids
        signatory = request.signatory_ids
        self.assertFalse(self.exchanges(request))
        self.assertEqual(self.event_types(request)[-1], "on_site")
        token = action["url"].split("/")[-1]
        self.assertNotEqual(token, signatory.access_token)
        found = signatory._find_by_token(signatory.id, token)
        self.assertEqual(found, signatory)
        signatory.device_expires_at = fields.Datetime.now() - timedelta(seconds=1)
        self.assertFalse(signatory._find_by_token(signatory.id, token))

    def test_forged_origin(self):
        """The evidence names where an address comes from: the server finds it out."""
        forged = {
            "email_origin": "from the notary",
            "resolved_email": "thief@evil.example",
            "resolved_origin": "from the notary",
        }
        wizard = self.wizard(self.quote(project_id=self.site.id))
        line = wizard.signatory_ids
        self.assertIn("Chantier des Tilleuls", line.email_origin)
        known = {name: forged[name] for name in forged if name in line._fields}
        line.write({"email": "thief@evil.example", **known})
        line.flush_recordset()
        wizard.action_send()
        [signatory] = wizard.order_id.sudo().demat_sign_request_ids.signatory_ids
        self.assertEqual(signatory.email, "thief@evil.example")
        self.assertEqual(signatory.email_origin, "typed here")

    def test_terms_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        terms = self.env["demat.sign.terms"].create(
            {"body": "<p>Theirs</p>", "company_id": other.id}
        )
        wizard = self.wizard(self.quote())
        wizard.sudo().terms_id = terms
        with self.assertRaisesRegex(UserError, "are not those of Bâti Test SARL"):
            wizard.action_send()
        self.assertFalse(wizard.order_id.sudo().demat_sign_request_ids)
        terms.company_id = self.company
        wizard.action_send()
        [request] = wizard.order_id.sudo().demat_sign_request_ids
        self.assertEqual(request.terms_id, terms)

    def test_device_waits_for_his_turn(self):
        request = self.send(people=[("Bob", "bob@accord.example")], in_order=True)
        with self.assertRaisesRegex(UserError, "signs before you"):
            request.signatory_ids[1].with_user(self.seller).action_sign_on_device()

    def test_blockers(self):
        order = self.quote()
        request = self.send(order)
        blocked = ["an approval is missing."]
        self.patch(
            type(self.env["sale.order"]), "_demat_sign_blockers", lambda self: blocked
        )
        with self.assertRaisesRegex(UserError, "has not released this quote yet"):
            request._check_current(request.signatory_ids)
        with self.assertRaisesRegex(UserError, "an approval is missing"):
            self.quote().with_user(self.seller).action_demat_sign()

    def test_sealed(self):
        """Sealed by the company, with an empty field per signatory; still PDF/A-3."""
        self.seal()
        request = self.send(people=[("Bob", "bob@accord.example")])
        document = request.document_id
        self.assertTrue(document.seal_level)
        self.assertNotEqual(document.seal_level, "none")
        self.assertEqual(
            signed_fields(document.attachment_id.raw),
            {"Seal": True, "Signatory1": False, "Signatory2": False},
        )

    def test_seal_that_cannot_be_used(self):
        self.seal()
        with freeze_time(fields.Datetime.now() + timedelta(days=400)):
            wizard = self.wizard(self.quote())
            with self.assertRaisesRegex(UserError, "Check the seal of the company"):
                wizard.action_send()
