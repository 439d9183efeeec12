# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    demat_sign_online = fields.Boolean(
        related="company_id.demat_sign_online", readonly=False
    )
    demat_sign_expiry_days = fields.Integer(
        related="company_id.demat_sign_expiry_days", readonly=False
    )
    demat_sign_reminder_days = fields.Integer(
        related="company_id.demat_sign_reminder_days", readonly=False
    )
    demat_sign_code = fields.Selection(
        related="company_id.demat_sign_code", readonly=False, required=True
    )
    demat_sign_code_threshold = fields.Monetary(
        related="company_id.demat_sign_code_threshold",
        readonly=False,
        currency_field="currency_id",
    )
    demat_sign_code_sms = fields.Boolean(
        related="company_id.demat_sign_code_sms", readonly=False
    )
    demat_sign_sms_installed = fields.Boolean(
        compute="_compute_demat_sign_sms_installed"
    )
    demat_sign_bon_pour_accord = fields.Boolean(
        related="company_id.demat_sign_bon_pour_accord", readonly=False
    )
    demat_sign_terms_id = fields.Many2one(
        related="company_id.demat_sign_terms_id", readonly=False
    )

    def _compute_demat_sign_sms_installed(self):
        self.demat_sign_sms_installed = "sms.sms" in self.env
