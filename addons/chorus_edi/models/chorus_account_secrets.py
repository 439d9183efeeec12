# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import configparser
import os

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..lib.client import Client, Credentials
from .chorus_account import SECRET, SECRETS

#: Start of the variables of the environment, and section of the configuration file.
PREFIX = "DEMAT_CHORUS_"
SECTION = "demat_chorus"


class ChorusAccount(models.Model):
    """Where the secrets of an account come from, and the client made of them.

    A secret is looked for in the environment (``DEMAT_CHORUS_<SIREN>_PASSWORD``, or
    ``DEMAT_CHORUS_PASSWORD`` when there is a single account), then in the section
    ``[demat_chorus]`` of the configuration file (``<siren>_password``, ``password``),
    then in the account. No value is ever shown or logged, only where it comes from.
    """

    _inherit = "chorus.account"

    secrets_in_force = fields.Text(
        string="Where the secrets come from",
        compute="_compute_secrets_in_force",
        groups=SECRET,
    )

    @api.depends(*SECRETS)
    @api.depends_context("lang")
    def _compute_secrets_in_force(self):
        words = {
            "environment": self.env._("environment of the server"),
            "file": self.env._("configuration file of the server"),
            "account": self.env._("this form"),
            "": self.env._("missing"),
        }
        labels = self.fields_get(SECRETS, ["string"])
        for account in self:
            lines = []
            for name in account._secret_names():
                source = account._chorus_secret(name)[1]
                lines.append(f"{labels[name]['string']}: {words[source]}")
            account.secrets_in_force = "\n".join(lines)

    def _secret_names(self):
        """Return the names of the secrets that the way of this account needs."""
        self.ensure_one()
        if self.mode != "edi":
            return SECRETS[:4]
        return SECRETS if self.sudo().drop_kind == "sftp" else SECRETS[:4]

    def _chorus_secret(self, name):
        """Return ``(value, source)``; source: environment, file, account or ``""``."""
        self.ensure_one()
        account = self.sudo()
        for key in account._secret_keys(name):
            value = os.environ.get(PREFIX + key.upper())
            if value:
                return value, "environment"
        section = _read_section()
        for key in account._secret_keys(name):
            if section.get(key):
                return section[key], "file"
        value = account[name]
        return (value, "account") if value else ("", "")

    def _secret_keys(self, name):
        """Return the names of a secret outside of the database, the first wins.

        Without a SIREN in its name a secret counts only while there is one account:
        no company may deposit with the secrets of another.
        """
        keys = []
        siren = self._chorus_siret()[:9]
        if siren:
            keys.append(f"{siren}_{name}")
        if self.with_context(active_test=False).search_count([], limit=2) <= 1:
            keys.append(name)
        return keys

    def _chorus_credentials(self):
        """Return the ``lib.client.Credentials`` of this account.

        :raises UserError: something is missing; the words say what
        """
        self.ensure_one()
        values = {name: self._chorus_secret(name)[0] for name in SECRETS[:4]}
        labels = self.sudo().fields_get(SECRETS, ["string"])
        missing = [labels[name]["string"] for name in values if not values[name]]
        if missing:
            raise UserError(
                self.env._(
                    "The account of %(company)s at Chorus Pro is not complete: "
                    "%(missing)s. Ask an administrator to fill it in (Settings, "
                    "Accounting, Chorus Pro).",
                    company=self.company_id.name,
                    missing=", ".join(missing),
                )
            )
        return Credentials(**values)

    def _chorus_client(self, *, calls=None):
        """Return a new ``lib.client.Client`` of this account.

        :param calls: dictionary that counts the requests by operation
        :raises UserError: the account is not complete
        """
        self.ensure_one()
        return Client(self._chorus_platform(), self._chorus_credentials(), calls=calls)


def _read_section():
    """Return the section of the configuration file: ``{name: value}``."""
    path = config["config"]
    if not path or not os.path.isfile(path):
        return {}
    parser = configparser.RawConfigParser()
    try:
        parser.read([path], encoding="utf-8")
    except configparser.Error:
        # the host reads the same file at its start and says what is wrong with it
        return {}
    return dict(parser.items(SECTION)) if parser.has_section(SECTION) else {}
