# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .demat_sign_guard import is_settling

#: Fields that decide which variant is taken, and where a choice begins and ends.
VARIANT_FIELDS = {
    "demat_sign_offered_qty",
    "demat_sign_variant",
    "display_type",
    "order_id",
    "product_uom_qty",
    "sequence",
}


class SaleOrderLine(models.Model):
    """A line that changes makes the request for signature of its quote void; of
    variants one is taken, whatever is written."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS sale
        lines = super().create(vals_list)
        lines.order_id._demat_sign_settle_variants(new=lines)
        lines.order_id._demat_sign_recheck()
        return lines

    def write(self, vals):
        # EXTENDS sale: a line may also move to another quote
        orders = self.order_id
        result = super().write(vals)
        orders |= self.order_id
        if VARIANT_FIELDS & vals.keys() and not is_settling(self.env):
            given = self if "product_uom_qty" in vals else self.browse()
            orders._demat_sign_settle_variants(prefer=given)
        orders._demat_sign_recheck()
        return result

    def unlink(self):
        # EXTENDS sale
        orders = self.order_id
        result = super().unlink()
        orders._demat_sign_settle_variants()
        orders._demat_sign_recheck()
        return result
