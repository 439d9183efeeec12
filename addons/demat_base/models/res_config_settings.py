# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    demat_consent_wording = fields.Text(
        related="company_id.demat_consent_wording", readonly=False
    )
    demat_consent_wording_version = fields.Integer(
        related="company_id.demat_consent_wording_version"
    )
    demat_standard_wording = fields.Text(
        string="Standard Wording", compute="_compute_demat_standard_wording"
    )
    demat_portal_url = fields.Char(
        related="company_id.demat_portal_url", readonly=False
    )
    demat_mail_layout = fields.Selection(
        related="company_id.demat_mail_layout", readonly=False, required=True
    )
    demat_attach_pdf = fields.Boolean(
        related="company_id.demat_attach_pdf", readonly=False
    )

    @api.depends("company_id", "demat_consent_wording")
    def _compute_demat_standard_wording(self):
        for settings in self:
            settings.demat_standard_wording = settings.company_id._demat_get_wording()[
                0
            ]
