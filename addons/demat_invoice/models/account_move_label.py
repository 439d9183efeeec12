# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountMove(models.Model):
    """A label changes nothing that the document shows: a locked invoice takes it."""

    _name = "account.move"
    _inherit = ["account.move", "demat.label.mixin"]

    def _demat_label_kind(self):
        # IMPLEMENTS demat_base
        if self.move_type in ("out_invoice", "out_receipt"):
            return "invoice"
        return "credit_note" if self.move_type == "out_refund" else False


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "demat.label.mixin"]

    def _demat_label_kind(self):
        # IMPLEMENTS demat_base
        return "quote"
