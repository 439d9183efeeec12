# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestForgery(DematInvoiceCommon):
    """What a clerk with RPC could try against the state, the lock and the file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice()
        cls._force_state(cls.move, "sent")
        cls.draft = cls._invoice(post=False)

    def _sealed_file(self, move):
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "sealed.pdf",
                    "raw": b"%PDF sealed",
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        )

    def test_defaults_forge_no_state(self):
        moves = self.env["account.move"].with_user(self.clerk)
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        move = moves.with_context(
            default_demat_state="sent",
            default_is_dematerialised=True,
            default_demat_sent_uid=self.manager.id,
            default_demat_delivery="delivered",
        ).create(values)
        self.assertFalse(move.demat_state)
        self.assertFalse(move.is_dematerialised)
        self.assertFalse(move.demat_sent_uid)
        self.assertFalse(move.demat_delivery)
        self.env["ir.default"].with_user(self.clerk).set(
            "account.move", "demat_state", "sent", user_id=True
        )
        self.assertFalse(moves.create(values).demat_state)

    def test_no_line_comes_to_a_sent_invoice(self):
        lines = self.env["account.move.line"].with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "credit note"):
            lines.with_context(default_move_id=self.move.id).create(
                {"name": "more", "quantity": 1, "price_unit": 0}
            )
        with self.assertRaisesRegex(UserError, "credit note"):
            self.draft.line_ids.with_user(self.clerk).write({"move_id": self.move.id})

    def test_amounts_of_a_sent_invoice_are_fixed(self):
        for record, values in (
            (self.move, {"amount_total": 1.0}),
            (self.move, {"amount_untaxed": 1.0}),
            (self.move.invoice_line_ids, {"price_subtotal": 1.0}),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "credit note"),
            ):
                record.with_user(self.clerk).write(values)

    def test_the_sealed_file_is_not_replaced(self):
        file = self._sealed_file(self.move).with_user(self.clerk)
        other = self.env["ir.attachment"].with_user(self.clerk)
        place = {
            "res_model": "account.move",
            "res_id": self.move.id,
            "res_field": "invoice_pdf_report_file",
        }
        stray = other.create({"name": "other.pdf", "raw": b"%PDF other"})
        attempts = (
            lambda: file.write({"raw": b"%PDF forged"}),
            lambda: file.write({"datas": base64.b64encode(b"%PDF forged")}),
            lambda: file.write({"res_field": False}),
            lambda: file.write({"res_id": self.draft.id}),
            lambda: file.unlink(),
            lambda: other.create({"name": "x.pdf", "raw": b"%PDF x", **place}),
            lambda: stray.write(place),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(number=number), self.assertRaises(UserError):
                attempt()
        self.assertEqual(self.move.invoice_pdf_report_id.raw, b"%PDF sealed")

    def test_the_file_of_an_open_invoice_stays_free(self):
        file = self._sealed_file(self.draft).with_user(self.clerk)
        file.write({"raw": b"%PDF again"})
        file.unlink()
        self.assertFalse(self.draft.invoice_pdf_report_id)

    def test_the_preview_tells_nothing_of_invoices_one_may_not_read(self):
        """Related fields of a wizard are read in system mode unless told otherwise."""
        stranger = self._make_user("stranger", "demat_base.group_demat_user")
        wizard = (
            self.env["demat.send.wizard"]
            .with_user(self.clerk)
            .with_context(active_ids=self.move.ids)
            .create({})
        )
        line = (
            self.env["demat.send.wizard.line"]
            .with_user(stranger)
            .create({"wizard_id": wizard.id, "move_id": self.move.id})
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            line.read(["amount_total"])
