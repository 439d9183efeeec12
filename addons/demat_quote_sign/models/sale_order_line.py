# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class SaleOrderLine(models.Model):
    """A line that changes makes the request for signature of its quote void."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS sale
        lines = super().create(vals_list)
        lines.order_id._demat_sign_recheck()
        return lines

    def write(self, vals):
        # EXTENDS sale: a line may also move to another quote
        orders = self.order_id
        result = super().write(vals)
        (orders | self.order_id)._demat_sign_recheck()
        return result

    def unlink(self):
        # EXTENDS sale
        orders = self.order_id
        result = super().unlink()
        orders._demat_sign_recheck()
        return result
