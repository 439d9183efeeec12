# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Whose papers an accountant reads: those of the customers who let him."""

    _inherit = "res.users"

    @api.private
    def _demat_portal_granted_ids(self):
        # EXTENDS demat_portal
        granted = super()._demat_portal_granted_ids()
        accesses = self.env["demat.portal.access"].sudo()
        mine = accesses._in_force_domain() & Domain(
            "accountant_id", "=", self.sudo().partner_id.id
        )
        return list({*granted, *accesses.search(mine).partner_id.ids})
