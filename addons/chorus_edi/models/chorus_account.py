# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..lib import platforms

SECRET = "base.group_system"
#: Secrets that the environment or the configuration file may give instead.
SECRETS = (
    "client_id",
    "client_secret",
    "login",
    "password",
    "sftp_password",
    "sftp_key",
)
#: A password of a technical account lasts about 14 months (chorus_pro.md 1.5).
PASSWORD_DAYS = 424
MODES = [
    ("api", "By the API"),
    ("edi", "By EDI files"),
    ("zip", "By hand, with a ZIP"),
]
#: "Cadres de facturation" that a supplier uses (chorus_pro.md 2.4).
CADRES = [
    ("A1", "A1 Invoice of a supplier"),
    ("A2", "A2 Invoice of a supplier, already paid"),
    ("A9", "A9 Invoice of a subcontractor"),
    ("A12", "A12 Invoice of a co-contractor"),
]


class ChorusAccount(models.Model):
    """How a company reaches Chorus Pro: platform, credentials, way and rhythm.

    One for each company. Client id, secret, login, password and addresses are for
    system administrators only; they are never exported nor noted in the chatter. Entry
    points: ``company._chorus_account()`` and ``account._chorus_client()``.
    """

    _name = "chorus.account"
    _description = "Account at Chorus Pro"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, id"
    _check_company_auto = True
    _rec_name = "company_id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    platform = fields.Selection(
        [
            ("qualification", "Qualification (tests)"),
            ("production", "Production"),
            ("other", "Other addresses"),
        ],
        default="qualification",
        required=True,
        tracking=True,
        help="Start with qualification: nothing that is deposited there is due. Other "
        "addresses are those of the network of the State, or of a simulator.",
    )
    token_url = fields.Char(string="Address of the token", groups=SECRET)
    api_url = fields.Char(
        string="Address of the API", groups=SECRET, help="Without /cpro at its end."
    )
    portal_url = fields.Char(string="Address of the portal", groups=SECRET)
    client_id = fields.Char(
        string="Client id (PISTE)", groups=SECRET, copy=False, exportable=False
    )
    client_secret = fields.Char(
        string="Client secret (PISTE)", groups=SECRET, copy=False, exportable=False
    )
    login = fields.Char(
        string="Technical account", groups=SECRET, copy=False, exportable=False
    )
    password = fields.Char(
        string="Password of the technical account",
        groups=SECRET,
        copy=False,
        exportable=False,
        help="Shown once by the portal, usable after half an hour, to be renewed about "
        "every 14 months.",
    )
    secret_until = fields.Date(
        string="Secret valid until",
        help="As PISTE says it. Administrators are warned 30, 15 and 7 days before.",
    )
    password_until = fields.Date(
        string="Password valid until",
        help="Proposed: 424 days after it was changed; Chorus Pro says the day when "
        "the connection is tested. Administrators are warned 30, 15 and 7 days before.",
    )
    mode = fields.Selection(
        MODES,
        string="Way",
        default="api",
        required=True,
        tracking=True,
        help="How the invoices reach Chorus Pro.",
    )
    siret = fields.Char(
        string="SIRET at Chorus Pro",
        help="Empty: the SIRET of the company. The fourteen digits under which Chorus "
        "Pro knows the company.",
    )
    structure_ref = fields.Char(
        string="Number of the structure",
        copy=False,
        readonly=True,
        help="Internal number at Chorus Pro, read when the connection is tested.",
    )
    cadre = fields.Selection(
        CADRES, string="Default billing framework", default="A1", required=True
    )
    siret_scheme = fields.Selection(
        [("0009", "0009 (SIRET)"), ("0002", "0002 (SIREN, SIRET)")],
        string="Scheme of the SIRET",
        default="0009",
        required=True,
        help="How a SIRET is marked in the electronic invoice. EN 16931 says 0009; "
        "others send 0002 with success. Not confirmed by the platform: change it only "
        "if it refuses your SIRET.",
    )
    refund_means = fields.Boolean(
        string="Means of payment on credit notes",
        help="Others leave it out, and it is not known whether Chorus Pro refuses it: "
        "off by default.",
    )
    check_engagement = fields.Boolean(
        string="Look up engagement numbers",
        help="Asks Chorus Pro whether the engagement number exists before an invoice "
        "is sent. Only the State publishes its engagements: off by default.",
    )
    skip_luhn = fields.Boolean(
        string="Accept invented SIRETs",
        default=True,
        help="The SIRETs of the qualification platform are mostly invented and fail "
        "the check of their digits. Never counts in production.",
    )
    allow_recycle = fields.Boolean(
        string="Recycling allowed",
        help="The platform announced that an invoice to recycle can no longer be sent "
        "again and needs a new number (date unknown): off by default.",
    )
    poll_minutes = fields.Integer(
        string="Ask every (minutes)",
        default=60,
        help="How often Chorus Pro is asked what became of the invoices.",
    )
    follow_days = fields.Integer(
        string="Follow for (days)",
        default=400,
        help="An invoice that is not paid by then is no longer asked about.",
    )

    _company_uniq = models.Constraint(
        "UNIQUE(company_id)", "A company has one account at Chorus Pro."
    )
    _rhythm_positive = models.Constraint(
        "CHECK(poll_minutes > 0 AND follow_days > 0)",
        "The rhythm and the days of following are more than zero.",
    )

    @api.constrains("platform", "token_url", "api_url", "portal_url")
    def _check_addresses(self):
        for account in self.sudo():
            if account.platform == "other":
                account._chorus_platform()

    @api.onchange("password")
    def _onchange_password(self):
        if self.password and self.password != self._origin.sudo().password:
            today = fields.Date.context_today(self)
            self.password_until = today + timedelta(days=PASSWORD_DAYS)

    def copy_data(self, default=None):
        # a copy is for another company; nobody can know which
        raise UserError(
            self.env._("A company has one account at Chorus Pro: create a new one.")
        )

    def _chorus_platform(self):
        """Return the addresses: ``lib.platforms.Platform``.

        :raises ValidationError: an address by hand is missing or may not be used
        """
        account = self.sudo()
        if account.platform != "other":
            return platforms.PLATFORMS[account.platform]
        try:
            return platforms.Platform(
                token_url=account.token_url or "",
                api_url=account.api_url or "",
                portal_url=account.portal_url or "",
            )
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "An address of the account of %(company)s at Chorus Pro cannot be "
                    "used: it starts with https:// (http:// for this machine only) and "
                    "has no user name and nothing after its path. Mend the addresses "
                    "of the token, the API and the portal.",
                    company=account.company_id.name,
                )
            ) from error

    def _chorus_luhn(self):
        """Say whether the digits of a SIRET are checked."""
        self.ensure_one()
        return self.platform == "production" or not self.skip_luhn

    def _chorus_siret(self):
        """Return the SIRET of the company at Chorus Pro, digits only, or ``""``."""
        self.ensure_one()
        account = self.sudo()
        siret = account.siret or account.company_id.company_registry
        return "".join((siret or "").split())
