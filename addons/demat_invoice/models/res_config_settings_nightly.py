# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    demat_nightly = fields.Boolean(related="company_id.demat_nightly", readonly=False)
    demat_nightly_rhythm = fields.Selection(
        related="company_id.demat_nightly_rhythm", readonly=False
    )
    demat_nightly_hour = fields.Float(
        related="company_id.demat_nightly_hour", readonly=False
    )
    demat_nightly_days = fields.Integer(
        related="company_id.demat_nightly_days", readonly=False
    )
    demat_nightly_journal_ids = fields.Many2many(
        related="company_id.demat_nightly_journal_ids",
        readonly=False,
        domain="[('type', '=', 'sale'), ('company_id', '=', company_id)]",
    )
    demat_nightly_user_id = fields.Many2one(
        related="company_id.demat_nightly_user_id",
        readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    demat_nightly_last = fields.Date(related="company_id.demat_nightly_last")
    demat_nightly_error = fields.Char(related="company_id.demat_nightly_error")
    demat_nightly_zone = fields.Char(
        string="Time zone", compute="_compute_demat_nightly_zone"
    )

    def _compute_demat_nightly_zone(self):
        for settings in self:
            settings.demat_nightly_zone = settings.company_id._demat_nightly_zone()
