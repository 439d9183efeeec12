# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..lib import schematron
from .res_company import SCHEMATRON_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ged_seal_profile_id = fields.Many2one(
        related="company_id.ged_seal_profile_id", readonly=False
    )
    ged_seal_state = fields.Selection(related="company_id.ged_seal_profile_id.state")
    ged_stamp_unsealed = fields.Boolean(
        related="company_id.ged_stamp_unsealed", readonly=False
    )
    ged_renew_days = fields.Integer(related="company_id.ged_renew_days", readonly=False)
    ged_digest_algorithms = fields.Char(
        related="company_id.ged_digest_algorithms", readonly=False
    )
    ged_schematron = fields.Boolean(
        string="Check the business rules of electronic invoices",
        help="Check the XML of an invoice against the rules of EN 16931 (Schematron) "
        "before it is sealed. Needs the Python package saxonche.",
    )
    ged_schematron_available = fields.Boolean(
        string="Rules are installed", compute="_compute_ged_schematron_available"
    )

    def _compute_ged_schematron_available(self):
        self.ged_schematron_available = schematron.available()

    @api.model
    def get_values(self):
        values = super().get_values()
        values["ged_schematron"] = self.env["res.company"]._ged_use_schematron()
        return values

    def set_values(self):
        res = super().set_values()
        # Without the package the box is off and read-only: that is not a choice to
        # remember.
        if schematron.available():
            self.env["ir.config_parameter"].sudo().set_param(
                SCHEMATRON_PARAMETER, str(self.ged_schematron)
            )
        return res

    def action_test_ged_certificate(self):
        """Test the certificate of the profile chosen on the screen."""
        self.ensure_one()
        return self.ged_seal_profile_id.action_test_certificate()
