# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .demat_portal_access import GRANTED


class ResUsers(models.Model):
    """Whose papers an accountant reads: those of the customers who let him."""

    _inherit = "res.users"

    @api.private
    def _demat_portal_granted(self):
        # EXTENDS demat_portal; a list asks for each of its lines: what was found holds
        # for the transaction, unless an access is written in it
        known = self.env.cr.cache.setdefault(GRANTED, {})
        key = self.id, fields.Date.today()
        if key not in known:
            known[key] = self._demat_portal_find_granted()
        return {**super()._demat_portal_granted(), **known[key]}

    def _demat_portal_find_granted(self):
        """Return what accesses in force let this user read, see above.

        A company lets somebody read its own papers only, and those of its branches.
        """
        granted = {}
        accesses = self.env["demat.portal.access"].sudo()
        mine = accesses._in_force_domain() & Domain(
            "accountant_id", "=", self.sudo().partner_id.id
        )
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        for access in accesses.search(mine):
            branches = companies.search([("id", "child_of", access.company_id.id)])
            granted.setdefault(access.partner_id.id, set()).update(branches.ids)
        return granted
