# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_print import PrintCase


@tagged("post_install", "-at_install")
class TestResend(PrintCase):
    """A copy of what was sent: what goes into it; the mail itself: see root tests."""

    def setUp(self):
        super().setUp()
        self.move = self._invoice()
        self._send(self.move)
        self._first()._mark_sending()
        self._first()._mark_done(external_id="<first@demat>")

    def _mails(self, move=None):
        return (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "account.move"),
                    ("res_id", "=", (move or self.move).id),
                    ("channel", "=", "mail"),
                ],
                order="id",
            )
        )

    def _first(self):
        return self._mails()[0]

    def _wizard(self, moves, user=None):
        return (
            self.env["demat.resend.wizard"]
            .with_user(user or self.clerk)
            .with_context(active_ids=moves.ids)
        )

    def _values(self, exchange):
        """What would be mailed."""
        document = self.move.sudo()
        return document._demat_mail_values(exchange)

    def test_a_copy_is_counted_and_the_first_date_stays(self):
        sent = self.move.demat_sent_date
        with Form(self._wizard(self.move)) as form:
            self.assertEqual(
                form.line_ids._records[0]["recipients"], self.customer.email
            )
        wizard = form.record
        answer = wizard.action_resend()
        self.assertIn(self.customer.email, answer["params"]["message"])
        self.env.invalidate_all()
        copy = self._mails()[1]
        self.assertTrue(copy.is_copy and copy.state == "pending")
        self.assertEqual(copy.document_id, self.move.demat_document_id)
        self.assertNotEqual(copy.idempotency_key, self._first().idempotency_key)
        self.assertEqual(copy.user_id, self.clerk)
        self.assertEqual(self.move.demat_copy_count, 1)
        self.assertEqual(self.move.demat_sent_date, sent)
        self.assertEqual(
            (self.move.demat_state, self.move.demat_delivery), ("sent", "delivered")
        )
        [change] = self._changes(self.move, "resend")
        self.assertEqual(change.user_id, self.clerk)
        self.assertIn(self.customer.email, change.reason)
        values = self._values(copy)
        [attachment] = self.env["ir.attachment"].sudo().browse(values["attachment_ids"])
        self.assertEqual(attachment.raw, self.move.demat_document_id._get_content())
        self.assertEqual(values["email_to"], self.customer.email)

    def test_to_another_address_without_the_file(self):
        with Form(self._wizard(self.move)) as form:
            form.address = "Compta <Compta@Ailleurs.example>; chef@ailleurs.example"
            form.attach_pdf = False
            self.assertIn(
                "chef@ailleurs.example", form.line_ids._records[0]["recipients"]
            )
        form.record.action_resend()
        copy = self._mails()[1]
        self.assertEqual(copy.copy_to, "compta@ailleurs.example, chef@ailleurs.example")
        values = self._values(copy)
        self.assertEqual(values["email_to"], copy.copy_to)
        self.assertFalse(values["attachment_ids"])
        self.assertIn("typed by hand", self._changes(self.move, "resend").reason)
        self.assertEqual(self.customer.email, "client@accord.example")

    def test_a_typed_address_is_checked(self):
        moves = self.move.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "personne"):
            moves._demat_resend("personne")
        with self.assertRaises(UserError):
            moves._demat_resend("a@b.example\nBcc: x")
        self.assertFalse(self.move.demat_copy_count)

    def test_what_cannot_be_sent_again_says_why(self):
        waiting, paper = self._invoice(), self._invoice(self.silent)
        self._send(paper)
        with self.assertRaises(UserError) as refusal:
            (waiting + paper).with_user(self.clerk)._demat_resend("x@y.example")
        words = str(refusal.exception)
        self.assertIn(f"{waiting.display_name}: Not sent yet", words)
        self.assertIn(f"{paper.display_name}: The customer has not accepted", words)
        with Form(self._wizard(waiting + paper + self.move)) as form:
            pass
        self.assertEqual((form.record.free_count, form.record.blocked_count), (1, 2))
        with Form(self._wizard(waiting)) as form:
            pass
        with self.assertRaisesRegex(UserError, "Not sent yet"):
            form.record.action_resend()

    def test_a_missing_address_can_be_typed(self):
        self.customer.email = False
        moves = self.move.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "No address to notify"):
            moves._demat_resend()
        moves._demat_resend("ailleurs@accord.example")
        self.assertEqual(self._mails()[1].recipients, "ailleurs@accord.example")

    def test_who_looked_before_a_colleague_sent_is_told(self):
        with Form(self._wizard(self.move)) as form:
            pass
        with Form(self._wizard(self.move, self.manager)) as other:
            pass
        other.record.action_resend()
        mail = self._mails()[1]
        with self.assertRaisesRegex(UserError, "on its way already|Manager has just"):
            form.record.action_resend()
        mail._mark_sending()
        mail._mark_done(external_id="<second@demat>")
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Manager has just sent a copy"):
            form.record.action_resend()
        self.assertEqual(self.move.demat_copy_count, 1)
        with Form(self._wizard(self.move)) as again:
            pass
        again.record.action_resend()
        self.assertEqual(self.move.demat_copy_count, 2)

    def test_a_copy_that_fails_can_be_tried_again_with_what_was_chosen(self):
        self.move.with_user(self.clerk)._demat_resend("ailleurs@accord.example")
        copy = self._mails()[1]
        copy._mark_sending()
        copy._mark_failed("mailbox_full", "The mailbox is full.")
        self.assertEqual(self.move.demat_delivery, "delivered")
        self.assertEqual(self._values(copy)["email_to"], "ailleurs@accord.example")

    def test_who_may(self):
        foreign = self._foreign_clerk()
        for call in (
            lambda: self.move.with_user(foreign).action_demat_resend(),
            lambda: self.move.with_user(foreign)._demat_resend(),
            lambda: self._wizard(self.move, foreign).create({}),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            self.move.with_user(self.clerk).write({"demat_copy_count": 3})
        # the lines of the window are no order: all is looked at again
        waiting = self._invoice()
        forged = self._wizard(self.move).create(
            {"line_ids": [(0, 0, {"move_id": waiting.id, "problem": False})]}
        )
        with self.assertRaisesRegex(UserError, "Not sent yet"):
            forged.action_resend()
