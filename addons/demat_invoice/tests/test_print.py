# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestPrint(DematInvoiceCommon):
    def test_print_marks_and_preview_does_not(self):
        move = self._invoice()
        paper = move.with_user(self.clerk).with_context(force_report_rendering=True)
        paper.action_demat_preview()
        self.assertFalse(move.demat_edition_date)
        paper.action_demat_print()
        self.assertTrue(move.demat_edition_date)
        self.assertEqual(move.demat_edition_uid, self.clerk)
        self.assertEqual(move.demat_edition_count, 1)
