# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules import get_module_path
from odoo.tests import Form, tagged
from odoo.tools import config

from .common import ChorusCommon


@tagged("post_install", "-at_install")
class TestChorusAccount(ChorusCommon):
    """Account of a company: its secrets and where they come from, test, warnings."""

    def test_secrets_are_for_system_administrators(self):
        account = self.account.with_user(self.clerk)
        self.assertEqual(account.platform, "other")
        secret = ["client_id", "client_secret", "login", "password", "sftp_key"]
        for name in [*secret, "token_url", "api_url", "secrets_in_force"]:
            with self.assertRaises(AccessError, msg=name):
                account.read([name])
        with self.assertRaises(AccessError):
            account.with_user(self.manager).write({"platform": "production"})
        with self.assertRaises(AccessError):
            account.action_test_connection()
        with self.assertRaises(AccessError):
            account.search([("password", "=like", "a%")])

    def test_secrets_are_never_exported_nor_noted(self):
        fields_of = self.env["chorus.account"].get_views([(False, "list")])
        self.assertTrue(fields_of)
        described = self.env["chorus.account"].fields_get(attributes=["exportable"])
        for name in ("client_id", "client_secret", "login", "password", "sftp_key"):
            self.assertIs(described[name]["exportable"], False)
        self.account.password = "another word"
        self.env.flush_all()
        notes = self.account.message_ids.mapped("body")
        tracked = self.account.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertNotIn("another word", "".join(map(str, notes)))
        self.assertNotIn("password", tracked)
        with self.assertRaises(UserError):
            self.account.copy()

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = self.env["chorus.account"].create({"company_id": other.id})
        seen = self.env["chorus.account"].with_user(self.clerk).search([])
        self.assertEqual(seen, self.account)
        with self.assertRaises(AccessError):
            foreign.with_user(self.clerk).read(["platform"])
        self.assertFalse(other._chorus_account() - foreign)
        foreign.active = False
        self.assertFalse(other._chorus_account())

    def test_branch_uses_the_account_of_its_company(self):
        branch = self.env["res.company"].create(
            {"name": "Agence", "parent_id": self.company.id}
        )
        self.assertEqual(branch._chorus_account(), self.account)

    def test_addresses(self):
        for url in (
            "http://chorus.example",
            "https://user:word@chorus.example",
            "file:///etc/passwd",
            "",
        ):
            with self.assertRaises(ValidationError, msg=url), self.env.cr.savepoint():
                self.account.api_url = url
        self.account.platform = "production"
        self.assertIn("api.piste.gouv.fr", self.account._chorus_platform().api_url)

    def test_secret_of_the_environment(self):
        siren = self.siret[:9]
        with patch.dict(os.environ, {"DEMAT_CHORUS_PASSWORD": "word of the server"}):
            secret = self.account._chorus_secret("password")
            self.assertEqual(secret, ("word of the server", "environment"))
            self.account.invalidate_recordset(["secrets_in_force"])
            words = self.account.secrets_in_force
            self.assertIn("environment", words)
            self.assertNotIn("word of the server", words)
            other = self.env["res.company"].create({"name": "Autre SARL"})
            foreign = self.env["chorus.account"].create({"company_id": other.id})
            # with two accounts nobody knows whose it is
            self.assertEqual(foreign._chorus_secret("password"), ("", ""))
            self.assertEqual(
                self.account._chorus_secret("password")[1],
                "account",
            )
        named = {f"DEMAT_CHORUS_{siren}_PASSWORD": "word of this company"}
        with patch.dict(os.environ, named):
            secret = self.account._chorus_secret("password")
            self.assertEqual(secret, ("word of this company", "environment"))
            self.assertEqual(foreign._chorus_secret("password"), ("", ""))

    def test_secret_of_the_configuration_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "odoo.conf"
            path.write_text("[demat_chorus]\nclient_secret = of the file\n")
            with patch.dict(config.options, {"config": str(path)}):
                self.assertEqual(
                    self.account._chorus_secret("client_secret"),
                    ("of the file", "file"),
                )

    def test_incomplete(self):
        self.account.password = False
        with self.assertRaisesRegex(UserError, "Password of the technical account"):
            self.account._chorus_client()

    def test_connection(self):
        self.account.action_test_connection()
        self.assertTrue(self.account.check_ok, self.account.check_report)
        self.assertTrue(self.account.structure_ref)
        self.assertEqual(self.account.check_report.count("✓"), 5)

    def test_connection_names_the_layer(self):
        cases = [
            ({"client_secret": "wrong"}, "Token"),
            ({"password": "wrong"}, "Technical account"),
        ]
        for values, layer in cases:
            good = {name: self.account[name] for name in values}
            self.account.write(values)
            self.account.action_test_connection()
            self.assertFalse(self.account.check_ok)
            failed = [
                line
                for line in self.account.check_report.splitlines()
                if line.startswith("✗")
            ]
            self.assertEqual(len(failed), 1, self.account.check_report)
            self.assertIn(layer, failed[0])
            self.assertNotIn("wrong", failed[0])
            self.account.write(good)
        self.account.siret = "12345678200999"
        self.account.action_test_connection()
        self.assertIn("unknown to Chorus Pro", self.account.check_report)

    def test_connection_to_nobody(self):
        self.account.write(
            {"token_url": "http://127.0.0.1:9/t", "api_url": "http://127.0.0.1:9"}
        )
        self.account.action_test_connection()
        self.assertFalse(self.account.check_ok)

    def test_edi(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.account.write({"mode": "edi", "edi_application": "abc"})
        self.account.write({"mode": "edi", "edi_application": "ABC123"})
        with self.assertRaisesRegex(UserError, "Folder"):
            self.account._chorus_dropbox()

    def test_password_proposes_its_end(self):
        with Form(self.account) as form:
            form.password = "a new word"
        days = (self.account.password_until - fields.Date.today()).days
        self.assertEqual(days, 424)

    def test_warnings(self):
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.company
        warned = self.env.ref("chorus_edi.mail_activity_type_password")

        def told():
            return self.account.activity_ids.filtered(
                lambda activity: (
                    activity.activity_type_id == warned and activity.user_id == admin
                )
            )

        today = fields.Date.today()
        self.account.password_until = fields.Date.add(today, days=31)
        self.account._cron_expiry()
        self.assertFalse(told())
        for days, threshold in ((30, 30), (20, 30), (15, 15), (3, 7), (-2, 7)):
            self.account.password_until = fields.Date.add(today, days=days)
            self.account._cron_expiry()
            self.account._cron_expiry()
            self.assertEqual(len(told()), 1, days)
            self.assertEqual(self.account.warned["password_until"]["days"], threshold)
        self.account.password_until = fields.Date.add(today, days=424)
        self.assertFalse(told())
        self.assertNotIn(self.clerk, self.account.activity_ids.user_id)

    def test_neutralize(self):
        self.account.write(
            {"platform": "production", "sftp_host": "sftp.example", "sftp_key": "key"}
        )
        self.env.flush_all()
        path = Path(get_module_path("chorus_edi")) / "data/neutralize.sql"
        self.env.cr.execute(path.read_text(encoding="utf-8"))
        self.env.invalidate_all()
        self.assertEqual(self.account.platform, "qualification")
        for name in ("client_id", "client_secret", "login", "password", "sftp_key"):
            self.assertFalse(self.account[name], name)
        crons = self.env["ir.model.data"].search(
            [("module", "=", "chorus_edi"), ("model", "=", "ir.cron")]
        )
        jobs = self.env["ir.cron"].with_context(active_test=False)
        self.assertTrue(crons)
        self.assertFalse(any(jobs.browse(crons.mapped("res_id")).mapped("active")))
