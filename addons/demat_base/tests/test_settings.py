# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import Form, tagged

from .common import DematCase


@tagged("post_install", "-at_install")
class TestSettings(DematCase):
    def test_wording_versions(self):
        text, version = self.company._demat_get_wording()
        self.assertIn(self.company.name, text)
        self.assertEqual(version, "standard 1")
        self.company.demat_consent_wording = "First text."
        self.assertEqual(self.company._demat_get_wording(), ("First text.", "1"))
        self.company.write({"demat_consent_wording": " First text. "})
        self.assertEqual(self.company.demat_consent_wording_version, 1, "same text")
        self.company.demat_consent_wording = "Second text."
        self.assertEqual(self.company._demat_get_wording(), ("Second text.", "2"))
        self.company.demat_consent_wording = False
        self.assertEqual(self.company._demat_get_wording()[1], "standard 1")
        self.company.demat_consent_wording = "First text."
        self.assertEqual(
            self.company._demat_get_wording()[1], "4", "a number is never used twice"
        )

    def test_other_values_do_not_count_as_a_version(self):
        self.company.write({"demat_attach_pdf": True, "phone": "02 99 00 00 00"})
        self.assertEqual(self.company.demat_consent_wording_version, 0)

    def test_standard_wording_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        module = self.env["ir.module.module"].search([("name", "=", "demat_base")])
        module._update_translations(["fr_FR"])
        text, _version = self.company._demat_get_wording("fr_FR")
        self.assertIn("sous forme électronique", text)

    def test_portal_address(self):
        self.assertEqual(
            self.company._demat_get_portal_url(), f"{self.company.get_base_url()}/my"
        )
        self.company.demat_portal_url = "https://portail.example.com/"
        self.assertEqual(
            self.company._demat_get_portal_url(), "https://portail.example.com/"
        )

    def test_settings_form(self):
        form = Form(self.env["res.config.settings"])
        form.demat_consent_wording = "I agree."
        form.demat_mail_layout = "plain"
        form.demat_portal_url = "https://portail.example.com/"
        form.demat_attach_pdf = True
        form.save().execute()
        self.assertRecordValues(
            self.company,
            [
                {
                    "demat_consent_wording": "I agree.",
                    "demat_consent_wording_version": 1,
                    "demat_mail_layout": "plain",
                    "demat_portal_url": "https://portail.example.com/",
                    "demat_attach_pdf": True,
                }
            ],
        )
