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

    _inherit = "sale.order"

    chorus_structure_id = fields.Many2one(
        related="partner_id.commercial_partner_id.chorus_structure_id",
        string="Public entity",
    )
    chorus_demands = fields.Char(
        string="What it demands", related="chorus_structure_id.demands"
    )
    chorus_service_id = fields.Many2one(
        "chorus.service",
        string="Service",
        compute="_compute_chorus_service_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('structure_id', '=', chorus_structure_id)]",
        help="The service that treats the invoices of this order.",
    )
    chorus_engagement = fields.Char(
        string="Engagement number",
        copy=False,
        help="Number of the order of the public entity (engagement juridique).",
    )
    chorus_market = fields.Char(string="Market number")

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_chorus_service_id(self):
        for order in self:
            entity = order.partner_id.commercial_partner_id.chorus_structure_id
            service = order.chorus_service_id
            if not entity:
                order.chorus_service_id = False
            elif not service or service.structure_id != entity:
                address = order.partner_invoice_id or order.partner_id
                order.chorus_service_id = address._chorus_default_service()
            else:
                order.chorus_service_id = service

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
