# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
from unittest.mock import patch

import pypdf

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..models import ir_actions_report
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

    # ---- the host's way, when the fast one could differ ----

    def _customise(self, text):
        self.env["ir.ui.view"].create(
            {
                "name": "Customised invoice",
                "type": "qweb",
                "mode": "extension",
                "inherit_id": self.env.ref("account.report_invoice_document").id,
                "arch": "<data><xpath expr=\"//div[hasclass('page')]\" "
                f'position="inside">{text}</xpath></data>',
            }
        )

    def _drawn(self):
        """Draw an invoice; the commands of the renderer, and the pages."""
        runs = []
        original = type(self.env["ir.actions.report"])._build_wkhtmltopdf_args

        def spy(report, *args, **kwargs):
            command = original(report, *args, **kwargs)
            runs.append(command[command.index("--javascript-delay") + 1])
            return command

        with (
            patch.object(
                type(self.env["ir.actions.report"]), "_build_wkhtmltopdf_args", spy
            ),
            # the sheets of the host's way cannot be fetched from here
            mute_logger("odoo.addons.base.models.ir_actions_report"),
        ):
            move = self._invoice().with_context(force_report_rendering=True)
            [pdf] = move._demat_render_together().values()
        self.assertTrue(pdf.startswith(b"%PDF"))
        # the last command is the one that was run
        return runs[-1]

    def test_fast_without_scripts(self):
        with patch.object(ir_actions_report, "_logger") as log:
            self.assertEqual(self._drawn(), "0")
        log.info.assert_not_called()

    def test_scripts_are_waited_for(self):
        self.env["ir.config_parameter"].set_param("report.print_delay", "7")
        for text in (
            "<script>document.title = 'x'</script>",
            "<span onclick='x()'>x</span>",
            "<a href='javascript:x()'>x</a>",
        ):
            with self.subTest(text), self.cr.savepoint() as savepoint:
                self._customise(text)
                with patch.object(ir_actions_report, "_logger") as log:
                    self.assertEqual(self._drawn(), "7")
                self.assertIn("its template has scripts", log.info.call_args.args)
                savepoint.rollback()
                self.env.registry.clear_cache("templates")

    def test_a_script_of_another_header(self):
        reports = self.env["ir.actions.report"]
        own = f"<head><script>{ir_actions_report._host_script()}</script></head>"
        for script, wanted in (("", False), ("<script>other()</script>", True)):
            parts = {
                "header": f"<html>{own}<body onload='subst()'>{script}</body></html>"
            }
            found = reports._demat_obstacle(["<p>x</p>"], parts, (), {})
            self.assertEqual(bool(found), wanted, found)

    def test_a_renderer_that_is_not_patched(self):
        other = _wkhtml()._replace(is_patched_qt=False)
        with (
            patch.object(ir_actions_report, "_wkhtml", lambda: other),
            patch.object(ir_actions_report, "_logger") as log,
        ):
            self.assertNotEqual(self._drawn(), "0")
        self.assertIn("patched Qt", log.info.call_args.args[-1])

    def test_a_switch_that_is_not_known(self):
        reports = self.env["ir.actions.report"]
        with patch.object(
            type(reports),
            "_build_wkhtmltopdf_args",
            lambda *_args, **_kwargs: ["--run-script", "x()"],
        ):
            found = reports._demat_obstacle(["<p>x</p>"], {}, (), {})
        self.assertIn("--run-script", found)
