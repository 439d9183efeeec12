# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.ged_archive.lib.errors import InvalidDocumentError
from odoo.addons.ged_archive.lib.fulltext import Extractor

from .common import make_pdf
from .test_rights import RightsCommon

CII = """<?xml version="1.0"?><Invoice><Name>Société Générale des Eaux</Name>
<Total>12480.00</Total></Invoice>"""


@tagged("post_install", "-at_install")
class TestFullText(RightsCommon):
    def _index(self):
        self.env["ged.document.text"]._cron_index()

    def _rows(self, documents):
        return self.env["ged.document.text"].search(
            [("document_id", "in", documents.ids)]
        )

    def _found(self, text, role=None):
        Document = self._as(role) if role else self.Document
        return Document.search([("content_text", "ilike", text)])

    def test_pdf_xml_and_text(self):
        pdf = self._archive(content=make_pdf("Reparation du toit, 12 480,00 EUR"))
        xml = self._archive(filename="invoice.xml", content=CII.encode())
        csv = self._archive(filename="lines.csv", content="réf;prix\nA12;8".encode())
        picture = self._archive(filename="photo.png", content=b"\x89PNG not really")
        documents = pdf | xml | csv | picture
        self.assertEqual(set(self._rows(documents).mapped("state")), {"pending"})
        self._index()
        self.assertEqual(self._rows(picture).state, "empty")
        self.assertEqual(self._rows(pdf).state, "done", self._rows(pdf).error)
        for text, expected in (
            ("reparation", pdf),
            ("RÉPARATION", pdf),
            ("répar", pdf),
            ('"du toit"', pdf),
            ('"toit du"', self.Document),
            ("toit -reparation", self.Document),
            ("12480", pdf | xml),
            ("generale eaux", xml),
            ("societe generale or toit", pdf | xml),
            ("A12", csv),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._found(text) & documents, expected)
        self.assertFalse(self._found("!!! :* & |"))

    def test_found_by_those_who_may_read_only(self):
        self._index()
        for role, expected in (
            ("reader", self.Document),
            ("archivist", self.Document),
            ("payroll", self.secret),
            ("auditor", self.secret),
        ):
            self.assertEqual(self._found("wages directors", role), expected)
            count = self._as(role).search_count([("content_text", "ilike", "wages")])
            self.assertEqual(count, len(expected))
        self.assertFalse(self._found("wages", "portal"))
        with self.assertRaises(AccessError):
            self._found("wages", "employee")

    def test_texts_are_for_administrators(self):
        self._index()
        for role in ("reader", "auditor", "archivist", "employee", "portal"):
            self.assertFalse(self._as(role, "ged.document.text").has_access("read"))
        rows = self._as("manager", "ged.document.text").search([])
        self.assertIn(self.secret, rows.document_id)
        self.assertNotIn(self.foreign.id, rows.sudo().document_id.ids)

    def test_unreadable_file_keeps_its_cause_and_stops_nothing(self):
        broken = self._archive(content=b"%PDF-1.4 broken")
        self._index()
        row = self._rows(broken)
        self.assertEqual(row.state, "failed")
        self.assertTrue(row.error)
        self.assertEqual(self._rows(self.open).state, "done")
        row.with_user(self.manager).action_read_again()
        self.assertEqual(row.state, "pending")

    def test_file_that_takes_too_long(self):
        with patch.object(
            Extractor,
            "_ask",
            side_effect=InvalidDocumentError("not read within 20 s"),
        ):
            self._index()
        self.assertEqual(
            set(self._rows(self.open | self.secret).mapped("error")),
            {"not read within 20 s"},
        )

    def test_forgotten_with_the_content(self):
        self._index()
        self.assertTrue(self._found("wages"))
        self.secret._forget_content()
        self.assertFalse(self._found("wages"))
        self.assertEqual(self._rows(self.secret).state, "forgotten")
        self.assertFalse(self._rows(self.secret).text)
