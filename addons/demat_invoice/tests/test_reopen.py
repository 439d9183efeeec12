# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestReopen(DematInvoiceCommon):
    def test_second_version_names_the_first(self):
        move = self._invoice()
        self._send(move)
        first = move.demat_document_id
        first_content = first._get_content()
        move.with_user(self.manager)._demat_reopen("Wrong delivery address")
        self.assertEqual(move.demat_state, "waiting")
        self.assertFalse(move.is_dematerialised)
        self.assertIn("reopened", first.event_ids.mapped("event_type"))
        self.assertFalse(first.portal_visible)
        move.with_user(self.manager).button_draft()
        move.narration = "Corrected"
        move.action_post()
        self._send(move)
        second = move.demat_document_id
        self.assertEqual((second.version, second.predecessor_id), (2, first))
        self.assertEqual(first._get_content(), first_content)
        self.assertNotEqual(second._get_content(), first_content)
        self.assertEqual(move.invoice_pdf_report_id.raw, second._get_content())
        reasons = move.demat_state_change_ids.filtered(
            lambda row: row.treatment == "reopen"
        )
        self.assertEqual(reasons.reason, "Wrong delivery address")

    def test_nobody_is_told_again_about_the_reopened_version(self):
        move = self._invoice()
        self._send(move)
        rows = self.env["demat.exchange"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        mail = rows.filtered(lambda row: row.channel == "mail")
        mail._mark_sending()
        mail._mark_unknown("The connection broke")
        move.with_user(self.manager)._demat_reopen("Wrong delivery address")
        self.assertEqual(mail.state, "cancelled")
        self.assertFalse(move.invoice_pdf_report_id)
        late = self.env["demat.exchange"]._create_pending(
            [
                {
                    "res_model": "account.move",
                    "res_id": move.id,
                    "company_id": move.company_id.id,
                    "channel": "mail",
                    "document_id": move.demat_document_id.id,
                    "idempotency_key": "mail that comes back late",
                }
            ]
        )
        late._mark_failed("bounced", "The mail came back")
        with self.assertRaisesRegex(UserError, "reopened"):
            late.with_user(self.clerk).action_retry()
        self._send(move)
        with self.assertRaisesRegex(UserError, "reopened"):
            late.with_user(self.clerk).action_retry()
        self.assertEqual(move.demat_document_id.version, 2)

    def test_only_the_administrator_and_only_with_a_reason(self):
        move = self._invoice()
        self._force_state(move, "sent")
        with self.assertRaises(AccessError):
            move.with_user(self.clerk)._demat_reopen("Because")
        with self.assertRaises(AccessError):
            move.with_user(self.clerk).action_demat_reopen()
        with self.assertRaises(UserError):
            move.with_user(self.manager)._demat_reopen("  ")

    def test_only_what_was_sent(self):
        with self.assertRaises(UserError):
            self._invoice().with_user(self.manager)._demat_reopen("Because")

    def test_wizard(self):
        move = self._invoice()
        self._force_state(move, "sent")
        action = move.with_user(self.manager).action_demat_reopen()
        self.env[action["res_model"]].with_user(self.manager).with_context(
            **action["context"]
        ).create({"reason": "Typing error"}).action_reopen()
        self.assertEqual(move.demat_state, "waiting")

    def test_clerk_has_no_access_to_the_wizard(self):
        with self.assertRaises(AccessError):
            self.env["demat.reopen.wizard"].with_user(self.clerk).create(
                {"move_id": self._invoice().id, "reason": "x"}
            )

    def test_reopened_invoice_is_still_not_deletable(self):
        move = self._invoice()
        self._send(move)
        move.with_user(self.manager)._demat_reopen("Because")
        move.button_draft()
        with self.assertRaises(UserError):
            move.unlink()

    def test_pending_notification_of_the_old_version_is_cancelled(self):
        move = self._invoice()
        self._send(move)
        move.with_user(self.manager)._demat_reopen("Because")
        mail = self.env["demat.exchange"].search(
            [("res_id", "=", move.id), ("channel", "=", "mail")]
        )
        self.assertEqual(mail.state, "cancelled")
