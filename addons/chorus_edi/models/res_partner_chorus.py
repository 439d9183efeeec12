# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    chorus_structure_id = fields.Many2one(
        "chorus.structure",
        string="Public entity",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        help="The entity of the directory of Chorus Pro that this customer is. His "
        "invoices leave through Chorus Pro.",
    )
    chorus_service_id = fields.Many2one(
        "chorus.service",
        string="Service",
        index="btree_not_null",
        domain="[('structure_id', '=', chorus_structure_id)]",
        ondelete="restrict",
        help="Of the entity: who treats the invoices to this address. It is proposed "
        "on orders and invoices.",
    )
    chorus_demands = fields.Char(
        string="What it demands", related="chorus_structure_id.demands"
    )

    @api.model
    def _commercial_fields(self):
        # EXTENDS base: contacts belong to the entity of their company
        return [*super()._commercial_fields(), "chorus_structure_id"]

    @api.onchange("chorus_structure_id")
    def _onchange_chorus_structure_id(self):
        if self.chorus_service_id.structure_id != self.chorus_structure_id:
            self.chorus_service_id = False

    def action_chorus_search(self):
        """Open the search of the directory for this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Search the directory of Chorus Pro"),
            "res_model": "chorus.search",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    def _chorus_become_public(self, structure):
        """Make the customer this public entity; his SIRET follows if he has none."""
        entity = self.commercial_partner_id
        values = {"chorus_structure_id": structure.id}
        if not entity.company_registry:
            values["company_registry"] = structure.siret
        entity.write(values)

    def _chorus_is_public(self):
        """Say whether invoices to this customer go through Chorus Pro."""
        self.ensure_one()
        return bool(self.commercial_partner_id.chorus_structure_id)

    def _chorus_default_service(self):
        """Return the service of this address, else that of its company."""
        self.ensure_one()
        return self.chorus_service_id or self.commercial_partner_id.chorus_service_id
