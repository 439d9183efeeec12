# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The verification code on what is sent: drawn, archived, one per version."""

import io

import pypdf

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.ged_archive.lib.codes import pretty
from odoo.addons.ged_archive.tests.common import seal_text

from .common import DematInvoiceCommon


def text_of(pdf):
    return " ".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    )


@tagged("post_install", "-at_install")
class TestPrintedCode(DematInvoiceCommon):
    def test_each_its_own_and_the_archive_knows_it(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        self._send(moves)
        self.assertEqual(len(set(moves.mapped("demat_verify_code"))), 3)
        for move in moves:
            document = move.demat_document_id
            self.assertEqual(move.demat_verify_code, document.verify_code)
            text = text_of(document._get_content())
            self.assertIn(pretty(document.verify_code), text)
            self.assertIn("/ged/verify", text)
            self.assertEqual(document._public_find(document.verify_code), document)
            self.assertEqual(move.invoice_pdf_report_id.raw, document._get_content())

    def test_new_version_new_code(self):
        move = self._invoice()
        self._send(move)
        first = move.demat_document_id
        move._demat_set_verify_codes()
        self.assertNotEqual(move.demat_verify_code, first.verify_code)
        again = move.demat_verify_code
        move._demat_set_verify_codes()
        self.assertEqual(move.demat_verify_code, again)

    def test_visible_seal_shows_the_same_code(self):
        profile = self.company.sudo().ged_seal_profile_id
        profile.write({"visible": True, "visible_code": "qr"})
        move = self._invoice()
        self._send(move)
        document = move.demat_document_id
        shown = seal_text(document._get_content())
        self.assertIn(pretty(document.verify_code), shown)

    def test_setting_off(self):
        self.company.demat_print_code = False
        move = self._invoice()
        self._send(move)
        self.assertFalse(move.demat_verify_code)
        document = move.demat_document_id
        self.assertTrue(document.verify_code)
        self.assertNotIn("/ged/verify", text_of(document._get_content()))

    def test_drawing_that_is_not_for_sending_shows_none(self):
        move = self._invoice()
        move._demat_set_verify_codes()
        self.assertTrue(move.demat_verify_code)
        self.assertFalse(move._demat_verify_values())
        html = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", move.ids
        )[0]
        self.assertNotIn(b"/ged/verify", html)

    def test_nobody_writes_the_code(self):
        move = self._invoice(post=False)
        with self.assertRaises(AccessError):
            move.with_user(self.manager).write({"demat_verify_code": "0" * 16})

    def test_copy_has_none(self):
        move = self._invoice()
        move._demat_set_verify_codes()
        self.assertFalse(move.copy().demat_verify_code)
