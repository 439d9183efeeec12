# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import DematCase


@tagged("post_install", "-at_install")
class TestNotified(DematCase):
    """Addresses on the customer and on the site."""

    def test_stored_normalised(self):
        for record in (self.customer, self.site):
            record.demat_email = "A@X.fr; b@y.fr\na@x.fr"
            self.assertEqual(record.demat_email, "a@x.fr, b@y.fr")
            record.demat_email = " "
            self.assertFalse(record.demat_email)

    def test_normalised_at_creation(self):
        partner = self.env["res.partner"].create(
            {"name": "New", "demat_email": "Jean <J@X.fr>"}
        )
        self.assertEqual(partner.demat_email, "j@x.fr")
        project = self.env["project.project"].create(
            {"name": "New", "demat_email": "S@X.fr"}
        )
        self.assertEqual(project.demat_email, "s@x.fr")

    def test_offending_part_is_named(self):
        for record in (self.customer, self.site):
            with self.assertRaisesRegex(ValidationError, "“b y.fr”"):
                record.demat_email = "a@x.fr, b y.fr, c@z.fr"
        with self.assertRaisesRegex(ValidationError, "not a domain"):
            self.env["res.partner"].create({"name": "New", "demat_email": "a@x"})
        with self.assertRaisesRegex(ValidationError, "too long"):
            self.customer.demat_email = "a" * 70 + "@x.fr"
        with self.assertRaisesRegex(ValidationError, "not allowed"):
            self.customer.demat_email = "a@x.fr\nBcc: spy@evil.example"

    def test_default_flag_of_the_company(self):
        self.company.demat_attach_pdf = True
        partner = self.env["res.partner"].create({"name": "New"})
        self.assertTrue(partner.demat_attach_pdf)
        self.company.demat_attach_pdf = False
        partner = self.env["res.partner"].create({"name": "New"})
        self.assertFalse(partner.demat_attach_pdf)

    # ---- who changes the site ----

    def _apply(self, user, **values):
        action = self.site.with_user(user).action_demat_notification()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )
        return wizard.action_apply()

    def test_site_manager_and_clerk_through_the_button(self):
        for user in (self.site_manager, self.clerk):
            with self.assertRaises(AccessError):
                self.site.with_user(user).write({"demat_email": "a@x.fr"})
            self._apply(user, demat_email="New@X.fr", demat_attach_pdf=True)
            self.assertEqual(self.site.demat_email, "new@x.fr")
            self.assertTrue(self.site.demat_attach_pdf)
            self._apply(user, demat_email=False)
            self.assertFalse(self.site.demat_email)
            self.assertTrue(self.site.demat_attach_pdf, "untouched values stay")

    def test_button_names_the_bad_part_too(self):
        with self.assertRaisesRegex(ValidationError, "“nobody”"):
            self._apply(self.clerk, demat_email="nobody")

    def test_others_may_not(self):
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self._apply(user, demat_email="a@x.fr")

    def test_site_of_another_company_is_out_of_reach(self):
        self.site.company_id = self.company
        wizard = self.env["demat.site.wizard"].with_user(self.other_clerk)
        with self.assertRaises(AccessError):
            wizard.create(
                {"project_id": self.site.id, "demat_email": "a@x.fr"}
            ).action_apply()

    def test_follower_only_site_stays_closed(self):
        self.site.privacy_visibility = "followers"
        with self.assertRaises(AccessError):
            self._apply(self.clerk, demat_email="a@x.fr")
