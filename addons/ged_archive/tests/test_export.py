# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import hashlib
import io
import zipfile
from unittest.mock import patch

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.hashing import GENESIS
from .common import ArchiveCommon, make_pdf


@tagged("post_install", "-at_install")
class TestExport(ArchiveCommon):
    def _export(self, documents):
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)]})
        )
        file = io.BytesIO()
        export._write_zip(file)
        return zipfile.ZipFile(file)

    def _csv(self, archive, name):
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))

    def test_export_holds_documents_and_sums(self):
        documents = self._archive(3)
        archive = self._export(documents)
        sums = dict(
            line.split("  ")[::-1]
            for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        self.assertEqual(len(sums), 3)
        for path, digest in sums.items():
            self.assertEqual(hashlib.sha256(archive.read(path)).hexdigest(), digest)
        self.assertIn("documents/Archive_Ltd/2026/invoice/F_2026_0001.pdf", sums)
        self.assertEqual(
            set(archive.namelist()) - set(sums),
            {"manifest.csv", "events.csv", "SHA256SUMS", "index.html"},
        )

    def test_manifest_proves_the_chain(self):
        """The auditor recomputes every link from the two CSV files alone."""
        documents = self._archive(3)
        self._link()
        archive = self._export(documents)
        for name, count in (("manifest.csv", 3), ("events.csv", 6)):
            rows = self._csv(archive, name)
            self.assertEqual(len(rows), count)
            linked = [row for row in rows if row["chain_hash"]]
            self.assertEqual(len(linked), 3)
            for row in linked:
                text = (row["previous_hash"] or GENESIS) + "\n" + row["evidence"]
                self.assertEqual(
                    hashlib.sha256(text.encode()).hexdigest(), row["chain_hash"]
                )

    def test_names_are_safe_and_unique(self):
        documents = self._archive(filename="../../é t/a:b.pdf")
        documents |= self._archive(filename="../../é t/a:b.pdf", content=make_pdf("2"))
        documents |= self._archive(predecessor_id=documents[0].id)
        paths = [
            row["path"] for row in self._csv(self._export(documents), "manifest.csv")
        ]
        self.assertEqual(len(set(paths)), 3)
        for path in paths:
            self.assertNotIn("..", path)
            self.assertTrue(path.startswith("documents/Archive_Ltd/2026/invoice/"))
        self.assertTrue(any(path.endswith("_v2.pdf") for path in paths))

    def test_index_lists_every_document(self):
        self.stranger.name = "<b>Martin</b> SA"
        documents = self._archive(2, partner_id=self.stranger.id)
        archive = self._export(documents)
        page = html.fromstring(archive.read("index.html").decode())
        self.assertEqual(
            {link.get("href") for link in page.iter("a")},
            {name for name in archive.namelist() if name.startswith("documents/")},
        )
        self.assertIn("<b>Martin</b> SA", page.text_content())

    def test_altered_file_is_reported(self):
        documents = self._archive(2)
        good = documents[1].attachment_id.store_fname
        read = type(self.env["ir.attachment"])._file_read

        def forged(model, fname, size=None):
            return read(model, fname, size) if fname == good else b"forged"

        documents.attachment_id.invalidate_recordset()
        with patch.object(type(self.env["ir.attachment"]), "_file_read", forged):
            archive = self._export(documents)
        rows = self._csv(archive, "manifest.csv")
        self.assertEqual([row["status"] for row in rows], ["altered", "ok"])
        self.assertTrue(rows[0]["path"].startswith("altered/"))
        self.assertEqual(archive.read(rows[0]["path"]), b"forged")
        self.assertNotIn(rows[0]["path"], archive.read("SHA256SUMS").decode())
        self.assertIn("altered", archive.read("index.html").decode())

    def test_export_is_journalled(self):
        documents = self._archive(2)
        self._export(documents)
        for document in documents:
            event = document.event_ids[0]
            self.assertEqual(event.event_type, "exported")
            self.assertEqual(event.user_id, self.auditor)

    def test_nothing_to_export(self):
        with self.assertRaisesRegex(UserError, "at least one"):
            self.Document.with_user(self.auditor).action_export()
