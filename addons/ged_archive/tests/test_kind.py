# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.ged_archive.models import ged_kind

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestKind(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["ged.kind"].create(
            {"name": "Contract", "code": "test_contract", "retention_years": 5}
        )

    def _until(self, day):
        return self.kind._retention_until(day, self.company)

    def _with_closing(self, day, month):
        return patch.object(
            ged_kind, "_closing", lambda company: {"day": day, "month": month}
        )

    def test_counted_from_the_document(self):
        self.assertEqual(self.kind.retention_from, "document")
        self.assertEqual(self._until(date(2026, 3, 31)), date(2031, 3, 31))
        self.assertEqual(self._until(date(2028, 2, 29)), date(2033, 2, 28))

    def test_counted_from_the_end_of_the_fiscal_year(self):
        self.kind.retention_from = "fiscal_year"
        with self._with_closing(31, 12):
            self.assertEqual(self._until(date(2026, 1, 1)), date(2031, 12, 31))
            self.assertEqual(self._until(date(2026, 12, 31)), date(2031, 12, 31))
        with self._with_closing(30, 6):
            self.assertEqual(self._until(date(2026, 6, 30)), date(2031, 6, 30))
            self.assertEqual(self._until(date(2026, 7, 1)), date(2032, 6, 30))
        with self._with_closing(28, 2):
            self.assertEqual(self._until(date(2026, 3, 1)), date(2032, 2, 29))
            self.assertEqual(self._until(date(2028, 2, 29)), date(2033, 2, 28))

    def test_fiscal_year_is_a_setting_of_the_accounting(self):
        """Without that application, 31 December."""
        closing = ged_kind._closing(self.company)
        if "fiscalyear_last_month" not in self.env["res.company"]._fields:
            self.assertEqual(closing, {"day": 31, "month": 12})
            return
        self.company.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        self.assertEqual(ged_kind._closing(self.company), {"day": 30, "month": 6})
        document = self._archive(document_date="2026-07-01")
        self.assertEqual(document.retention_until, date(2037, 6, 30))

    def test_without_limit(self):
        self.kind.retention_years = 0
        self.assertFalse(self._until(date(2026, 3, 31)))
        self.assertEqual(self.kind.retention_example, "Kept without limit.")
        self.kind.write({"retention_years": 9000, "retention_from": "fiscal_year"})
        self.assertFalse(self._until(date(2026, 3, 31)))

    def test_example_names_the_company(self):
        self.assertIn(
            self.company.name,
            self.kind.with_company(self.company).retention_example,
        )

    def test_default_kinds(self):
        """What the addons refer to is there, with a period and its reason."""
        codes = {
            "invoice",
            "credit_note",
            "quote",
            "quote_signed",
            "evidence",
            "chorus_report",
            "other",
        }
        kinds = self.env["ged.kind"]._by_code(codes)
        self.assertEqual(set(kinds), codes)
        for kind in kinds.values():
            self.assertGreaterEqual(kind.retention_years, 5)
            self.assertTrue(kind.retention_source)
        self.assertEqual(kinds["invoice"].retention_from, "fiscal_year")
        self.assertEqual(kinds["quote"].retention_from, "document")

    def test_a_change_counts_for_later_documents(self):
        before = self._archive(kind="test_contract")
        self.kind.write({"retention_years": 6, "portal_visible": True})
        after = self._archive(kind="test_contract")
        self.assertEqual(before.retention_until, date(2031, 3, 31))
        self.assertFalse(before.portal_visible)
        self.assertEqual(after.retention_until, date(2032, 3, 31))
        self.assertTrue(after.portal_visible)
