# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Later time stamps travel with an export, and are judged before they are imported."""

import base64
import csv
import io
import subprocess
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from ..lib.export_read import read_export
from ..wizards import ged_export_zip, ged_import_job, ged_import_later
from .common import make_pdf
from .common_export_later import ExportLaterCommon
from .common_pki import pem


@tagged("post_install", "-at_install")
class TestExportLater(ExportLaterCommon):
    def test_containers_go_along(self):
        documents = self._raised()
        files = self._export(documents[0])
        containers = [name for name in files if name.endswith(".asics")]
        self.assertEqual(len(containers), 2, "the first, and the one that renews it")
        rows = list(csv.DictReader(io.StringIO(files["later_evidence.csv"].decode())))
        self.assertEqual(
            [
                (one["document"], one["level_before"], one["level_after"])
                for one in rows
            ],
            [(documents[0].display_name, *pair) for pair in [("B-B", "B-T")]]
            + [(documents[0].display_name, "B-T", "B-T")],
        )
        self.assertEqual(rows[1]["renews"], rows[0]["container"])
        self.assertIn(b"by later time stamps", files["index.html"])
        self.assertIn(b"openssl ts -verify", files["index.html"])
        schema = etree.XMLSchema(etree.fromstring(files["manifest.xsd"]))
        schema.assertValid(etree.fromstring(files["manifest.xml"]))

    def test_nothing_later_says_so(self):
        files = self._export(self._archive(1))
        self.assertEqual(len(files["later_evidence.csv"].splitlines()), 1)
        self.assertNotIn(b"openssl ts", files["index.html"])

    def test_an_auditor_checks_a_container_without_this_program(self):
        document = self._raised(1, renewed=False)
        files = self._export(document)
        [name] = [one for one in files if one.endswith(".asics")]
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(io.BytesIO(files[name])) as container:
                container.extractall(folder)
            manifest = Path(folder, "manifest.json")
            self.assertIn(document.sha256, manifest.read_text())
            root = Path(folder, "root.pem")
            root.write_bytes(base64.b64decode(pem(self.pki.x509("root"))))
            command = (
                "openssl ts -verify -data manifest.json -token_in -CAfile root.pem"
            )
            done = subprocess.run(
                [*command.split(), "-in", "META-INF/timestamp.tst"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            self.assertIn("OK", done.stdout + done.stderr)

    def test_round_trip(self):
        documents = self._raised(3)
        wizard = self._wizard(self._export(documents))
        wizard.action_verify()
        self.assertFalse(wizard.problems)
        self.assertIn("Later time stamps: 6.", wizard.summary)
        wizard.action_import()
        here = self._here(documents)
        for document, found in zip(documents, here, strict=True):
            self.assertEqual(found.level_now, "B-T")
            self.assertEqual(found.evidence_until, document.evidence_until)
            for name in ("level_before", "level_after", "stamped_at", "late"):
                self.assertEqual(
                    found.preservation_ids.mapped(name),
                    document.preservation_ids.mapped(name),
                )
            self.assertEqual(
                found.later_event_ids.sorted("id").mapped("event_type"),
                document.later_event_ids.sorted("id").mapped("event_type"),
            )
            self.assertIn("by an import", found.later_event_ids[0].detail)
        self.assertEqual(here.later_event_ids.user_id, self.newcomer)
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_it_is_renewed_here_and_brought_further(self):
        """The containers of the first archive hold in the third one too."""
        self._wizard(self._export(self._raised(1))).action_import()
        found = self._imported()
        self.other_company.ged_seal_profile_id = self._other_profile()
        self._renew_all(self.other_company)
        self._run()
        self.assertEqual(len(found.preservation_ids), 3)
        self.assertFalse(found._preservation_problems())
        third = self.env["res.company"].create({"name": "Third"})
        self.newcomer.company_ids |= third
        self.auditor.company_ids |= self.other_company
        self.env["ged.chain"]._chain_pending(self.other_company)
        file = io.BytesIO()
        self.env["ged.export"].with_user(self.auditor).with_context(
            allowed_company_ids=self.auditor.company_ids.ids
        ).create({"document_ids": [(6, 0, found.ids)]})._write_zip(file)
        wizard = self._wizard(file.getvalue(), company_id=third.id)
        wizard.action_verify()
        self.assertFalse(wizard.problems)
        wizard.action_import()
        last = self.Document.search(
            [("company_id", "=", third.id), ("sha256", "=", found.sha256)]
        )
        self.assertEqual(len(last.preservation_ids), 3)
        self.assertFalse(last._preservation_problems())

    def test_into_the_archive_it_comes_from(self):
        documents = self._raised()
        before = self.env["ged.preservation"].search_count([])
        self.newcomer.company_ids |= self.company
        self._wizard(
            self._export(documents), company_id=self.company.id
        ).action_import()
        self.assertEqual(self.env["ged.preservation"].search_count([]), before)

    def test_what_came_later_is_added(self):
        document = self._raised(1, renewed=False)
        self._wizard(self._export(document)).action_import()
        self._renew_all()
        self._run()
        files = self._export(document)
        self._wizard(files).action_import()
        here = self._here(document)
        self.assertEqual(len(here.preservation_ids), 2)
        self._wizard(files).action_import()
        self.assertEqual(len(here.preservation_ids), 2, "nothing twice")
        self.assertFalse(here._preservation_problems())

    def test_an_archive_that_made_its_own_keeps_it(self):
        document = self._degraded(1)
        self.tsa.mode = "good"
        self._wizard(self._export(document)).action_import()
        here = self._here(document)
        self.other_company.ged_seal_profile_id = self._other_profile()
        self._run()
        self.assertEqual(len(here.preservation_ids), 1)
        wizard = self._wizard(self._export(document))
        wizard.action_import()
        self.assertIn("has made its own", wizard.summary)
        self.assertEqual(len(here.preservation_ids), 1)

    def test_interrupted(self):
        documents = self._raised(3)
        self.patch(ged_import_job, "AT_ONCE_DOCUMENTS", 0)
        self.patch(ged_import_later, "BATCH", 1)
        self.patch(ged_import_job, "AT_LEAST", 0)
        self.other_company.ged_seal_profile_id = self._other_profile()
        self.env["ged.import"].search([]).unlink()
        job = self._wizard(self._export(documents))
        job.action_verify()
        Import = self.env["ged.import"]
        Import._cron_import()
        self.assertEqual(job.state, "verified")
        job.action_import()
        runs = 0
        with patch.object(type(Import), "_commit", lambda *_args: False):
            while job.state == "importing":
                Import._cron_import()
                # renews nothing meanwhile: what is not brought yet would be lost
                self._run()
                self.env.invalidate_all()
                runs += 1
                self.assertLess(runs, 20)
        self.assertEqual(job.state, "done", job.error)
        self.assertGreater(runs, 4, "a batch of files, then each document by itself")
        here = self._here(documents)
        self.assertEqual([len(one.preservation_ids) for one in here], [2, 2, 2])
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_evidence_that_is_added_meanwhile_goes_along(self):
        """A container that is made while the export is written is not left out."""
        documents = self._raised(2, renewed=False) | self._archive(
            1, content=make_pdf("plain"), name="P/1"
        )
        self._link()
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)]})
        )
        file, seen = io.BytesIO(), []

        def progress(work):
            if not seen:
                self._renew_all()
                self._run()
                self._link()
            seen.append(work.totals["count"])

        with patch.object(ged_export_zip, "BATCH", 1):
            export._write_zip(file, progress)
        content = read_export(file)
        self.assertFalse(content.problems)
        self.assertEqual(len(content.documents), 5, "three, and two containers")
        self.assertEqual([len(one.later) for one in content.documents[:2]], [1, 2])
