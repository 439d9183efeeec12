# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import csv
import hashlib
import io
import subprocess
import tempfile
import zipfile
from unittest.mock import patch

from lxml import etree, html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib.detached import verify_detached
from ..lib.errors import InvalidDocumentError
from ..lib.export_format import NAMESPACE
from ..lib.hashing import GENESIS
from .common import ArchiveCommon, make_pdf, make_pkcs12


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
        for path, digest in sums.items():
            self.assertEqual(hashlib.sha256(archive.read(path)).hexdigest(), digest)
        self.assertIn("documents/Archive_Ltd/2026/invoice/F_2026_0001.pdf", sums)
        self.assertEqual(
            set(archive.namelist()) - set(sums),
            {"SHA256SUMS", "MANIFEST.sha256"},
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

    def _documents_of(self, archive):
        return {name for name in archive.namelist() if name.startswith("documents/")}

    def test_sums_and_signature_hold_without_this_program(self):
        """What an auditor runs, run here."""
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        documents = self._archive(2)
        documents |= self._archive(1, seal=sealed, content=sealed.data)
        self._link()
        archive = self._export(documents)
        self.assertEqual(len(self._documents_of(archive)), 3)
        self.assertTrue(
            any(name.startswith("seals/certificates/") for name in archive.namelist())
        )
        with tempfile.TemporaryDirectory() as folder:
            archive.extractall(folder)
            for name in ("SHA256SUMS", "MANIFEST.sha256"):
                subprocess.run(
                    ["sha256sum", "-c", "--strict", "--quiet", name],
                    cwd=folder,
                    check=True,
                )
            command = "openssl cms -verify -binary -inform DER -noverify -out /dev/null"
            subprocess.run(
                [
                    *command.split(),
                    *("-in", "MANIFEST.sha256.p7s"),
                    *("-content", "MANIFEST.sha256"),
                ],
                cwd=folder,
                check=True,
                capture_output=True,
            )
        manifest = archive.read("MANIFEST.sha256")
        signature = archive.read("MANIFEST.sha256.p7s")
        report = verify_detached(signature, manifest)
        self.assertEqual(report.level, "B-B")
        self.assertTrue(report.signed_at)
        with self.assertRaises(InvalidDocumentError):
            verify_detached(signature, manifest + b" ")
        for damaged in (b"", signature[:50], signature[:-2] + b"00"):
            with self.assertRaises(InvalidDocumentError):
                verify_detached(damaged, manifest)

    def test_manifest_xml_follows_its_schema(self):
        documents = self._archive(2, partner_id=self.customer.id)
        self._link()
        archive = self._export(documents)
        schema = etree.XMLSchema(etree.fromstring(archive.read("manifest.xsd")))
        root = etree.fromstring(archive.read("manifest.xml"))
        schema.assertValid(root)
        spaces = {"e": NAMESPACE}
        self.assertEqual(len(root.findall("e:document", spaces)), 2)
        for node in root.iterfind(".//*[@chain_hash]"):
            previous = node.get("previous_hash") or GENESIS
            text = f"{previous}\n{node.findtext('e:evidence', namespaces=spaces)}"
            self.assertEqual(
                hashlib.sha256(text.encode()).hexdigest(), node.get("chain_hash")
            )

    def test_expired_certificate_stops_the_export(self):
        document = self._archive()
        self.company.ged_seal_profile_id = self._profile(
            pkcs12=base64.b64encode(make_pkcs12(start=-9, end=-1))
        )
        with self.assertRaisesRegex(UserError, "could not be sealed"):
            self._export(document)

    def test_a_selection_is_sealed_by_the_company_of_its_documents(self):
        self.auditor.company_ids |= self.other_company
        Export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .with_context(allowed_company_ids=self.auditor.company_ids.ids)
        )
        mine = self._archive(1)
        foreign = self._archive(1, company_id=self.other_company.id)
        self.company.ged_seal_profile_id = self._profile()
        for documents, working_for, sealed in (
            (mine, self.other_company, True),
            (foreign, self.company, False),
            (mine | foreign, self.company, True),
            (mine | foreign, self.other_company, False),
        ):
            export = Export.create(
                {
                    "document_ids": [(6, 0, documents.ids)],
                    "company_id": working_for.id,
                }
            )
            file = io.BytesIO()
            export._write_zip(file)
            with zipfile.ZipFile(file) as archive:
                self.assertEqual(
                    "MANIFEST.sha256.p7s" in archive.namelist(),
                    sealed,
                    (documents.company_id.mapped("name"), working_for.name),
                )

    def test_fiscal_year_and_period(self):
        inside = self._archive(1, document_date="2024-12-31")
        self._archive(1, document_date="2025-01-01")
        evidence = self._archive(
            1, kind="evidence", subject_id=inside.id, document_date="2026-01-01"
        )
        Export = self.env["ged.export"].with_user(self.auditor)
        year = Export.create({"scope": "year", "year": 2024})
        self.assertEqual(year._document_ids(), (inside | evidence).ids)
        period = Export.create(
            {"scope": "period", "date_from": "2025-01-01", "date_to": "2025-12-31"}
        )
        self.assertEqual(len(period._document_ids()), 1)
        with self.assertRaisesRegex(UserError, "no document of this period"):
            Export.create({"scope": "year", "year": 1999}).action_download()
        with self.assertRaisesRegex(UserError, "first and the last day"):
            Export.create({"scope": "period"}).action_download()
        with self.assertRaises(AccessError):
            Export.create(
                {"scope": "year", "year": 2024, "company_id": self.other_company.id}
            ).action_download()

    def test_formulas_are_disarmed(self):
        self.customer.name = "=cmd|calc"
        archive = self._export(self._archive(1))
        row = self._csv(archive, "manifest.csv")[0]
        self.assertEqual(row["customer"], "'=cmd|calc")
        self.assertIn('"partner_name":"=cmd|calc"', row["evidence"])
