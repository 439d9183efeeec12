# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class DematPortalGrantedMixin(models.AbstractModel):
    """A paper of a customer, which his accountant reads by a granted access."""

    _name = "demat.portal.granted.mixin"
    _description = "Paper that a Granted Access Opens"

    demat_portal_granted = fields.Boolean(
        string="Read by the user, by a granted access",
        compute="_compute_demat_portal_granted",
        search="_search_demat_portal_granted",
        compute_sudo=False,
    )

    @api.model
    def _demat_portal_entity_field(self):
        """Return the name of the field with the commercial entity of the customer."""
        return "commercial_partner_id"

    @api.depends_context("uid")
    def _compute_demat_portal_granted(self):
        granted = self.env.user._demat_portal_granted()
        for paper in self:
            entity = paper.sudo().mapped(self._demat_portal_entity_field())
            companies = granted.get(entity.id, ())
            paper.demat_portal_granted = paper.sudo().company_id.id in companies

    def _search_demat_portal_granted(self, operator, value):
        """The record rules search by this field: the host keeps the domain of a rule in
        its cache, and the answer to this one is looked up at each reading."""
        if operator != "in":
            return NotImplemented
        found = self.env.user._demat_portal_granted_domain(
            self._demat_portal_entity_field(), "company_id"
        )
        if set(value) == {True}:
            return found
        return ~found if set(value) == {False} else Domain(bool(value))


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "demat.portal.granted.mixin"]


class GedDocument(models.Model):
    _name = "ged.document"
    _inherit = ["ged.document", "demat.portal.granted.mixin"]

    @api.model
    def _demat_portal_entity_field(self):
        # EXTENDS demat_portal
        return "partner_id.commercial_partner_id"
