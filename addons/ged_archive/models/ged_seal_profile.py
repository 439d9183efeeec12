# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import UTC
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .ged_document import SEAL_LEVELS

SECRET = "base.group_system"
#: What decides which key and certificate are used.
KEY_FIELDS = (
    "key_source",
    "pkcs12",
    "pkcs12_path",
    "password",
    "pkcs11_module",
    "pkcs11_token",
    "pkcs11_pin",
    "pkcs11_key",
    "pkcs11_certificate",
    "trust_roots",
)


class GedSealProfile(models.Model):
    """How a company seals: key, certificate, level, time-stamp servers, what is seen.

    The key comes from an uploaded PKCS#12 file, from a file on the server, which then
    needs no copy in the database, or stays in a token or HSM (PKCS#11). File, path,
    password, PIN and server addresses are for system administrators only; what the
    certificate says about itself is kept apart for everybody who manages the archive.

    Entry points: ``company._ged_get_sealer()`` and ``company._ged_timestamp_client()``.
    """

    _name = "ged.seal.profile"
    _description = "Seal profile"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    level = fields.Selection(
        [pair for pair in SEAL_LEVELS if pair[0] != "none"],
        help="Empty: B-T when there is a time-stamp server, else B-B. "
        "B-B: signature of the company. "
        "B-T: the same with a time stamp of a trusted third party. "
        "B-LT: the same with what is needed to check the certificates later. "
        "B-LTA: the same under an archive time stamp, which can be renewed.",
    )
    # secret part
    key_source = fields.Selection(
        [
            ("upload", "Certificate file, uploaded here"),
            ("file", "Certificate file on the server"),
            ("pkcs11", "Token or HSM (PKCS#11)"),
        ],
        string="Where the key is",
        compute="_compute_key_source",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    pkcs12 = fields.Binary(
        string="Certificate file (.p12, .pfx)",
        attachment=True,
        groups=SECRET,
        copy=False,
    )
    pkcs12_filename = fields.Char(
        string="Name of the certificate file", groups=SECRET, copy=False
    )
    pkcs12_path = fields.Char(
        string="File on the server",
        groups=SECRET,
        copy=False,
        help="Absolute path of a PKCS#12 file that the server can read.",
    )
    password = fields.Char(groups=SECRET, copy=False)
    pkcs11_module = fields.Char(
        string="PKCS#11 library",
        groups=SECRET,
        copy=False,
        help="Absolute path, on the server, of the library that came with the token.",
    )
    pkcs11_token = fields.Char(string="Label of the token", groups=SECRET, copy=False)
    pkcs11_pin = fields.Char(string="PIN", groups=SECRET, copy=False)
    pkcs11_key = fields.Char(string="Label of the key", groups=SECRET, copy=False)
    pkcs11_certificate = fields.Char(
        string="Label of the certificate",
        groups=SECRET,
        copy=False,
        help="Empty: the same as the label of the key.",
    )
    trust_roots = fields.Binary(
        string="Certificates of the authority (.pem)",
        attachment=True,
        groups=SECRET,
        help="Root and intermediate certificates of the authority that issued the "
        "certificate, in PEM. Needed for the levels B-LT and B-LTA and with a token: "
        "they go into the seal so that it can be checked without asking anybody.",
    )
    trust_roots_filename = fields.Char(
        string="Name of the file of the authority", groups=SECRET
    )
    tsa_url = fields.Text(
        string="Time-stamp servers",
        groups=SECRET,
        help="One address per line (RFC 3161), tried in this order. "
        "Empty: no time stamp.",
    )
    tsa_timeout = fields.Integer(
        string="Time-out (seconds)",
        default=5,
        help="How long one server may take. When none answers, documents are sealed "
        "without time stamp, and say so.",
    )
    revocation_timeout = fields.Integer(
        string="Time-out of revocation services (seconds)",
        default=5,
        help="How long one OCSP or CRL service may take (levels B-LT and B-LTA). "
        "When none answers, the level is lower, and the document says so.",
    )
    # what is seen
    visible = fields.Boolean(string="Visible seal")
    visible_page = fields.Selection(
        [("last", "Last page"), ("first", "First page")],
        string="On",
        default="last",
        required=True,
    )
    visible_position = fields.Selection(
        [
            ("bottom_right", "Bottom right"),
            ("bottom_left", "Bottom left"),
            ("top_right", "Top right"),
            ("top_left", "Top left"),
        ],
        string="Position",
        default="bottom_right",
        required=True,
    )
    visible_lines = fields.Text(
        string="Lines",
        help="One line of text per line. Empty: the name in the certificate.",
    )
    visible_code = fields.Selection(
        [("text", "As text"), ("qr", "As text and QR")],
        string="Verification code",
        default="qr",
        help="The seal shows the code by which anybody can have the document verified "
        "on the public page, where the code is known before the sealing. “{code}” in "
        "the lines says its place.",
    )
    # shown by PDF readers
    reason = fields.Char(translate=False)
    location = fields.Char()
    contact = fields.Char()
    # public part of the certificate
    subject = fields.Char(compute="_compute_certificate", store=True)
    issuer = fields.Char(compute="_compute_certificate", store=True)
    serial = fields.Char(
        string="Serial number", compute="_compute_certificate", store=True
    )
    fingerprint = fields.Char(
        string="SHA-256 fingerprint", compute="_compute_certificate", store=True
    )
    not_before = fields.Datetime(
        string="Valid from", compute="_compute_certificate", store=True
    )
    not_after = fields.Datetime(
        string="Valid until", compute="_compute_certificate", store=True
    )
    certificate_error = fields.Selection(
        [
            ("missing", "No certificate yet"),
            ("no_file", "The file on the server cannot be read"),
            ("bad_password", "Wrong password"),
            ("unreadable", "Not a PKCS#12 file, or damaged"),
            ("no_key", "No private key in the file"),
            ("not_for_signing", "Not meant for signing documents"),
            ("no_module", "The PKCS#11 library cannot be loaded"),
            ("no_token", "The token is not there"),
            ("bad_pin", "Wrong PIN"),
            ("no_certificate", "The certificate is not on the token"),
            ("token_failed", "The token refuses to sign"),
        ],
        string="Error of the certificate",
        compute="_compute_certificate",
        store=True,
    )
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("expired", "Expired"),
            ("not_yet", "Not valid yet"),
            ("unreadable", "Unusable"),
        ],
        compute="_compute_state",
    )

    _tsa_timeout_positive = models.Constraint(
        "CHECK (tsa_timeout > 0)", "The time-out must be at least one second."
    )
    _revocation_timeout_positive = models.Constraint(
        "CHECK (revocation_timeout > 0)", "The time-out must be at least one second."
    )

    # ----------------------------------------------------------------- computes

    @api.depends("pkcs12", "pkcs12_path", "pkcs11_module")
    def _compute_key_source(self):
        """Guess from what was given while nothing was chosen, or it is not there."""
        for profile in self:
            source = profile.key_source or "upload"
            if source == "upload" and not profile.pkcs12:
                if profile.pkcs12_path:
                    source = "file"
                elif profile.pkcs11_module:
                    source = "pkcs11"
            profile.key_source = source

    @api.depends(*KEY_FIELDS)
    def _compute_certificate(self):
        for profile in self:
            info, error = profile._read_certificate()
            profile.certificate_error = error
            profile.subject = info and info.subject
            profile.issuer = info and info.issuer
            profile.serial = info and info.serial
            profile.fingerprint = info and info.fingerprint_sha256
            profile.not_before = info and _naive(info.not_before)
            profile.not_after = info and _naive(info.not_after)

    @api.depends("certificate_error", "not_before", "not_after")
    def _compute_state(self):
        now = fields.Datetime.now()
        for profile in self:
            if profile.certificate_error or not profile.not_after:
                profile.state = "unreadable"
            elif now > profile.not_after:
                profile.state = "expired"
            elif now < profile.not_before:
                profile.state = "not_yet"
            else:
                profile.state = "valid"

    @api.constrains(*KEY_FIELDS)
    def _check_certificate(self):
        for profile in self:
            if profile.certificate_error and profile.certificate_error != "missing":
                raise ValidationError(
                    self.env._(
                        "Seal profile %(name)s: %(error)s",
                        name=profile.name,
                        error=profile._error_text(profile.certificate_error),
                    )
                )

    @api.constrains("tsa_url")
    def _check_tsa_url(self):
        for profile in self:
            for address in profile.sudo()._tsa_addresses():
                parts = urlsplit(address)
                if parts.scheme not in ("http", "https") or not parts.hostname:
                    raise ValidationError(
                        self.env._(
                            "“%(address)s” is not the address of a time-stamp server. "
                            "Write one address per line, such as "
                            "https://tsa.example.com/tsr.",
                            address=address,
                        )
                    )


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
