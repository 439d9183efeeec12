# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import str2bool

from ..lib import schematron

SCHEMATRON_PARAMETER = "ged_archive.schematron"


class ResCompany(models.Model):
    _inherit = "res.company"
    _check_company_auto = True

    ged_seal_profile_id = fields.Many2one(
        "ged.seal.profile",
        string="Seal profile",
        check_company=True,
        help="How the documents of this company are sealed before they are archived. "
        "Empty: they are archived without a seal.",
    )

    def _ged_get_sealer(self):
        """Return the ``lib.seal.Sealer`` of the company, or ``None`` when it does not
        seal.

        Raises ``lib.errors.CertificateError`` when a profile is set but cannot be used.
        """
        self.ensure_one()
        profile = self.sudo().ged_seal_profile_id
        if not profile or not profile.active:
            return None
        return profile._get_sealer()

    def _ged_timestamp_client(self):
        """Return the ``lib.tsa.TimestampClient`` of the company's active profile, or
        ``None`` when it has no time-stamp server.
        """
        self.ensure_one()
        profile = self.sudo().ged_seal_profile_id
        if not profile or not profile.active:
            return None
        return profile._get_timestamp_client()

    @api.model
    def _ged_use_schematron(self):
        """Tell whether to check the business rules of invoice XML (EN 16931
        Schematron).

        As set in the settings; by default wherever the packages for it are installed.
        """
        value = self.env["ir.config_parameter"].sudo().get_param(SCHEMATRON_PARAMETER)
        return schematron.available() and str2bool(value or "True", default=True)
