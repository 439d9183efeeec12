# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    demat_invoicing = fields.Boolean(
        related="company_id.demat_invoicing", readonly=False
    )
    demat_send_at_validation = fields.Boolean(
        related="company_id.demat_send_at_validation", readonly=False
    )
    demat_print_code = fields.Boolean(
        related="company_id.demat_print_code", readonly=False
    )
    demat_individual_account = fields.Boolean(
        related="company_id.demat_individual_account", readonly=False
    )
    demat_account_prefix = fields.Char(
        related="company_id.demat_account_prefix", readonly=False
    )
    demat_account_numbering = fields.Selection(
        related="company_id.demat_account_numbering", readonly=False
    )
    demat_mail_template_id = fields.Many2one(
        related="company_id.demat_mail_template_id", readonly=False
    )
