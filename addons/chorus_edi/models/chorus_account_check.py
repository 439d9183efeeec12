# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import errors
from ..lib.dropbox import Sftp
from .chorus_account import SECRET


class ChorusAccount(models.Model):
    """The button that says which layer of the access is at fault."""

    _inherit = "chorus.account"

    checked_at = fields.Datetime(
        string="Tested on", readonly=True, copy=False, groups=SECRET
    )
    check_ok = fields.Boolean(
        string="Connection works", readonly=True, copy=False, groups=SECRET
    )
    check_report = fields.Text(
        string="Result of the test", readonly=True, copy=False, groups=SECRET
    )

    def action_test_connection(self):
        """Try every layer and keep what was found, in words."""
        self.ensure_one()
        self.check_access("write")
        lines, good = [], True
        for label, ok, words in self._test_layers():
            mark = {True: "✓", False: "✗", None: "–"}[ok]
            lines.append(f"{mark} {label}: {words}")
            good = good and ok is not False
        self.write(
            {
                "checked_at": fields.Datetime.now(),
                "check_ok": good,
                "check_report": "\n".join(lines),
            }
        )
        if good:
            self.activity_unlink(["chorus_edi.mail_activity_type_access"])

    def _test_layers(self):
        """Return ``[(label, ok, words)]``; ``ok`` is None for what was not tried."""
        try:
            client = self._chorus_client()
            results = client.check()
        except UserError as error:
            found = [(self.env._("Account"), False, str(error))]
        except errors.ChorusError as error:
            found = [
                (self.env._("Platform"), False, self._chorus_error_words(error)),
            ]
        else:
            found = [self._layer_line(result) for result in results]
            if all(result.ok is not False for result in results):
                found.append(self._test_structure(client))
        if self.mode == "edi":
            found.append(self._test_drop())
        return found

    def _layer_line(self, result):
        label, remedy = self._layer_words()[result.layer]
        if result.ok:
            return label, True, self.env._("accepted")
        if result.ok is None:
            return label, None, self.env._("not tried, because of the above")
        return label, False, f"{remedy} ({result.message})"

    def _layer_words(self):
        """Return ``{layer of lib.errors: (its name, what to do)}``."""
        return {
            "token": (
                self.env._("Token (PISTE application)"),
                self.env._(
                    "the client id or the client secret is refused. Copy both from "
                    "the OAuth credentials of the application on PISTE, not from the "
                    "API keys; sandbox and production have their own."
                ),
            ),
            "account": (
                self.env._("Technical account"),
                self.env._(
                    "its login or password is refused. A new password works after "
                    "half an hour and ends after about 14 months: renew it on the "
                    "portal of Chorus Pro."
                ),
            ),
            "subscription": (
                self.env._("Subscription of the API"),
                self.env._(
                    "the application may not use this API. On PISTE accept its terms "
                    "of use and tick it in the application: Factures, Structures, "
                    "Transverses and Engagements juridiques."
                ),
            ),
            "structure": (
                self.env._("Structure"),
                self.env._(
                    "the technical account is not attached to the structure of the "
                    "company. Attach it on the portal of Chorus Pro."
                ),
            ),
        }

    def _test_structure(self, client):
        """Find the company itself in the directory; keep its number and the end of
        the password.
        """
        label = self.env._("SIRET of the company")
        siret = self._chorus_siret()
        if not siret:
            return label, False, self.env._("missing: fill in the SIRET of the company")
        try:
            own = next(iter(client.structures(siret=siret)), None)
            detail = own and client.structure(own.id)
        except errors.ChorusError as error:
            return label, False, self._chorus_error_words(error)
        if not own:
            return (
                label,
                False,
                self.env._("%(siret)s is unknown to Chorus Pro", siret=siret),
            )
        values = {"structure_ref": own.id}
        if detail.password_expires:
            values["password_until"] = detail.password_expires
        self.write(values)
        if not own.active:
            return (
                label,
                False,
                self.env._("%(name)s is closed at Chorus Pro", name=own.name),
            )
        return label, True, own.name or siret

    def _test_drop(self):
        label = self.env._("Folders of EDI files")
        try:
            box = self._chorus_dropbox()
            with box if isinstance(box, Sftp) else contextlib.nullcontext():
                box.check()
        except UserError as error:
            return label, False, str(error)
        except errors.ChorusError as error:
            return label, False, self._chorus_error_words(error)
        return label, True, self.env._("can be reached")

    def _chorus_error_words(self, error):
        """Return what an error of the library means and what to do, in words.

        :param error: ``lib.errors.ChorusError``
        """
        if isinstance(error, errors.FixCredentials):
            name, remedy = self._layer_words()[error.layer]
            return f"{name}: {remedy}"
        if isinstance(error, errors.OutcomeUnknown):
            return self.env._(
                "No answer came: it is not known whether Chorus Pro received it. It is "
                "asked before anything is sent again. (%(detail)s)",
                detail=error,
            )
        if isinstance(error, errors.Rejected):
            words = error.label or str(error)
            if error.code:
                words = f"{words} ({error.code})"
            return self.env._("Chorus Pro refuses: %(why)s", why=words)
        return self.env._(
            "Chorus Pro cannot be reached now; it is tried again later. (%(detail)s)",
            detail=error,
        )
