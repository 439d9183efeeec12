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

from ..lib.export_format import NAMESPACE
from ..lib.export_read import read_export
from ..wizards import ged_export_zip, ged_import_job, ged_import_later
from .common import make_pdf
from .common_pki import pem
from .common_preservation import PreservationCommon
from .test_import import ImportCommon

FAR = 365 * 60  # the authority of the tests lasts until 2060: renewed at once


@tagged("post_install", "-at_install")
class TestExportLater(ImportCommon, PreservationCommon):
    def _raised(self, count=2, renewed=True):
        documents = self._degraded(count)
        self.tsa.mode = "good"
        self._run()
        if renewed:
            self.company.ged_renew_days = FAR
            self._run()
            self.company.ged_renew_days = 30
        return documents

    def _label(self, name):
        """What the form calls a column of later evidence."""
        return (
            self.env["ged.preservation"]
            ._fields[name]
            .get_description(
                self.env(context={"lang": self.newcomer.lang}), ["string"]
            )["string"]
        )

    def _other_profile(self):
        return self._profile(
            company_id=self.other_company.id,
            pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
            password=self.pki_password,
            tsa_url=self.tsa.url,
            tsa_timeout=2,
        )

    def _here(self, documents):
        """What of ``documents`` is in the other company, in the same order."""
        found = self._imported().grouped("sha256")
        return self.Document.browse(found[one.sha256].id for one in documents)

    def _assert_refused(self, files, *texts):
        wizard = self._wizard(self._reseal(files), trusted=True, reason="Test")
        wizard.action_verify()
        self.assertEqual(wizard.state, "refused", wizard.summary)
        for text in texts:
            self.assertIn(text, wizard.problems)
        self.assertFalse(self._imported())

    def _changed(self, files, change):
        """Return ``files`` with ``manifest.xml`` changed by a function of its root."""
        root = etree.fromstring(files["manifest.xml"])
        change(root)
        return {**files, "manifest.xml": etree.tostring(root)}

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
        self.other_company.write(
            {
                "ged_seal_profile_id": self._other_profile().id,
                "ged_renew_days": FAR,
            }
        )
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
        self.company.ged_renew_days = FAR
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
                self.env.invalidate_all()
                runs += 1
                self.assertLess(runs, 20)
        self.assertEqual(job.state, "done", job.error)
        self.assertGreater(runs, 4, "a batch of files, then each document by itself")
        here = self._here(documents)
        self.assertEqual([len(one.preservation_ids) for one in here], [2, 2, 2])
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_what_is_said_is_compared_with_the_container(self):
        files = self._export(self._raised(1))
        for name, value in (
            ("level_after", "B-B"),
            ("level_after", "B-LTA"),
            ("level_before", "B-LT"),
            ("stamped_at", "2020-01-01T00:00:00Z"),
            ("valid_until", "2099-01-01T00:00:00Z"),
            ("tsa_subject", "CN=Somebody"),
            ("tsa_fingerprint", "0" * 64),
            ("digest_algorithm", "sha512"),
            ("late", "true"),
        ):
            with self.subTest(name):

                def change(root, name=name, value=value):
                    root.find(f".//{{{NAMESPACE}}}later").set(name, value)

                self._assert_refused(
                    self._changed(files, change),
                    "is not what its container",
                    self._label(
                        "stamped_at"
                        if name in ("stamped_at", "tsa_fingerprint")
                        else name
                    ),
                )

    def test_what_is_missing_is_missed(self):
        document = self._raised(1)
        files = self._export(document)
        container = document.preservation_ids[0].evidence_id

        def one_less(root):
            later = root.findall(f".//{{{NAMESPACE}}}later")
            later[-1].getparent().remove(later[-1])

        self._assert_refused(self._changed(files, one_less), "more or fewer")

        def first_less(root):
            later = root.find(f".//{{{NAMESPACE}}}later")
            later.getparent().remove(later)

        self._assert_refused(
            self._changed(files, first_less), "do not follow one another"
        )

        def without_container(root):
            for one in root:
                if one.get("id") == str(container.id):
                    root.remove(one)

        gone = self._changed(files, without_container)
        gone = {name: gone[name] for name in gone if container.filename not in name}
        self._assert_refused(gone, "is not in the export")

    def test_another_file_in_place_of_the_container(self):
        one, other = self._raised(1, renewed=False), self._raised(1, renewed=False)
        files = self._export(one | other)
        ours = one.preservation_ids.evidence_id
        theirs = other.preservation_ids.evidence_id

        def swap(root):
            for later in root.iterfind(f".//{{{NAMESPACE}}}later"):
                if later.get("container") == str(ours.id):
                    later.set("container", str(theirs.id))

        self._assert_refused(
            self._changed(files, swap), "is not what its container", "(Document)"
        )

    def test_an_export_of_an_earlier_version(self):
        """Taken over without what it does not hold, and the clerk is told."""
        files = self._export(self._raised(1))

        def earlier(root):
            root.set("format", "1")
            for later in root.findall(f".//{{{NAMESPACE}}}later"):
                later.getparent().remove(later)

        wizard = self._wizard(
            self._reseal(self._changed(files, earlier)), trusted=True, reason="Old"
        )
        wizard.action_verify()
        self.assertFalse(wizard.problems)
        self.assertIn("by an earlier version", wizard.summary)
        wizard.action_import()
        self.assertFalse(self._imported().preservation_ids)
        self.env["ged.chain"]._chain_pending(self.other_company)
        self.assertFalse(self._problems(self.other_company))

    def test_a_future_format_is_refused(self):
        files = self._export(self._archive(1))
        root = etree.fromstring(files["manifest.xml"])
        root.set("format", "3")
        files = self._reseal({**files, "manifest.xml": etree.tostring(root)})
        content = read_export(io.BytesIO(self._zip(files)))
        self.assertEqual([one.code for one in content.problems], ["manifest"])

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
                self.company.ged_renew_days = FAR
                self._run()
                self._link()
            seen.append(work.totals["count"])

        with patch.object(ged_export_zip, "BATCH", 1):
            export._write_zip(file, progress)
        content = read_export(file)
        self.assertFalse(content.problems)
        self.assertEqual(len(content.documents), 5, "three, and two containers")
        self.assertEqual([len(one.later) for one in content.documents[:2]], [1, 2])
