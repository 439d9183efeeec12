# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

SECRET = "base.group_system"
MODES = [
    ("api", "By the API"),
    ("edi", "By EDI files"),
    ("zip", "By hand, with a ZIP"),
]
#: "cadres de facturation" that a supplier uses (chorus_pro.md 2.4)
CADRES = [
    ("A1", "A1 Invoice of a supplier"),
    ("A2", "A2 Invoice of a supplier, already paid"),
    ("A9", "A9 Invoice of a subcontractor"),
    ("A12", "A12 Invoice of a co-contractor"),
]


class ChorusAccount(models.Model):
    """How a company reaches Chorus Pro: platform, credentials, way and rhythm.

    One for each company. Client id, secret, login and password are for system
    administrators only. Entry points: ``company._chorus_account()`` and
    ``account._chorus_client()``.
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
    )
    token_url = fields.Char(string="Address of the token", groups=SECRET)
    api_url = fields.Char(string="Address of the API", groups=SECRET)
    portal_url = fields.Char(string="Address of the portal", groups=SECRET)
    client_id = fields.Char(string="Client id (PISTE)", groups=SECRET, copy=False)
    client_secret = fields.Char(
        string="Client secret (PISTE)", groups=SECRET, copy=False
    )
    login = fields.Char(string="Technical account", groups=SECRET, copy=False)
    password = fields.Char(
        string="Password of the technical account", groups=SECRET, copy=False
    )
    secret_until = fields.Date(string="Secret valid until")
    password_until = fields.Date(string="Password valid until")
    mode = fields.Selection(
        MODES, string="Way", default="api", required=True, tracking=True
    )
    siret = fields.Char(string="SIRET at Chorus Pro")
    structure_ref = fields.Char(
        string="Number of the structure", help="Internal number at Chorus Pro."
    )
    edi_interface = fields.Char(
        string="Interface code", default="FSO1117A", help="Of the EDI agreement."
    )
    edi_application = fields.Char(
        string="Application code", help="Six characters, given with the EDI agreement."
    )
    drop_kind = fields.Selection(
        [("folder", "Folder on the server"), ("sftp", "SFTP server")],
        string="Files are put on",
        default="folder",
        required=True,
    )
    drop_folder = fields.Char(groups=SECRET)
    sftp_host = fields.Char(string="SFTP server", groups=SECRET)
    sftp_port = fields.Integer(string="Port", default=22, groups=SECRET)
    sftp_user = fields.Char(string="SFTP user", groups=SECRET)
    sftp_password = fields.Char(string="SFTP password", groups=SECRET, copy=False)
    sftp_key = fields.Text(string="SFTP private key", groups=SECRET, copy=False)
    sftp_host_key = fields.Char(string="Public key of the SFTP server", groups=SECRET)
    sftp_folder_out = fields.Char(string="Folder of what leaves", groups=SECRET)
    sftp_folder_in = fields.Char(string="Folder of the returns", groups=SECRET)
    cadre = fields.Selection(
        CADRES, string="Default billing framework", default="A1", required=True
    )
    check_engagement = fields.Boolean(
        string="Look up engagement numbers",
        help="Asks Chorus Pro whether the engagement number exists before an invoice "
        "is sent. Not all public entities publish theirs: off by default.",
    )
    skip_luhn = fields.Boolean(
        string="Accept invented SIRETs",
        help="The SIRETs of the qualification platform are mostly invented and fail "
        "the check of their digits. Counts on qualification and other addresses only.",
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
