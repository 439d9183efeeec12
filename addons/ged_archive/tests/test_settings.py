# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import Form, tagged
from odoo.tools import file_path

from ..lib import schematron
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestSettings(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_settings = (
            cls.env["res.config.settings"]
            .with_user(cls.system)
            .with_company(cls.company)
        )

    def _uses_rules(self):
        return self.env["res.company"]._ged_use_schematron()

    def test_rules_are_on_by_default_where_the_package_is(self):
        with patch.object(schematron, "available", lambda: True):
            self.assertTrue(self._uses_rules())
        with patch.object(schematron, "available", lambda: False):
            self.assertFalse(self._uses_rules())

    def test_rules_can_be_switched_off_and_on(self):
        with patch.object(schematron, "available", lambda: True):
            self.admin_settings.create({"ged_schematron": False}).execute()
            self.assertFalse(self._uses_rules())
            self.admin_settings.create({"ged_schematron": True}).execute()
            self.assertTrue(self._uses_rules())

    def test_saving_without_the_package_decides_nothing(self):
        with patch.object(schematron, "available", lambda: False):
            self.admin_settings.create({"ged_schematron": False}).execute()
        with patch.object(schematron, "available", lambda: True):
            self.assertTrue(self._uses_rules())

    def test_profile_is_chosen_in_the_settings(self):
        profile = self._profile()
        settings = self.admin_settings.create({"ged_seal_profile_id": profile.id})
        settings.execute()
        self.assertEqual(self.company.ged_seal_profile_id, profile)
        action = settings.action_test_ged_certificate()
        self.assertEqual(action["params"]["type"], "success")

    def test_forms_open_for_their_users(self):
        """View rights fit field rights: no role meets an error on its own screens."""
        profile = self._profile()
        Form(profile.with_user(self.manager))
        Form(profile.with_user(self.system))
        document = self._archive()
        Form(document.with_user(self.reader))
        for model, kinds in {
            "ged.document": ("kanban", "list", "form", "search"),
            "ged.event": ("list", "search"),
            "ged.kind": ("list", "form", "search"),
            "ged.seal.profile": ("list", "form", "search"),
        }.items():
            for kind in kinds:
                view = self.env[model].with_user(self.manager).get_view(view_type=kind)
                self.assertTrue(view["arch"])

    def test_neutralized_copy_cannot_seal(self):
        profile = self._profile(tsa_url="https://tsa.example.com/")
        self.company.ged_seal_profile_id = profile
        self.env.flush_all()
        with open(file_path("ged_archive/data/neutralize.sql")) as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.assertIsNone(self.company._ged_get_sealer())
        self.assertFalse(profile.pkcs12 or profile.password or profile.tsa_url)
        self.assertFalse(profile.active)
