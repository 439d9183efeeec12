# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestLock(DematInvoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(project_id=cls.site.id)
        cls._force_state(cls.move, "sent")

    def test_what_the_document_shows_is_fixed(self):
        line = self.move.invoice_line_ids
        for record, values in (
            (self.move, {"invoice_date_due": "2027-01-01"}),
            (self.move, {"ref": "other"}),
            (self.move, {"narration": "other"}),
            (self.move, {"payment_reference": "other"}),
            (self.move, {"partner_bank_id": False}),
            (self.move, {"project_id": False}),
            (self.move, {"state": "draft"}),
            (self.move, {"state": "cancel"}),
            (self.move, {"name": "FAC/1"}),
            (self.move, {"invoice_line_ids": [Command.create({"name": "more"})]}),
            (line, {"name": "other"}),
            (line, {"price_unit": 1}),
            (line, {"tax_ids": [Command.clear()]}),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                record.with_user(self.manager).write(values)

    def test_writing_what_stands_there_is_no_change(self):
        self.move.with_user(self.clerk).write(
            {"ref": self.move.ref, "invoice_date_due": self.move.invoice_date_due}
        )

    def test_what_is_not_on_the_document_stays_free(self):
        self.move.with_user(self.clerk).message_post(body="A note")
        self.move.with_user(self.manager).write({"checked": True})

    def test_no_reset_no_cancel_no_deletion(self):
        move = self.move.with_user(self.manager)
        for act in (move.button_draft, move.button_cancel, move.unlink):
            with self.subTest(act=act.__name__), self.assertRaises(UserError):
                act()
        self.assertFalse(move.show_reset_to_draft_button)
        with self.assertRaises(UserError):
            move.invoice_line_ids.unlink()

    def test_refusal_names_the_invoice_and_the_way_out(self):
        with self.assertRaisesRegex(UserError, "credit note") as caught:
            self.move.with_user(self.clerk).write({"ref": "x"})
        self.assertIn(self.move.name, str(caught.exception))

    def test_being_sent_is_locked_too(self):
        move = self._invoice()
        self._force_state(move, "sending")
        with self.assertRaises(UserError):
            move.write({"ref": "x"})

    def test_waiting_is_not_locked(self):
        move = self._invoice()
        move.with_user(self.clerk).write({"payment_reference": "other"})
        self.assertEqual(move.payment_reference, "other")

    def test_payment_of_a_sent_invoice(self):
        """The lock is on the document, not on what happens to the debt."""
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        ).create({}).action_create_payments()
        self.assertIn(self.move.payment_state, ("paid", "in_payment"))

    def test_credit_note_of_a_sent_invoice(self):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"journal_id": self.move.journal_id.id})
        )
        wizard.refund_moves()
        self.assertTrue(self.move.reversal_move_ids)
        self.assertFalse(self.move.reversal_move_ids.demat_state)
