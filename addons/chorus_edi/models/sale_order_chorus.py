# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

#: Of the order -> of the invoice.
TRAVELLING = {
    "chorus_engagement": "purchase_order_reference",
    "chorus_market": "contract_reference",
}


class SaleOrder(models.Model):
    """Service, engagement and market number travel from the quote to the invoices,
    those of down payments included.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "chorus.document.mixin"]

    chorus_structure_id = fields.Many2one(
        related="partner_id.commercial_partner_id.chorus_structure_id"
    )
    chorus_service_id = fields.Many2one(
        help="The service that treats the invoices of this order."
    )
    chorus_engagement = fields.Char(
        string="Engagement number",
        copy=False,
        help="Number of the order of the public entity (engagement juridique).",
    )
    chorus_market = fields.Char(string="Market number")

    @api.depends("partner_invoice_id")
    def _compute_chorus_service_id(self):
        # EXTENDS the mixin
        return super()._compute_chorus_service_id()

    def _chorus_address(self):
        # EXTENDS the mixin
        return self.partner_invoice_id or super()._chorus_address()

    def _prepare_invoice(self):
        # EXTENDS sale
        values = super()._prepare_invoice()
        if self.chorus_structure_id:
            values["chorus_service_id"] = self.chorus_service_id.id
            for mine, theirs in TRAVELLING.items():
                # text also when empty: the host sorts the orders by it
                values[theirs] = self[mine] or ""
        return values

    def _get_invoice_grouping_keys(self):
        # EXTENDS sale: an invoice has one service, one engagement, one market
        return [
            *super()._get_invoice_grouping_keys(),
            "chorus_service_id",
            *TRAVELLING.values(),
        ]
