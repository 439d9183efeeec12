# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ChorusDocumentMixin(models.AbstractModel):
    """What an order and an invoice know of the public entity they are for.

    A document has ``partner_id``; it says by ``chorus_structure_id`` (related) which
    entity that is.
    """

    _name = "chorus.document.mixin"
    _description = "Document to a public entity"

    chorus_structure_id = fields.Many2one("chorus.structure", string="Public entity")
    chorus_demands = fields.Char(
        string="What it demands", related="chorus_structure_id.demands"
    )
    chorus_service_id = fields.Many2one(
        "chorus.service",
        string="Service",
        compute="_compute_chorus_service_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('structure_id', '=', chorus_structure_id)]",
        help="The service that treats the invoice. Its code goes to Chorus Pro.",
    )

    @api.depends("partner_id")
    def _compute_chorus_service_id(self):
        for document in self:
            entity = document._chorus_entity()
            service = document.chorus_service_id
            if service and service.structure_id == entity:
                document.chorus_service_id = service
                continue
            if service:
                document._chorus_forget_service(service)
            address = document._chorus_address()
            document.chorus_service_id = (
                address._chorus_default_service() if entity else False
            )

    def _chorus_entity(self):
        """Return the public entity of the customer, or an empty record."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id.chorus_structure_id

    def _chorus_address(self):
        """Return the partner whose service is proposed."""
        self.ensure_one()
        return self.partner_id

    def _chorus_forget_service(self, service):
        """A service of the customer before goes: TO EXTEND by what was filled by it."""
