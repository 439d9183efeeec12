# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    demat_portal_granted = fields.Boolean(
        string="Read by the user, by a granted access",
        compute="_compute_demat_portal_granted",
        search="_search_demat_portal_granted",
        compute_sudo=False,
        help="True for the companies whose papers the user reads as their accountant.",
    )

    @api.depends_context("uid")
    def _compute_demat_portal_granted(self):
        granted = set(self.env.user._demat_portal_granted_ids())
        for partner in self:
            partner.demat_portal_granted = partner.id in granted

    def _search_demat_portal_granted(self, operator, value):
        """The record rules search by this field: the host keeps the domain of a rule in
        its cache, and the answer to this one is looked up at each reading."""
        if operator != "in":
            return NotImplemented
        found = Domain("id", "in", self.env.user._demat_portal_granted_ids())
        if set(value) == {True}:
            return found
        return ~found if set(value) == {False} else Domain(bool(value))
