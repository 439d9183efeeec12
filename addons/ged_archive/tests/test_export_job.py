# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Big exports are made by a job, which goes on where it was."""

import errno
import hashlib
import os
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.ir_attachment import StorageUnavailable
from ..wizards import ged_export, ged_export_job, ged_export_zip
from .common import ArchiveCommon, make_pdf

JOB_LOG = "odoo.addons.ged_archive.wizards.ged_export_job"


def _exported(event):
    return event.event_type == "exported"


@tagged("post_install", "-at_install")
class TestExportJob(ArchiveCommon):
    def test_a_big_export_is_made_by_the_job(self):
        documents = self._archive(3)
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)], "state": "done"})
        )
        self.assertEqual(export.state, "new", "nobody says himself what was made")
        with (
            patch.object(ged_export, "AT_ONCE", 2),
            patch.object(ged_export_zip, "BATCH", 2),
        ):
            action = export.action_download()
            self.assertEqual(action["res_model"], "ged.export")
            self.assertEqual(export.state, "waiting")
            self.env["ged.export"]._cron_make()
            self.addCleanup(
                lambda path: os.path.exists(path) and os.unlink(path), export._path()
            )
            self.assertEqual((export.state, export.done), ("done", 3))
            self.assertEqual(export.action_download()["type"], "ir.actions.act_url")
        with zipfile.ZipFile(export._path()) as archive:
            self.assertFalse(archive.testzip())
            self.assertEqual(
                len([name for name in archive.namelist() if name[:10] == "documents/"]),
                3,
            )
        self.assertEqual(documents[0].event_ids[0].user_id, self.auditor)
        export.sudo().made_at = fields.Datetime.now() - timedelta(days=8)
        self.env["ged.export"]._gc_files()
        self.assertEqual(export.state, "removed")
        self.assertFalse(os.path.exists(export._path()))

    def _waiting(self, count, **values):
        documents = self._archive(count)
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)], **values})
        )
        with (
            patch.object(ged_export, "AT_ONCE", 0),
            patch.object(ged_export, "AT_ONCE_SHEETS", 0),
        ):
            export.action_download()
        self.addCleanup(
            lambda path: os.path.exists(path) and os.unlink(path), export._path()
        )
        return export

    def _run_with_time_for(self, batches):
        """Let the job work; its time is over after so many batches."""
        left = [True] * (batches - 1) + [False]
        with (
            patch.object(ged_export_zip, "BATCH", 2),
            patch.object(
                ged_export_job.GedExport, "_commit", lambda _self: left.pop(0)
            ),
        ):
            self.env["ged.export"]._cron_make()

    def _sums_hold(self, export):
        with zipfile.ZipFile(export._path()) as archive:
            for line in archive.read("SHA256SUMS").decode().splitlines():
                digest, path = line.split("  ")
                self.assertEqual(hashlib.sha256(archive.read(path)).hexdigest(), digest)
            return archive.namelist()

    def test_a_job_that_has_no_time_left_goes_on_where_it_was(self):
        export = self._waiting(5, with_sheets=True)
        for done in (2, 4, 5):
            self._run_with_time_for(1)
            self.assertEqual((export.state, export.done), ("waiting", done))
        self._run_with_time_for(1)
        self.assertEqual((export.state, export.done), ("done", 5))
        names = self._sums_hold(export)
        self.assertEqual(sum("evidence_sheets/" in one for one in names), 5)
        self.assertEqual(len(set(names)), len(names))
        for document in export.document_ids:
            details = document.event_ids.mapped("detail")
            self.assertEqual(details.count(export._filename()), 1, "written once")
        self.assertFalse(export._folder().exists())
        self.assertFalse(export.sudo().work)

    def test_a_job_that_was_killed_goes_on_after_the_last_batch(self):
        """Its files are longer than what was committed."""
        export = self._waiting(5)
        self._run_with_time_for(1)
        for name in ("export.zip", "manifest.xml", "sums"):
            with open(export._folder() / name, "ab") as file:
                file.write(b"of a batch that was not committed")
        self._run_with_time_for(9)
        self.assertEqual(export.state, "done")
        self.assertEqual(len([n for n in self._sums_hold(export) if "docum" in n]), 5)

    def test_a_number_below_those_that_are_written(self):
        """Its transaction took longer: it is not passed over."""
        export = self._waiting(5)
        ids = export.document_ids.ids
        with patch.object(
            ged_export.GedExport, "_document_ids", lambda _self: ids[1:4]
        ):
            self._run_with_time_for(1)
        self._run_with_time_for(9)
        self.assertEqual((export.state, export.done), ("done", 5))
        self.assertEqual(len([n for n in self._sums_hold(export) if "docum" in n]), 5)

    def test_a_storage_that_does_not_answer_is_asked_later(self):
        export = self._waiting(5)
        self._run_with_time_for(1)
        with patch.object(
            type(self.Document), "_read_content", side_effect=StorageUnavailable("Off.")
        ):
            self._run_with_time_for(1)
        self.assertEqual((export.state, export.done), ("waiting", 2))
        self.assertIn("Off.", export.error)
        self.assertIn("goes on when the storage answers", export.error)
        trigger = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("ged_archive.ir_cron_export").id)],
            order="call_at desc",
            limit=1,
        )
        self.assertGreater(trigger.call_at, fields.Datetime.now())
        self._run_with_time_for(9)
        self.assertEqual((export.state, export.error), ("done", False))
        self._sums_hold(export)

    def test_a_seal_that_was_lost_meanwhile(self):
        """Nobody could import what says that it is sealed and is not."""
        self.company.ged_seal_profile_id = self._profile()
        export = self._waiting(5)
        self._run_with_time_for(1)
        self.company.ged_seal_profile_id = False
        self._run_with_time_for(9)
        self.assertEqual(export.state, "failed")
        self.assertIn("lost its seal profile", export.error)
        self.assertIn(self.company.name, export.error)

    def test_a_download_is_told_of_what_is_in_the_file(self):
        export = self._waiting(2, scope="year", year=2026)
        self._run_with_time_for(9)
        self.assertEqual(export.state, "done", export.error)
        later = self._archive(1, content=make_pdf("later"))
        self.assertIn(later.id, export._document_ids())
        export._record_download()
        self.assertFalse(later.event_ids.filtered(_exported))
        for one in export.document_ids:
            self.assertIn(
                f"{export._filename()} (made before)", one.event_ids.mapped("detail")
            )

    def test_files_that_are_lost_make_it_begin_again(self):
        export = self._waiting(5)
        self._run_with_time_for(1)
        (export._folder() / "export.zip").unlink()
        self._run_with_time_for(9)
        self.assertEqual((export.state, export.done), ("done", 5))
        self._sums_hold(export)

    def test_folders_that_nobody_needs_are_removed(self):
        export = self._waiting(3)
        self._run_with_time_for(1)
        Export = self.env["ged.export"]
        Export._gc_files()
        self.assertTrue(export._folder().exists(), "it waits to be gone on with")
        export.sudo().state = "failed"
        Export._gc_files()
        self.assertFalse(export._folder().exists())

    def test_asked_for_again_it_begins_again(self):
        export = self._waiting(3)
        self._run_with_time_for(1)
        export.sudo().write({"state": "failed", "error": "Test"})
        with patch.object(ged_export, "AT_ONCE", 0):
            export.action_download()
        self.assertEqual((export.state, export.done), ("waiting", 0))
        self.assertFalse(export.sudo().work)
        self._run_with_time_for(9)
        self.assertEqual(export.state, "done")
        self._sums_hold(export)

    def test_sheets_are_drawn_by_the_job(self):
        documents = self._archive(3)
        Export = self.env["ged.export"].with_user(self.auditor)
        values = {"document_ids": [(6, 0, documents.ids)]}
        with patch.object(ged_export, "AT_ONCE_SHEETS", 2):
            plain = Export.create(values).action_download()
            sheets = Export.create({**values, "with_sheets": True}).action_download()
        self.assertEqual(plain["type"], "ir.actions.act_url")
        self.assertEqual(sheets["res_model"], "ged.export")

    def test_the_job_tells_why_it_failed(self):
        documents = self._archive(3)
        export = (
            self.env["ged.export"]
            .with_user(self.auditor)
            .create({"document_ids": [(6, 0, documents.ids)]})
        )
        with patch.object(ged_export, "AT_ONCE", 2):
            export.action_download()
        self.auditor.group_ids -= self.env.ref("ged_archive.group_ged_auditor")
        self.env["ged.export"]._cron_make()
        self.assertEqual(export.sudo().state, "failed")
        self.assertIn("auditors", export.sudo().error)
        self.assertFalse(os.path.exists(export.sudo()._path() + ".part"))

    def test_what_fails_says_why_and_does_not_stop_the_next(self):
        documents = self._archive(3)
        Export = self.env["ged.export"].with_user(self.auditor)
        exports = Export.create([{"document_ids": [(6, 0, documents.ids)]}] * 4)
        with patch.object(ged_export, "AT_ONCE", 2):
            for one in exports:
                one.action_download()
        errors = [
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EIO, "Input/output error"),
            KeyError("broken"),
        ]
        write = ged_export_zip.GedExport._write_documents

        def failing(export, *arguments):
            if errors:
                raise errors.pop(0)
            return write(export, *arguments)

        self.addCleanup(
            lambda path: os.path.exists(path) and os.unlink(path), exports[3]._path()
        )
        with (
            patch.object(ged_export_zip.GedExport, "_write_documents", failing),
            self.assertLogs(JOB_LOG, "WARNING"),
        ):
            Export.sudo()._cron_make()
        self.assertEqual(exports.mapped("state"), ["failed"] * 3 + ["done"])
        for one, text in zip(
            exports, ("made room", "Input/output error", "broken"), strict=False
        ):
            self.assertIn(text, one.error)
            self.assertFalse(os.path.exists(one._path() + ".part"))
