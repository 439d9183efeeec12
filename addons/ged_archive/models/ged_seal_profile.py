# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import os
from datetime import UTC
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..lib.certificate import load_pkcs12
from ..lib.errors import CertificateError

SECRET = "base.group_system"
#: (database, profile id) -> (stamp, Sealer). Opening a key costs 40 ms and more.
_SEALERS = {}


class GedSealProfile(models.Model):
    """How a company seals: certificate, time-stamp servers, what PDF readers show.

    The certificate comes from an uploaded PKCS#12 file or from a file on the server,
    which then needs no copy in the database. File, path, password and server addresses
    are for system administrators only; what the certificate says about itself is kept
    apart for everybody who manages the archive.
    """

    _name = "ged.seal.profile"
    _description = "Seal profile"
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
    # secret part
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
        help="Absolute path of a PKCS#12 file that the server can read. "
        "Used when no file is uploaded.",
    )
    password = fields.Char(groups=SECRET, copy=False)
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

    # ----------------------------------------------------------------- computes

    @api.depends("pkcs12", "pkcs12_path", "password")
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

    @api.constrains("pkcs12", "pkcs12_path", "password")
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

    # ------------------------------------------------------------------- reading

    def _read_pkcs12(self):
        """Return the bytes of the PKCS#12 file, ``b""`` when none is set.

        Raises ``OSError`` when the file on the server cannot be read.
        """
        self.ensure_one()
        profile = self.sudo().with_context(bin_size=False)
        if profile.pkcs12:
            return base64.b64decode(profile.pkcs12)
        if profile.pkcs12_path:
            with open(profile.pkcs12_path, "rb") as file:
                return file.read()
        return b""

    def _read_certificate(self):
        """Return ``(CertificateInfo, False)`` or ``(False, error code)``."""
        try:
            data = self._read_pkcs12()
        except OSError:
            return False, "no_file"
        if not data:
            return False, "missing"
        try:
            return load_pkcs12(data, self.sudo().password or None).info, False
        except CertificateError as exc:
            return False, exc.reason

    def _tsa_addresses(self):
        return [
            line.strip() for line in (self.tsa_url or "").splitlines() if line.strip()
        ]

    def _get_sealer(self):
        """Return the ``lib.seal.Sealer`` of this profile, kept per process while
        unchanged.

        Raises ``CertificateError`` when the certificate file cannot be read or opened.
        The validity in time is checked when sealing (and by ``Sealer.check``).
        """
        self.ensure_one()
        profile = self.sudo()
        key = (self.env.cr.dbname, profile.id)
        try:
            stamp = (profile.write_date, _modified(profile.pkcs12_path))
            cached = _SEALERS.get(key)
            if cached and cached[0] == stamp:
                return cached[1]
            data = profile._read_pkcs12()
        except OSError as exc:
            raise CertificateError(
                self.env._(
                    "The certificate file of seal profile %(name)s cannot be read on "
                    "the server.",
                    name=profile.name,
                ),
                "unreadable",
            ) from exc
        # slow to import (PDF and signature libraries): only processes that seal pay for
        # it
        from ..lib.seal import Sealer, SealSettings

        sealer = Sealer(
            SealSettings(
                pkcs12=data,
                password=profile.password or None,
                tsa_urls=tuple(profile._tsa_addresses()),
                tsa_timeout=float(profile.tsa_timeout),
                reason=profile.reason or None,
                location=profile.location or None,
                contact=profile.contact or None,
            )
        )
        _SEALERS[key] = (stamp, sealer)
        return sealer

    def _error_text(self, code):
        """Return, in words with the remedy, what an error code of the certificate
        means.

        ``code`` is one of ``certificate_error`` or of ``CertificateError.REASONS``.
        """
        texts = {
            "missing": self.env._("no certificate has been given yet."),
            "no_file": self.env._(
                "the file on the server does not exist or the server may not read it. "
                "Check the path and its permissions."
            ),
            "bad_password": self.env._(
                "the password does not open the certificate file."
            ),
            "unreadable": self.env._(
                "the file is not a PKCS#12 certificate (.p12 or .pfx), or it is "
                "damaged."
            ),
            "no_key": self.env._(
                "the file holds no private key. Export the certificate again together "
                "with "
                "its key."
            ),
            "not_for_signing": self.env._(
                "this certificate was not issued for signing documents. Ask for an "
                "electronic "
                "seal or signature certificate."
            ),
            "expired": self.env._(
                "the certificate has expired. Upload the renewed one; nothing is "
                "sealed "
                "until then."
            ),
            "not_yet_valid": self.env._("the certificate is not valid yet."),
        }
        return texts[code]

    # ------------------------------------------------------------------- actions

    def action_test_certificate(self):
        """Read the certificate again and tell what it is in a notification."""
        self.ensure_one()
        self.check_access("write")
        # the file on the server may have been replaced since the profile was saved
        self.env.add_to_compute(self._fields["certificate_error"], self)
        self.sudo()._recompute_recordset()
        if self.state == "valid":
            kind, title = "success", self.env._("The certificate can be used")
        else:
            kind, title = "danger", self.env._("The certificate cannot be used")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": self._test_message(),
                "sticky": kind == "danger",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test_message(self):
        if self.certificate_error:
            return self._error_text(self.certificate_error)
        described = self.env._(
            "%(subject)s, issued by %(issuer)s, valid from %(start)s to %(end)s.",
            subject=self.subject,
            issuer=self.issuer,
            start=format_date(self.env, self.not_before),
            end=format_date(self.env, self.not_after),
        )
        if self.state == "valid":
            return described
        code = "expired" if self.state == "expired" else "not_yet_valid"
        return f"{self._error_text(code)} {described}"


def _naive(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _modified(path):
    """Return what changes when the file at ``path`` is replaced; ``None`` without a
    path.
    """
    if not path:
        return None
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size
