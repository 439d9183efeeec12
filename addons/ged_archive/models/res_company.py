# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import str2bool

from ..lib import schematron

SCHEMATRON_PARAMETER = "ged_archive.schematron"
#: Digest algorithms that time-stamp servers know.
DIGESTS = ("sha256", "sha384", "sha512")


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

    ged_stamp_unsealed = fields.Boolean(
        string="Time-stamp unsealed documents",
        help="Documents that are archived without a seal get an archive time stamp: "
        "it proves that they existed on that day and were not changed since.",
    )
    ged_renew_days = fields.Integer(
        string="Renew evidence (days before its end)",
        default=90,
        help="How long before the certificate of the time-stamp authority ends its "
        "evidence is put under a new time stamp.",
    )
    ged_digest_algorithms = fields.Char(
        string="Digest algorithms",
        default="sha256, sha384, sha512",
        help="Algorithms that are trusted, the one to use first. Evidence that rests "
        "on another one is renewed: take SHA-256 out of the list on the day when it is "
        "no longer trusted.",
    )

    _ged_renew_days_positive = models.Constraint(
        "CHECK (ged_renew_days > 0)", "Evidence must be renewed before its end."
    )

    @api.constrains("ged_digest_algorithms")
    def _check_ged_digest_algorithms(self):
        for company in self:
            names = company._ged_digest_algorithms()
            unknown = sorted(set(names) - set(DIGESTS))
            if unknown or not names:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the digest algorithms must be some of %(known)s, "
                        "separated by commas.",
                        company=company.name,
                        known=", ".join(DIGESTS),
                    )
                )

    def _ged_digest_algorithms(self):
        """Return the names of the digest algorithms that are trusted, best first."""
        self.ensure_one()
        names = (self.ged_digest_algorithms or "").lower().replace("-", "").split(",")
        return [name.strip() for name in names if name.strip()]

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
