# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from importlib.util import find_spec

from odoo import api, fields, models
from odoo.tools import str2bool


PARAMETER = "ged_archive.schematron"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ged_seal_profile_id = fields.Many2one(
        related="company_id.ged_seal_profile_id", readonly=False
    )
    ged_seal_state = fields.Selection(related="company_id.ged_seal_profile_id.state")
    ged_schematron = fields.Boolean(
        string="Check the business rules of electronic invoices",
        help="Check the XML of an invoice against the rules of EN 16931 (Schematron) before it "
        "is sealed. Needs the Python package saxonche.",
    )
    ged_schematron_available = fields.Boolean(
        compute="_compute_ged_schematron_available"
    )

    def _compute_ged_schematron_available(self):
        self.ged_schematron_available = _schematron_available()

    @api.model
    def get_values(self):
        values = super().get_values()
        values["ged_schematron"] = self._ged_use_schematron()
        return values

    def set_values(self):
        res = super().set_values()
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, str(self.ged_schematron))
        return res

    @api.model
    def _ged_use_schematron(self):
        """Tell whether to check business rules: as set, by default where the package is."""
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return _schematron_available() and str2bool(value or "True", default=True)

    def action_test_ged_certificate(self):
        """Test the certificate of the profile chosen on the screen."""
        self.ensure_one()
        return self.ged_seal_profile_id.action_test_certificate()


def _schematron_available():
    return find_spec("saxonche") is not None
