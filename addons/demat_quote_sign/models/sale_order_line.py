# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from .demat_sign_guard import is_settling, open_note

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
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        with orders._demat_sign_writing(self) as (model, note):
            lines = super(SaleOrderLine, model).create(vals_list)
            note.order_ids.update(lines.order_id.ids)
            note.new_ids.update(lines.ids)
        return lines.with_env(self.env)

    def write(self, vals):
        # EXTENDS sale: a line may also move to another quote
        if is_settling(self.env):
            # its quote is looked at when all is put right
            return super().write(vals)
        orders = self.order_id
        if not VARIANT_FIELDS & vals.keys():
            result = super().write(vals)
            orders._demat_sign_recheck()
            return result
        orders |= orders.browse(vals.get("order_id"))
        # 0, as one of many commands, says no more than which one it is not
        given = "product_uom_qty" in vals and (
            vals["product_uom_qty"] or not open_note(self.env)
        )
        with orders._demat_sign_writing(self) as (lines, note):
            result = super(SaleOrderLine, lines).write(vals)
            if given:
                note.given.append(set(self.ids))
        return result

    def unlink(self):
        # EXTENDS sale
        with self.order_id._demat_sign_writing(self) as (lines, _note):
            return super(SaleOrderLine, lines).unlink()
