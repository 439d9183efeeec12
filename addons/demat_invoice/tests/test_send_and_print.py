# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestSendAndPrint(DematInvoiceCommon):
    """The host's wizard keeps working, and makes no second file."""

    def _host_send(self, move, methods=("manual",)):
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        return sender._generate_and_send_invoices(move, sending_methods=set(methods))

    def _host_job(self, moves):
        """What the host's scheduled action does with a large selection."""
        moves.sending_data = {
            "author_user_id": self.clerk.id,
            "author_partner_id": self.clerk.partner_id.id,
            "sending_methods": ["email"],
        }
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        sender._generate_and_send_invoices(moves, from_cron=True)

    def test_a_sent_invoice_goes_out_again_as_the_same_file(self):
        move = self._invoice()
        self._send(move)
        before = move.invoice_pdf_report_id
        attachments = self._host_send(move, ["email"])
        self.assertEqual(move.invoice_pdf_report_id, before)
        self.assertEqual(attachments.raw, move.demat_document_id._get_content())

    def test_what_leaves_through_the_host_is_sealed_and_sent(self):
        move = self._invoice()
        self._host_send(move, ["email"])
        self.assertEqual(move.demat_state, "sent")
        self.assertEqual(
            move.invoice_pdf_report_id.raw, move.demat_document_id._get_content()
        )
        self.assertEqual(move.demat_document_id.seal_level, "B-B")

    def test_our_method_announces_through_the_exchange(self):
        move = self._invoice()
        self._host_send(move, ["demat"])
        channels = self.env["demat.exchange"].search([("res_id", "=", move.id)])
        self.assertEqual(set(channels.mapped("channel")), {"ged", "mail"})

    def test_kept_internal_does_not_leave(self):
        move = self._invoice().with_user(self.clerk)
        move.action_demat_keep_internal()
        with self.assertRaisesRegex(UserError, "kept internal"):
            self._host_send(move, ["email"])

    def test_a_seal_that_fails_stops_the_host_too(self):
        self.company.ged_seal_profile_id = False
        move = self._invoice()
        with self.assertRaisesRegex(UserError, "no seal"):
            self._host_send(move, ["email"])
        self.assertEqual(move.demat_state, "waiting")

    def test_what_the_document_lacks_stops_the_host_too(self):
        move = self._invoice()
        move.partner_bank_id = False
        with self.assertRaisesRegex(UserError, "bank account"):
            self._host_send(move, ["email"])
        self.assertEqual(move.demat_state, "waiting")

    def test_a_bad_invoice_of_a_batch_stops_only_itself(self):
        good, bad = self._invoice(), self._invoice()
        bad.partner_bank_id = False
        self._host_job(good + bad)
        self.assertEqual((good + bad).mapped("demat_state"), ["sent", "waiting"])
        self.assertIn("bank account", bad.message_ids[0].body)

    def test_one_that_another_worker_holds_stops_only_itself(self):
        free, held = self._invoice(), self._invoice()
        lock = type(free)._demat_lock

        def all_but_held(moves):
            return lock(moves - held)

        with patch.object(type(free), "_demat_lock", all_but_held):
            self._host_job(free + held)
        self.assertEqual((free + held).mapped("demat_state"), ["sent", "waiting"])
        self.assertTrue(held.sending_data, "the job has to come back to it")

    def test_invoices_outside_the_process_are_the_hosts_business(self):
        self.company.demat_invoicing = False
        move = self._invoice()
        self._host_send(move, ["email"])
        self.assertTrue(move.invoice_pdf_report_id)
        self.assertFalse(move.demat_document_id)

    def test_method_is_offered_where_it_applies(self):
        sender = self.env["account.move.send"]
        move = self._invoice()
        self.assertTrue(sender._is_applicable_to_move("demat", move))
        self.assertTrue(sender._is_applicable_to_company("demat", self.company))
        self.company.demat_invoicing = False
        self.assertFalse(sender._is_applicable_to_company("demat", self.company))
