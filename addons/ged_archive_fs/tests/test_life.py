# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Verification, destruction and export of files that are in a storage."""

import csv
import io
import os
import zipfile
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ged_archive.models.ir_attachment import StorageUnavailable

from .common import CHECK_LOG, STORAGE_LOG, StorageCommon

RUN_LOG = "odoo.addons.ged_archive.models.ged_verification_run"


@tagged("post_install", "-at_install")
class TestLife(StorageCommon):
    def setUp(self):
        super().setUp()
        self.documents = self._archive(3)
        self._link()

    def _verify(self):
        one = self.env["ged.verification"]._request(self.company).sudo()
        while one._advance_or_fail():
            pass
        return one

    def _export(self):
        export = self.env["ged.export"].with_user(self.auditor)
        return export.create({"document_ids": [(6, 0, self.documents.ids)]})

    def _zip(self):
        file = io.BytesIO()
        self._export()._write_zip(file)
        archive = zipfile.ZipFile(file)
        text = io.StringIO(archive.read("manifest.csv").decode())
        return archive, {row["number"]: row for row in csv.DictReader(text)}

    # ------------------------------------------------------------------- verification

    @mute_logger(CHECK_LOG)
    def test_an_altered_file_is_found(self):
        self._spoil(self.documents[1])
        self.assertEqual(self._codes(), [("content", self.documents[1].id)])
        self.assertIn("altered", self.documents[1]._content_problem())
        with self.assertRaisesRegex(UserError, "altered"):
            self.documents[1]._get_content()
        one = self._verify()
        self.assertEqual((one.result, one.line_ids.code), ("bad", "content"))
        self.assertEqual(self.documents[1].event_ids[0].event_type, "failed")

    def test_a_missing_file_is_found(self):
        self._path(self.documents[2]).unlink()
        self.env.invalidate_all()
        self.assertEqual(self._codes(), [("content", self.documents[2].id)])
        self.assertIn("missing", self.documents[2]._content_problem())

    def test_a_storage_that_does_not_answer_is_said(self):
        """Nothing is written down against the documents: nobody has looked at them."""
        self._away()
        with self.assertRaisesRegex(StorageUnavailable, "vault.*No such file"):
            self.documents[0]._content_problem()
        with mute_logger(RUN_LOG):
            one = self._verify()
        self.assertEqual((one.state, one.step), ("failed", "contents"))
        self.assertIn("does not answer", one.error)
        self.assertFalse(one.line_ids)
        self.assertTrue(one.alert_id)
        self.assertEqual(
            self.documents.event_ids.mapped("event_type"), ["archived"] * 3
        )
        with self.assertRaises(StorageUnavailable):
            self.documents[0].with_user(self.auditor).action_verify()
        self._back()
        self.assertEqual(self._verify().result, "good")

    @mute_logger(STORAGE_LOG)
    def test_reasons_not_to_answer(self):
        with patch.dict(os.environ, {"DISABLE_ATTACHMENT_STORAGE": "1"}):
            with self.assertRaisesRegex(StorageUnavailable, "vault"):
                self.documents[0]._content_problem()
        # the code is part of the address of each file
        self.storage.code = "renamed"
        with self.assertRaisesRegex(StorageUnavailable, "vault"):
            self.documents[0]._content_problem()
        self.storage.code = "vault"
        self.assertFalse(self.documents[0]._content_problem())

    def test_archiving_without_the_storage_is_refused(self):
        self._away()
        with self.assertRaisesRegex(UserError, "vault"):
            self._archive(name="F/2026/0009")

    # -------------------------------------------------------------------- destruction

    def test_destruction_removes_the_object(self):
        gone = self._ended(1, name="F/2020/0001", content=b"ten years old")
        path, name = self._path(gone), gone.attachment_id.store_fname
        remove = self.env["ir.attachment"]._remove_unused
        self.assertEqual(remove([name]), [], "a row keeps it")
        self._executed(gone)
        self.assertTrue(path.exists(), "not before the commit")
        self.assertEqual(remove([name]), [name])
        self.assertFalse(path.exists())
        self.assertEqual(remove([name]), [name], "a second call has nothing to do")
        self._link()
        self.assertEqual(self._problems(), [])

    def test_destruction_removes_after_the_commit(self):
        gone = self._ended(1, name="F/2020/0001", content=b"ten years old")
        hooks = self.env.cr.postcommit._funcs
        before = len(hooks)
        self._executed(gone)
        self.assertGreater(len(hooks), before)
        hooks.clear()

    def test_the_last_one_takes_the_shared_object_along(self):
        twins = self._ended(2, content=b"one content, kept twice")
        names = twins[0].attachment_id.mapped("store_fname")
        path = self._path(twins[0])
        remove = self.env["ir.attachment"]._remove_unused
        self._executed(twins[0])
        self.assertEqual(remove(names), [])
        self.assertTrue(path.exists())
        self._executed(twins[1])
        self.assertEqual(remove(names), names)
        self.assertFalse(path.exists())

    def test_an_object_that_cannot_be_removed_is_said(self):
        gone = self._ended(1, name="F/2020/0001", content=b"ten years old")
        path, name = self._path(gone), gone.attachment_id.store_fname
        self._executed(gone)
        remove = self.env["ir.attachment"]._remove_unused
        elsewhere = self.root.rename(self.root.with_name("elsewhere"))
        with self.assertLogs(STORAGE_LOG, "WARNING") as logs:
            self.assertEqual(remove([name]), [])
        self.assertIn(f"{name} was destroyed, but is still stored", logs.output[-1])
        elsewhere.rename(self.root)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "1")
        self.assertEqual(remove([name]), [], "a copy leaves the original alone")
        self.assertTrue(path.exists())

    # ------------------------------------------------------------------------- export

    def test_export(self):
        archive, rows = self._zip()
        for document in self.documents:
            row = rows[document.name]
            self.assertEqual(row["status"], "ok")
            self.assertEqual(archive.read(row["path"]), document._get_content())

    def test_export_tells_what_is_wrong(self):
        self._spoil(self.documents[0])
        self._path(self.documents[1]).unlink()
        archive, rows = self._zip()
        status = [rows[document.name]["status"] for document in self.documents]
        self.assertEqual(status, ["altered", "missing", "ok"])
        altered = rows[self.documents[0].name]["path"]
        self.assertTrue(altered.startswith("altered/"))
        self.assertEqual(
            archive.read(altered), self._path(self.documents[0]).read_bytes()
        )

    def test_no_export_calls_files_missing_that_nobody_asked_for(self):
        self._away()
        export = self._export()
        with self.assertRaises(StorageUnavailable):
            export._write_zip(io.BytesIO())
        export.sudo().state = "waiting"
        export.sudo()._make()
        self.assertEqual(export.state, "waiting", "it goes on later")
        self.assertIn("does not answer", export.error)
