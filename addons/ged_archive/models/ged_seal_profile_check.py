# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import time
from urllib.parse import urlsplit

from odoo import models
from odoo.tools import format_date

from ..lib.errors import ArchiveError, CertificateError


class GedSealProfile(models.Model):
    """Whether a profile works, told in words."""

    _inherit = "ged.seal.profile"

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
                "the private key is not there. Export the certificate again together "
                "with its key, or correct the label of the key."
            ),
            "not_for_signing": self.env._(
                "this certificate was not issued for signing documents. Ask for an "
                "electronic seal or signature certificate."
            ),
            "expired": self.env._(
                "the certificate has expired. Upload the renewed one; nothing is "
                "sealed until then."
            ),
            "not_yet_valid": self.env._("the certificate is not valid yet."),
            "revoked": self.env._(
                "the authority has revoked the certificate: seals made with it are "
                "worth nothing. Ask for a new one; nothing is sealed until then."
            ),
            "no_module": self.env._(
                "the PKCS#11 library cannot be loaded. Check its path on the server "
                "and that the Python package python-pkcs11 is installed."
            ),
            "no_token": self.env._(
                "the token is not there. Plug it in, check its label, or start the "
                "service of the HSM."
            ),
            "bad_pin": self.env._(
                "the token refuses the PIN. Correct it before trying again: a token "
                "locks itself after some wrong ones."
            ),
            "no_certificate": self.env._(
                "the certificate is not on the token under that name. Correct the "
                "label of the certificate."
            ),
            "token_failed": self.env._(
                "the token refuses to sign. Check that the key may sign and that the "
                "token is not locked."
            ),
        }
        return texts.get(code) or self.env._("the certificate cannot be used.")

    # ------------------------------------------------------------------- actions

    def action_test_certificate(self):
        """Read the certificate again, ask every time-stamp server and the revocation
        services; tell in a notification what answered, and in how long.
        """
        self.ensure_one()
        self.check_access("write")
        # the file on the server may have been replaced since the profile was saved
        self.env.add_to_compute(self._fields["certificate_error"], self)
        self.sudo()._recompute_recordset()
        sentences = [self._test_message()]
        sound = self.state == "valid"
        if sound:
            for good, sentence in (*self._test_servers(), *self._test_revocation()):
                sound = sound and good
                sentences.append(sentence)
        if self.state != "valid":
            kind, title = "danger", self.env._("The certificate cannot be used")
        elif not sound:
            kind, title = "warning", self.env._("The certificate can be used, but…")
        else:
            kind, title = "success", self.env._("The certificate can be used")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": " ".join(sentences),
                "sticky": kind != "success" or len(sentences) > 1,
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

    def _test_servers(self):
        """Ask each time-stamp server for one token; yield ``(answered, sentence)``."""
        # slow to import: only processes that ask pay for it
        from ..lib.tsa import TimestampClient

        profile = self.sudo()

        for address in profile._tsa_addresses():
            # a client of its own: the one that seals must not learn from a test
            client = TimestampClient([address], float(profile.tsa_timeout))
            started = time.perf_counter()
            try:
                client.request(b"test")
            except ArchiveError as exc:
                yield (
                    False,
                    self.env._(
                        "Time-stamp server without answer: %(cause)s.", cause=str(exc)
                    ),
                )
            else:
                yield (
                    True,
                    self.env._(
                        "Time-stamp server %(host)s answered in %(seconds)s s.",
                        host=urlsplit(address).hostname,
                        seconds=_seconds(started),
                    ),
                )

    def _test_revocation(self):
        """Ask whether the certificate is revoked; yield ``(answered, sentence)``.

        Only for levels that need it: other profiles never ask these services.
        """
        if self._level() not in ("B-LT", "B-LTA"):
            return
        from ..lib.seal import Sealer
        from ..lib.seal_settings import SealSettings

        # one of its own, that remembers no answer
        sealer = Sealer(SealSettings(**self.sudo()._prepare_seal_settings()))
        started = time.perf_counter()
        try:
            problems = sealer.check_revocation()
        except CertificateError as exc:
            yield False, self._error_text(exc.reason)
            return
        finally:
            sealer.close()
        for problem in problems:
            yield False, self.env._("Revocation: %(cause)s.", cause=problem)
        if not problems:
            yield (
                True,
                self.env._(
                    "The revocation services answered in %(seconds)s s: not revoked.",
                    seconds=_seconds(started),
                ),
            )


def _seconds(started):
    return f"{time.perf_counter() - started:.1f}"
