# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..lib.memory import Memory
from .common import DematInvoiceCommon

LINES = 8


@tagged("post_install", "-at_install")
class TestExportQueries(DematInvoiceCommon):
    """The electronic invoice of a batch asks once for what is the same in all."""

    def _invoice_of(self, lines):
        move = self._invoice()
        line = move.invoice_line_ids[0]
        move.button_draft()
        for number in range(lines - 1):
            line.copy({"name": f"Tiles {number}", "move_id": move.id})
        move.action_post()
        return move

    def _export(self, move, memory):
        self.env.flush_all()
        self.env.invalidate_all()
        if memory is not None:
            move = move.with_context(demat_unece=memory)
        before = self.env.cr.sql_log_count
        xml = move._demat_export_xml()
        return xml, self.env.cr.sql_log_count - before

    def test_queries_of_the_lines(self):
        move, other = self._invoice_of(LINES), self._invoice_of(1)
        memory = Memory()
        alone, first = self._export(move, None)
        together, second = self._export(move, memory)
        self.assertEqual(together, alone, "what is remembered changes nothing")
        self.assertLess(second, first - 2 * LINES)
        _xml, small = self._export(other, memory)
        _xml, large = self._export(move, memory)
        self.assertEqual(large, small, "the number of lines does not matter")

    def test_each_tax_has_its_own_answer(self):
        """One memory, two categories: nothing of the first is said of the second."""
        move = self._invoice_of(2)
        exempt = self.env["account.tax"].create(
            {
                "name": "Exempt",
                "amount": 0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        edi = self.env["account.edi.xml.cii"].with_context(demat_unece=Memory())
        parties = move.commercial_partner_id, self.company.partner_id
        full = move.invoice_line_ids.tax_ids[:1]
        for _time in range(2):
            codes = [edi._get_tax_category_code(*parties, tax) for tax in full + exempt]
            self.assertEqual(codes, ["S", "E"])
            reasons = [
                edi._get_tax_exemption_reason(*parties, tax)["tax_exemption_reason"]
                for tax in full + exempt
            ]
            self.assertFalse(reasons[0])
            self.assertTrue(reasons[1])
