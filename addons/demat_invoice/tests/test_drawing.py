# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

import pypdf

from odoo import Command
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestDrawing(DematInvoiceCommon):
    def test_what_no_font_draws_does_not_stop_the_invoice(self):
        """Texts pasted from word processors carry separators and private characters."""
        move = self._invoice(
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Pose\u2028de\ue001 carrelage",
                        "quantity": 1,
                        "price_unit": 10,
                        "tax_ids": [
                            Command.set(self.company_data["default_tax_sale"].ids)
                        ],
                    }
                )
            ]
        )
        self._send(move)
        self.assertFalse(move.demat_error)
        reader = pypdf.PdfReader(io.BytesIO(move.demat_document_id._get_content()))
        text = " ".join(page.extract_text() for page in reader.pages)
        self.assertIn("Pose de carrelage", text)

    def test_no_wait_for_scripts_in_our_drawing_only(self):
        report = self.env.ref("account.account_invoices")
        paper = report.get_paperformat()

        def delay(**context):
            command = report.with_context(**context)._build_wkhtmltopdf_args(
                paper, landscape=False
            )
            return command[command.index("--javascript-delay") + 1]

        self.assertEqual(delay(demat_drawing=True), "0")
        self.assertNotEqual(delay(), "0")

    def test_the_style_sheet_lies_in_the_page_and_holds_what_is_used(self):
        reports = self.env["ir.actions.report"]
        html = (
            '<html><head><link type="text/css" rel="stylesheet" '
            'href="/web/assets/1/web.report_assets_common.min.css"/></head>'
            '<body><div class="text-end">x</div></body></html>'
        )
        [page] = reports._demat_inline_styles([html])
        self.assertNotIn("<link", page)
        self.assertIn(".text-end{", page)
        self.assertNotIn(".btn-primary", page)
        whole = reports._demat_get_bundle_css("web.report_assets_common.min.css")
        self.assertLess(len(page), len(whole) / 4)

    def test_a_sheet_that_cannot_be_made_stays_linked(self):
        html = (
            '<html><head><link href="/web/assets/1/web.no_such.min.css"/></head></html>'
        )
        [page] = self.env["ir.actions.report"]._demat_inline_styles([html])
        self.assertIn("<link", page)

    def test_item_name_of_a_line_without_product(self):
        """BR-25 of EN 16931: each line has an item name."""
        xml = self._invoice()._demat_export_xml()
        self.assertIn(b"<ram:Name>Pose de carrelage</ram:Name>", xml)

    def test_the_hosts_send_button_steps_back(self):
        move = self._invoice()
        self.assertFalse(move.highlight_send_button)
        self.company.demat_invoicing = False
        self.assertTrue(self._invoice().highlight_send_button)
