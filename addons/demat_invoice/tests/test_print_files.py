# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import os
import zipfile

from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_print import PrintCase


@tagged("post_install", "-at_install")
class TestPrintFiles(PrintCase):
    def _zip(self, moves):
        """(file name → bytes, rows of index.csv, document of index.html)."""
        answer = self._act("export_files", moves)
        self.assertEqual(answer["target"], "download")
        path = self._request(answer)._path()
        self.addCleanup(os.unlink, path)
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        text = files.pop("index.csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        return files, rows, html.fromstring(files.pop("index.html").decode())

    def test_a_file_each_and_an_index(self):
        sent, waiting, draft = (
            self._invoice(),
            self._invoice(self.silent, ref="CDE/12"),
            self._invoice(post=False),
        )
        self._send(sent)
        self.company.demat_print_pattern = "{date} {customer} {reference} {number}"
        files, rows, index = self._zip(sent + draft + waiting)
        names = [row["File"] for row in rows]
        number = sent.name.replace("/", "_")
        self.assertEqual(names[0], f"2026-11-02_Client_Accord_SAS_{number}.pdf")
        self.assertEqual(names[1], "")
        self.assertIn("validate it first", rows[1]["Not exported because"])
        self.assertIn("_CDE_12_", names[2])
        self.assertEqual(set(files), {names[0], names[2]})
        self.assertEqual(files[names[0]], sent.demat_document_id._get_content())
        self.assertTrue(files[names[2]].startswith(b"%PDF"))
        self.assertEqual(rows[0]["Total"], f"{sent.amount_total:.2f}")
        self.assertEqual(index.xpath("//a/@href"), [names[0], names[2]])
        self.assertFalse(any((sent + waiting).mapped("demat_edition_date")))
        self.assertEqual(self._changes(sent, "print_files").user_id, self.clerk)
        self.assertFalse(self._changes(draft, "print_files"))
        events = sent.demat_document_id.event_ids.mapped("event_type")
        self.assertIn("downloaded", events)

    def test_names_do_not_collide_and_run_nothing(self):
        self.customer.name = '=HYPERLINK("x")<script>alert(1)</script>'
        moves = self._invoice() + self._invoice()
        self.company.demat_print_pattern = "{customer}"
        files, rows, index = self._zip(moves)
        self.assertEqual(len(files), 2)
        for name in files:
            self.assertRegex(name, r"^[\w.()+-]+$")
        self.assertTrue(rows[0]["Customer"].startswith("'="))
        self.assertFalse(index.xpath("//script"))

    def test_the_pattern_is_checked(self):
        for pattern in ("{number", "{number.__class__}", "{total}", "facture", "{}"):
            with self.subTest(pattern=pattern), self.assertRaises(ValidationError):
                self.company.demat_print_pattern = pattern
        self.company.demat_print_pattern = "{number}-{site}"
