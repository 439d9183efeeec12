# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Big exports are verified and imported by a job, in batches."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..lib import export_read
from ..wizards import ged_import, ged_import_job
from .test_import import ImportCommon

LOG = "odoo.addons.ged_archive.wizards.ged_import_job"


@tagged("post_install", "-at_install")
class TestImportJob(ImportCommon):
    def setUp(self):
        super().setUp()
        self.env["ged.import"].search([]).unlink()
        self.patch(ged_import, "BATCH", 2)
        self.patch(ged_import_job, "AT_LEAST", 0)

    def _big(self):
        self.patch(ged_import_job, "AT_ONCE_DOCUMENTS", 0)

    def _job(self, count=5, **values):
        self._big()
        wizard = self._wizard(self._export(self._archive(count)), **values)
        action = wizard.action_verify()
        self.assertEqual(wizard.state, "verifying")
        self.assertNotIn("target", action)
        return wizard

    def _run(self):
        self.env["ged.import"]._cron_import()
        self.env.invalidate_all()

    def test_verified_then_imported(self):
        job = self._job()
        self.assertFalse(job.summary)
        self._run()
        self.assertEqual((job.state, job.done, job.total), ("verified", 5, 5))
        self.assertIn("Documents: 5", job.summary)
        self.assertFalse(self._imported(), "nothing before it was confirmed")
        self._run()
        self.assertFalse(self._imported())
        job.action_import()
        self.assertEqual(job.state, "importing")
        self._run()
        self.assertEqual((job.state, job.done, job.total), ("done", 5, 5))
        self.assertIn("imported: 5", job.summary)
        found = self._imported()
        self.assertEqual(len(found), 5)
        self.assertEqual(found.event_ids.user_id, self.newcomer)

    def test_only_what_was_verified(self):
        job = self._job()
        with self.assertRaisesRegex(UserError, "Verify the export first"):
            job.action_import()

    def test_refused(self):
        self._big()
        files = self._export(self._archive(3))
        path = next(name for name in files if name.startswith("documents/"))
        job = self._wizard({**files, path: files[path] + b" "})
        job.action_verify()
        self._run()
        self.assertEqual(job.state, "refused")
        self.assertIn("it was changed", job.problems)
        # whoever says that it was verified does not get around the verification
        job.sudo().state = "verified"
        job.action_import()
        self._run()
        self.assertEqual(job.state, "failed")
        self.assertIn("Nothing was imported", job.error)
        self.assertFalse(self._imported())

    def test_what_was_done_cannot_be_forged(self):
        job = self._job()
        job.write(
            {
                "state": "verified",
                "known_before": [1],
                "found_sound": {"sha256": "0", "seals": 1},
                "done": 7,
            }
        )
        self.assertEqual(
            (job.state, job.known_before, job.found_sound, job.done),
            ("verifying", False, False, 0),
        )
        made = self._wizard(b"x", state="verified", summary="fine")
        self.assertEqual((made.state, made.summary), ("new", False))

    def _interrupted(self, after):
        """An import of five documents that was interrupted after some batches."""
        job = self._job()
        self._run()
        job.action_import()
        batches = []

        def commit(model, done):
            batches.append(done)
            return len(batches) <= after

        with patch.object(type(self.env["ged.import"]), "_commit", commit):
            self._run()
        self.assertEqual(job.state, "importing")
        return job

    def test_goes_on_where_it_was(self):
        job = self._interrupted(after=2)
        self.assertEqual((job.done, len(self._imported())), (4, 4))
        self._run()
        self.assertEqual((job.state, job.done), ("done", 5))
        found = self._imported()
        self.assertEqual(len(found), 5)
        self.assertEqual(len(set(found.mapped("sha256"))), 5)
        self.assertIn("imported: 5", job.summary)
        self.assertNotIn("already in this archive", job.summary)

    def test_what_was_here_before_is_told_after_an_interruption(self):
        self._wizard(self._export(self._archive(1))).action_import()
        job = self._job()
        self._run()
        job.action_import()
        with patch.object(type(self.env["ged.import"]), "_commit", lambda *a: False):
            self._run()
        self.assertEqual(job.state, "importing")
        self._run()
        self.assertEqual(job.state, "done")

    def test_stopped_and_continued(self):
        job = self._interrupted(after=1)
        job.action_stop()
        self.assertEqual((job.state, job.error), ("failed", "Stopped by a user."))
        self._run()
        self.assertEqual(len(self._imported()), 2, "it is stopped")
        job.action_import()
        self._run()
        self.assertEqual((job.state, job.error), ("done", False))
        self.assertEqual(len(self._imported()), 5)

    def _run_late(self):
        """Let the host call the job; its time is over when it begins."""
        job = self.env.ref("ged_archive.ir_cron_import")
        _job, progress = job._add_progress()
        imports = self.env["ged.import"].with_context(
            cron_id=job.id, ir_cron_progress_id=progress.id, cron_end_time=0
        )

        def commit(model, done):
            return bool(model.env["ir.cron"]._commit_progress(done))

        with (
            patch.object(type(imports), "_commit", commit),
            patch.object(self.env.cr, "commit"),
        ):
            imports._cron_import()
        self.env.invalidate_all()

    def test_each_run_files_a_batch_however_long_the_file_was_read(self):
        job = self._job()
        self._run_late()
        self.assertEqual(job.state, "verified")
        job.action_import()
        for filed in (2, 4, 5):
            self._run_late()
            self.assertEqual((job.done, len(self._imported())), (filed, filed))
        self._run_late()
        self.assertEqual(job.state, "done")

    def test_a_run_has_some_time_after_what_it_reads_again(self):
        self.patch(ged_import_job, "AT_LEAST", 600)
        self.patch(ged_import_job, "STEP", 2)
        job = self._job()
        self._run_late()
        self.assertEqual(job.state, "verified", "in one run")
        job.action_import()
        self._run_late()
        self.assertEqual((job.state, len(self._imported())), ("done", 5))

    def _count_reads(self):
        """Return a list that the names of the files that are read go to."""
        reads, check = [], export_read._check_sum

        def counting(archive, content, name, digest):
            reads.append(name)
            return check(archive, content, name, digest)

        self.patch(export_read, "_check_sum", counting)
        return reads

    def test_a_verification_that_takes_longer_than_a_job_goes_on(self):
        self.patch(ged_import_job, "STEP", 2)
        reads = self._count_reads()
        job = self._job()
        runs = 0
        while job.state == "verifying":
            self._run_late()
            runs += 1
            self.assertLess(runs, 20)
        self.assertEqual((job.state, job.done, job.total), ("verified", 5, 5))
        self.assertGreater(runs, 5)
        self.assertEqual(len(reads), len(set(reads)), "no file twice")
        self.assertIn("Documents: 5", job.summary)
        self.assertFalse(job.reading)
        job.action_import()
        self._run()
        self.assertEqual(job.state, "done")
        self.assertEqual(len(reads), len(set(reads)), "not by the import either")

    def test_what_was_found_before_a_pause_is_told(self):
        self.patch(ged_import_job, "STEP", 2)
        files = self._export(self._archive(5))
        path = next(name for name in files if name.startswith("documents/"))
        self._big()
        job = self._wizard({**files, path: b"something else"})
        job.action_verify()
        while job.state == "verifying":
            self._run_late()
        self.assertEqual(job.state, "refused")
        self.assertIn(f"{path} is not what its SHA-256 says", job.problems)
        self.assertIn("is not the one that was archived", job.problems)
        self.assertFalse(job.found_sound)

    def test_another_file_is_verified_from_its_beginning(self):
        self.patch(ged_import_job, "STEP", 2)
        reads = self._count_reads()
        job = self._job()
        self._run_late()
        self._run_late()
        self.assertEqual(len(reads), 4)
        documents = self.Document.search([("company_id", "=", self.company.id)])
        job.file = base64.b64encode(self._zip(self._export(documents)))
        self._run()
        self.assertEqual(job.state, "verified")
        self.assertGreater(len(reads), 4 + 5)

    def test_a_verification_is_stopped_at_a_pause(self):
        self.patch(ged_import_job, "STEP", 2)
        job = self._job()
        self._run_late()
        job.action_stop()
        self._run()
        self.assertEqual(job.state, "new")
        job.action_verify()
        self.assertFalse(job.reading)
        self._run()
        self.assertEqual(job.state, "verified")

    def test_the_files_are_read_once(self):
        job = self._interrupted(after=2)
        with (
            patch.object(export_read, "_check_sum", side_effect=AssertionError),
            patch.object(export_read, "_check_content", side_effect=AssertionError),
        ):
            self._run()
        self.assertEqual(job.state, "done")
        self.assertIn("Documents: 5", job.summary)

    def test_another_file_is_read_again(self):
        job = self._interrupted(after=2)
        documents = self.Document.search([("company_id", "=", self.company.id)])
        files = self._export(documents)
        path = next(name for name in files if name.startswith("documents/"))
        other = self._zip({**files, path: files[path] + b" "})
        job.file = base64.b64encode(other)
        self._run()
        self.assertEqual(job.state, "failed")
        self.assertIn("it was changed", job.error)

    @mute_logger(LOG)
    def test_what_fails_says_why_and_can_go_on(self):
        job = self._job()
        self._run()
        job.action_import()
        with patch.object(
            type(self.env["ged.import"]),
            "_file_batch",
            side_effect=RuntimeError("no space left"),
        ):
            self._run()
        self.assertEqual((job.state, job.error), ("failed", "no space left"))
        job.action_import()
        self._run()
        self.assertEqual(job.state, "done")

    def test_rights_are_those_of_who_asked(self):
        job = self._job()
        self._run()
        job.action_import()
        group = self.env.ref("ged_archive.group_ged_manager")
        self.newcomer.write({"group_ids": [(3, group.id)]})
        self._run()
        self.assertEqual(job.sudo().state, "failed")
        self.assertFalse(self._imported())
        with self.assertRaises(AccessError):
            job.with_user(self.manager).action_import()
        self.assertFalse(self.env["ged.import"].with_user(self.manager).search([]))

    def test_file_leaves_with_the_import(self):
        job = self._job()
        self._run()
        stored = job._stored_file()
        self.assertTrue(stored)
        self.env.cr.execute(
            "UPDATE ged_import SET write_date = now() - interval '8 days'"
        )
        job.invalidate_recordset()
        self.env["ged.import"]._gc_imports()
        self.assertFalse(job.exists())
        self.assertFalse(stored.exists())

    def test_screen(self):
        job = self._job()
        form = Form(job, view="ged_archive.ged_import_view_form_progress")
        self.assertEqual(form.state, "verifying")
