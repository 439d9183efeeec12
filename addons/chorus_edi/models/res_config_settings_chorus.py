# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    chorus_account_id = fields.Many2one(
        "chorus.account",
        string="Account at Chorus Pro",
        compute="_compute_chorus_account_id",
    )
    chorus_platform = fields.Selection(related="chorus_account_id.platform")
    chorus_mode = fields.Selection(related="chorus_account_id.mode")

    @api.depends("company_id")
    def _compute_chorus_account_id(self):
        accounts = self.env["chorus.account"].with_context(active_test=False)
        accounts = accounts.search([("company_id", "in", self.company_id.ids)])
        for settings in self:
            settings.chorus_account_id = accounts.filtered(
                lambda account, s=settings: account.company_id == s.company_id
            )

    def action_open_chorus_account(self):
        """Open the account of the company, or the form of a new one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account at Chorus Pro"),
            "res_model": "chorus.account",
            "view_mode": "form",
            "res_id": self.chorus_account_id.id,
            "context": {"default_company_id": self.company_id.id},
        }
