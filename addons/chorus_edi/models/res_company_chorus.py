# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    def _chorus_account(self):
        """Return the active account of this company, else that of the nearest company
        above it; empty without one. In system mode: its secrets stay on the server.
        """
        self.ensure_one()
        return self.env["chorus.account"].sudo().browse(self._chorus_account_id())

    @ormcache("self.id")
    def _chorus_account_id(self):
        """Return the id of that account, or an empty tuple; asked for each invoice."""
        above = [
            int(part) for part in (self.sudo().parent_path or "").split("/") if part
        ]
        accounts = self.env["chorus.account"].sudo()
        accounts = accounts.search([("company_id", "in", above)])
        by_company = {account.company_id.id: account.id for account in accounts}
        for company_id in reversed(above):
            if company_id in by_company:
                return by_company[company_id]
        return ()


class ChorusAccount(models.Model):
    _inherit = "chorus.account"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        self.env.registry.clear_cache()
        return accounts

    def write(self, vals):
        res = super().write(vals)
        if not {"active", "company_id"}.isdisjoint(vals):
            self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
