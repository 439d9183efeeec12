# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Whose papers an accountant reads: those of the customers who let him."""

    _inherit = "res.users"

    @api.private
    def _demat_portal_granted(self):
        # EXTENDS demat_portal: a company lets somebody read its own papers only, and
        # those of its branches
        granted = super()._demat_portal_granted()
        accesses = self.env["demat.portal.access"].sudo()
        mine = accesses._in_force_domain() & Domain(
            "accountant_id", "=", self.sudo().partner_id.id
        )
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        for access in accesses.search(mine):
            branches = companies.search([("id", "child_of", access.company_id.id)])
            granted.setdefault(access.partner_id.id, set()).update(branches.ids)
        return granted
