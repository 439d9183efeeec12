# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a verification found is red on the documents until it is acknowledged."""

from odoo.tests import Form, tagged

from .common import ArchiveCommon
from .test_verification import TestVerification


@tagged("post_install", "-at_install")
class TestDocumentAlert(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Verification = cls.env["ged.verification"]
        cls.Verification.search([]).write({"state": "cancelled"})
        cls.manager.write({"company_ids": [(4, cls.other_company.id)]})

    _spoil = TestVerification._spoil

    def setUp(self):
        super().setUp()
        self.documents = self._archive(3)
        self._link()
        self.bad = self.documents[1]
        self._spoil(self.bad)
        found = self.Verification._request(self.company)
        self.Verification._cron_verify()
        found.invalidate_recordset()
        self.alert = found.sudo().alert_id
        self.assertEqual(self.alert.state, "open")

    def _as(self, user, **context):
        self.env.invalidate_all()
        return self.documents.with_user(user).with_context(**context)

    def _found(self, user, value=True):
        return (
            self._as(user)
            .search([("id", "in", self.documents.ids), ("has_alert", "=", value)])
            .sudo()
        )

    def test_document_and_archive(self):
        for user in (self.reader, self.auditor, self.manager):
            seen = self._as(user)
            self.assertEqual(seen.mapped("has_alert"), [False, True, False])
            self.assertEqual(seen.mapped("archive_has_alert"), [True] * 3)
            self.assertIn("altered", seen[1].alert_message)
            self.assertFalse(seen[0].alert_message)
            self.assertEqual(self._found(user), self.bad)
            self.assertEqual(self._found(user, False), self.documents - self.bad)
        form = Form(self.bad.with_user(self.reader))
        self.assertTrue(form.has_alert)

    def test_acknowledged(self):
        self.alert.with_user(self.manager)._acknowledge("Restored from the backup")
        for user in (self.reader, self.manager):
            seen = self._as(user)
            self.assertFalse(any(seen.mapped("has_alert")))
            self.assertFalse(any(seen.mapped("archive_has_alert")))
            self.assertFalse(self._found(user))
            self.assertFalse(self._as(user).alert_banner())

    def test_banner(self):
        for user, opens in ((self.reader, False), (self.auditor, True)):
            banner = self._as(user).alert_banner()
            self.assertIn("Archive Ltd", banner["message"])
            self.assertIn(": 1)", banner["message"])
            self.assertEqual(banner["can_open"], opens)
        action = self.bad.with_user(self.auditor).action_open_alerts()
        self.assertEqual(action["res_model"], "ged.alert")

    def test_customers_and_employees_are_told_nothing(self):
        for user in (self.employee, self.portal):
            self.assertFalse(self.Document.with_user(user).alert_banner())
        self.kind = self.env.ref("ged_archive.ged_kind_invoice")
        own = self.bad.with_user(self.portal)
        self.assertFalse(own.has_alert)
        self.assertFalse(own.alert_message)
        self.assertFalse(
            self.Document.with_user(self.portal).search([("has_alert", "=", True)])
        )

    def test_other_company(self):
        other = self._archive(company_id=self.other_company.id, partner_id=False)
        seen = other.with_user(self.manager)
        self.assertFalse(seen.has_alert)
        self.assertFalse(seen.archive_has_alert)
        banner = self.Document.with_user(self.manager).with_context(
            allowed_company_ids=self.other_company.ids
        )
        self.assertFalse(banner.alert_banner())

    def test_few_queries_for_a_list(self):
        """One page of a list, whatever its length."""
        # not the bytes of the document that was spoilt
        many = self.Document._archive([self._vals(place) for place in range(100, 140)])
        many = many.with_user(self.reader)
        many.mapped("company_id")
        self.env.invalidate_all()
        many.mapped("name")
        with self.assertQueryCount(4):
            many.mapped("has_alert")
