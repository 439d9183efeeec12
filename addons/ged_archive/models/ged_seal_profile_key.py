# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import os

from cryptography import x509

from odoo import api, models
from odoo.exceptions import ValidationError

from ..lib.certificate import der, load_pkcs12
from ..lib.errors import CertificateError

#: (database, profile id) -> (stamp, Sealer). Opening a key costs 40 ms and more.
_SEALERS = {}
#: The same for time-stamp clients: they remember which server does not answer.
_CLIENTS = {}
#: Where a visible seal goes on an A4 page: (x1, y1, x2, y2) in points from bottom left.
BOXES = {
    "bottom_right": (367, 28, 567, 88),
    "bottom_left": (28, 28, 228, 88),
    "top_right": (367, 754, 567, 814),
    "top_left": (28, 754, 228, 814),
}


class GedSealProfile(models.Model):
    """From the profile to the library that seals."""

    _inherit = "ged.seal.profile"

    # ----------------------------------------------------------- key, certificate

    def _read_pkcs12(self):
        """Return the bytes of the PKCS#12 file, ``b""`` when none is set.

        Raises ``OSError`` when the file on the server cannot be read.
        """
        self.ensure_one()
        profile = self.sudo().with_context(bin_size=False)
        if profile.key_source == "upload" and profile.pkcs12:
            return base64.b64decode(profile.pkcs12)
        if profile.key_source == "file" and profile.pkcs12_path:
            with open(profile.pkcs12_path, "rb") as file:
                return file.read()
        return b""

    def _read_certificate(self):
        """Return ``(CertificateInfo, False)`` or ``(False, error code)``."""
        try:
            if self.sudo().key_source == "pkcs11":
                return self._read_token()
            data = self._read_pkcs12()
        except OSError:
            return False, "no_file"
        except CertificateError as exc:
            return False, exc.reason
        if not data:
            return False, "missing"
        try:
            return load_pkcs12(data, self.sudo().password or None).info, False
        except CertificateError as exc:
            return False, exc.reason

    def _read_token(self):
        """Return ``(CertificateInfo, False)`` from the token, or an error code."""
        profile = self.sudo()
        needed = (
            profile.pkcs11_module,
            profile.pkcs11_token,
            profile.pkcs11_pin,
            profile.pkcs11_key,
        )
        if not all(needed):
            return False, "missing"
        # needs a package that only owners of a token install
        from ..lib.pkcs11 import load_token

        material = load_token(profile._prepare_key_settings()["pkcs11"])
        material.key.close()
        return material.info, False

    def _authority(self, field="trust_roots"):
        """Return the certificates of the authority as ``(roots, others)``, in DER.

        :param field: the one that holds their file
        :raises ValueError: the file holds something else
        """
        data = self.sudo().with_context(bin_size=False)[field]
        if not data:
            return (), ()
        found = x509.load_pem_x509_certificates(base64.b64decode(data))
        roots = tuple(der(one) for one in found if one.issuer == one.subject)
        others = tuple(der(one) for one in found if one.issuer != one.subject)
        return roots, others

    @api.constrains("trust_roots")
    def _check_trust_roots(self):
        for profile in self:
            try:
                profile._authority()
            except ValueError as exc:
                raise ValidationError(
                    self.env._(
                        "Seal profile %(name)s: the file with the certificates of the "
                        "authority is not in PEM format (text with “BEGIN "
                        "CERTIFICATE”).",
                        name=profile.name,
                    )
                ) from exc

    @api.constrains("level", "tsa_url")
    def _check_level(self):
        for profile in self:
            if profile.level in ("B-T", "B-LT", "B-LTA") and not (
                profile.sudo()._tsa_addresses()
            ):
                raise ValidationError(
                    self.env._(
                        "Seal profile %(name)s: the level %(level)s needs a time "
                        "stamp. Give the address of a time-stamp server or choose "
                        "the level B-B.",
                        name=profile.name,
                        level=profile.level,
                    )
                )

    # ------------------------------------------------------------------- settings

    def _tsa_addresses(self):
        return [
            line.strip() for line in (self.tsa_url or "").splitlines() if line.strip()
        ]

    def _level(self):
        """Return the level that this profile asks for."""
        self.ensure_one()
        return self.level or ("B-T" if self.sudo()._tsa_addresses() else "B-B")

    def _prepare_key_settings(self):
        """Return the part of ``lib.seal_settings.SealSettings`` that gives the key.

        Raises ``OSError`` when the file on the server cannot be read.
        """
        profile = self.sudo()
        if profile.key_source != "pkcs11":
            return {
                "pkcs12": profile._read_pkcs12(),
                "password": profile.password or None,
            }
        # needs a package that only owners of a token install
        from ..lib.seal_settings import Pkcs11Settings

        _roots, others = profile._authority()
        return {
            "pkcs11": Pkcs11Settings(
                module=profile.pkcs11_module,
                token_label=profile.pkcs11_token,
                pin=profile.pkcs11_pin,
                key_label=profile.pkcs11_key,
                certificate_label=profile.pkcs11_certificate or None,
                ca_chain=others,
            )
        }

    def _prepare_seal_settings(self):
        """Return the arguments of ``lib.seal_settings.SealSettings`` for this profile.

        Raises ``OSError`` when the file on the server cannot be read.
        """
        profile = self.sudo()
        settings = {
            **profile._prepare_key_settings(),
            "level": profile._level(),
            "tsa_urls": tuple(profile._tsa_addresses()),
            "tsa_timeout": float(profile.tsa_timeout),
            "revocation_timeout": float(profile.revocation_timeout),
            "trust_roots": profile._authority()[0],
            "reason": profile.reason or None,
            "location": profile.location or None,
            "contact": profile.contact or None,
        }
        if profile.visible:
            settings["visible"] = profile._prepare_visible_seal()
        return settings

    def _prepare_visible_seal(self):
        """Return the ``lib.seal_settings.VisibleSeal`` of this profile."""
        from ..lib.seal_settings import VisibleSeal

        lines = (self.visible_lines or "").splitlines()
        return VisibleSeal(
            page=0 if self.visible_page == "first" else -1,
            box=BOXES[self.visible_position],
            text=tuple(line.strip() for line in lines if line.strip()),
            mark=self.visible_code or None,
        )

    # --------------------------------------------------------------------- sealer

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
            stamp = profile._stamp()
            cached = _SEALERS.get(key)
            if cached and cached[0] == stamp:
                return cached[1]
            settings = profile._prepare_seal_settings()
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
        from ..lib.seal import Sealer
        from ..lib.seal_settings import SealSettings

        sealer = Sealer(SealSettings(**settings))
        _SEALERS[key] = (stamp, sealer)
        return sealer

    def _get_timestamp_client(self):
        """Return the ``lib.tsa.TimestampClient`` of this profile, kept per process, or
        ``None`` when it has no server.
        """
        self.ensure_one()
        profile = self.sudo()
        addresses = profile._tsa_addresses()
        if not addresses:
            return None
        key = (self.env.cr.dbname, profile.id)
        stamp = (tuple(addresses), profile.tsa_timeout)
        cached = _CLIENTS.get(key)
        if cached and cached[0] == stamp:
            return cached[1]
        from ..lib.tsa import TimestampClient

        client = TimestampClient(addresses, float(profile.tsa_timeout))
        _CLIENTS[key] = (stamp, client)
        return client

    def write(self, vals):
        # EXTENDS base: a second change in one transaction has the date of the first
        result = super().write(vals)
        for profile in self:
            _SEALERS.pop((self.env.cr.dbname, profile.id), None)
        return result

    def _stamp(self):
        """Return what changes when the sealer of this profile must be made again."""
        path = self.key_source == "file" and self.pkcs12_path
        return (self.write_date, _modified(path))


def _modified(path):
    """Return what changes when the file at ``path`` is replaced; ``None`` without a
    path.
    """
    if not path:
        return None
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size
