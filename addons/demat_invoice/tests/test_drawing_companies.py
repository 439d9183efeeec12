# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Invoices of two companies in one batch: the host draws all with the first one's."""

import io

import pypdf

from odoo import Command
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestDrawingCompanies(DematInvoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data_2 = cls.setup_other_company()

    def test_two_companies_each_its_own_layout(self):
        other = self._second_company()
        moves = self._invoice() | other
        self._force_state(moves, "ready")
        moves.sudo()._demat_take_into_sending("start", schedule=False)
        self._dispatch(moves)
        self.assertFalse(any(moves.mapped("demat_error")), moves.mapped("demat_error"))
        self.assertEqual(moves.mapped("demat_state"), ["sent", "sent"])
        texts = [
            pypdf.PdfReader(io.BytesIO(move.demat_document_id._get_content()))
            .pages[0]
            .extract_text()
            for move in moves
        ]
        self.assertIn("Mentions de la seconde", texts[1])
        self.assertNotIn("Mentions de la seconde", texts[0])
        self.assertIn("Mentions de la première", texts[0])
        self.assertNotIn("Mentions de la première", texts[1])

    def _second_company(self):
        """An invoice of another company that seals, with another layout."""
        company = self.company_data_2["company"]
        self.env.user.company_ids |= company
        self.company.write(
            {
                "external_report_layout_id": self.env.ref(
                    "web.external_layout_bold"
                ).id,
                "report_footer": "<p>Mentions de la première</p>",
            }
        )
        company.write(
            {
                "external_report_layout_id": self.env.ref(
                    "web.external_layout_wave"
                ).id,
                "report_footer": "<p>Mentions de la seconde</p>",
                "street": "2 rue du Second",
                "city": "Lyon",
                "zip": "69001",
                "email": "facturation@seconde.example",
                "phone": "+33 4 00 00 00 01",
                "vat": "FR23334175221",
                "company_registry": "33417522101010",
                "demat_invoicing": True,
            }
        )
        self.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        company.ged_seal_profile_id = self._make_profile(company)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "journal_id": self.company_data_2["default_journal_sale"].id,
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-02",
                "delivery_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Conseil",
                            "price_unit": 10,
                            "tax_ids": [
                                Command.set(self.company_data_2["default_tax_sale"].ids)
                            ],
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move
