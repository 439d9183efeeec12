# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where archived files go, and that nobody but the archive moves them."""

import os

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ged_archive.tests.common import make_pdf

from ..models.ir_attachment import BATCH
from .common import StorageCommon


@tagged("post_install", "-at_install")
class TestStorage(StorageCommon):
    def test_it_came_by_itself(self):
        """The database of these tests was asked for the two sides alone."""
        module = self.env["ir.module.module"].search([("name", "=", "ged_archive_fs")])
        self.assertEqual((module.state, module.auto_install), ("installed", True))

    def test_contents_go_to_the_storage_of_the_archive(self):
        documents = self._archive(3)
        self._link()
        self.assertEqual(
            self._objects(), sorted(self._path(document) for document in documents)
        )
        for document in documents:
            self.assertEqual(self._path(document).read_bytes(), document._get_content())
            self.assertIn(document.sha256, self._path(document).name)
            self.assertEqual(document.attachment_id.fs_storage_id, self.storage)
            local = document.attachment_id._full_path(document.attachment_id.checksum)
            self.assertFalse(os.path.exists(local))
        self.assertEqual(self._problems(), [])

    def test_evidence_goes_there_too(self):
        document = self._archive()
        self._link()
        one = self.env["ged.verification"]._request(self.company).sudo()
        while one._advance_or_fail():
            pass
        self.assertEqual(one.result, "good", one.error)
        self.assertTrue(self._path(one.report_id).is_file())
        self.assertNotEqual(self._path(one.report_id), self._path(document))

    def test_other_files_stay_where_they_were(self):
        self._archive()
        other = self.env["ir.attachment"].create(
            {
                "name": "letter.pdf",
                "raw": make_pdf("letter"),
                "res_model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        self.assertNotIn("://", other.store_fname)
        self.assertEqual(len(self._objects()), 1)

    def test_without_a_storage_the_filestore_is_used(self):
        self.storage.model_xmlids = False
        document = self._archive()
        self._link()
        self.assertNotIn("://", document.attachment_id.store_fname)
        self.assertFalse(document.attachment_id.fs_filename)
        self.assertEqual(self._objects(), [])
        self.assertEqual(self._problems(), [])

    def test_folders(self):
        self.storage.optimizes_directory_path = True
        document = self._archive()
        self.assertEqual(
            self._path(document).parent.relative_to(self.root).as_posix(),
            f"{document.sha256[:2]}/{document.sha256[2:4]}",
        )
        self.assertEqual(self._path(document).read_bytes(), document._get_content())

    def test_the_caller_chooses_nothing(self):
        context = {
            "storage_location": "file",
            "force_storage_key": "chosen",
            "attachment_res_model": "res.partner",
        }
        document = self.Document.with_context(**context)._archive([self._vals()])
        self.assertIn(document.sha256, self._path(document).name)

    # ---------------------------------------------------------------- written once

    def test_the_same_bytes_again_do_not_heal_the_first(self):
        first = self._archive()
        self._spoil(first)
        second = self._archive(name="F/2026/0002", content=make_pdf("F/2026/0001"))
        self.assertEqual(first.sha256, second.sha256)
        self.assertNotEqual(self._path(first), self._path(second))
        self._link()
        self.assertEqual(self._codes(), [("content", first.id)])

    def test_nothing_is_written_over(self):
        document = self._archive()
        before = self._path(document).read_bytes()
        Attachment = self.env["ir.attachment"].with_context(storage_location="vault")
        name = self._path(document).name
        for key in (name, f"x/../{name}"):
            with self.assertRaisesRegex(UserError, "belongs to the archive"):
                Attachment.with_context(force_storage_key=key).create(
                    {"name": "forged.pdf", "raw": b"forged"}
                )
        # the mark of a batch of the archive, guessed: the storage itself refuses
        batch = name.partition("-")[2]
        with self.assertRaisesRegex(UserError, "FileExistsError"):
            self._refused_write(
                Attachment.with_context(**{BATCH: batch}), document._get_content()
            )
        with self.assertRaisesRegex(UserError, "only be read"):
            document.attachment_id.open("wb", new_version=False)
        with document.attachment_id.open() as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(self._path(document).read_bytes(), before)

    def _refused_write(self, Attachment, content):
        with self.assertLogs("odoo.addons.ged_archive_fs", "WARNING"):
            Attachment.create({"name": "forged.pdf", "raw": content})

    def test_two_of_one_batch_share_their_object(self):
        twins = self._archive(2, content=make_pdf("twins"))
        self.assertEqual(self._path(twins[0]), self._path(twins[1]))
        self.assertEqual(len(self._objects()), 1)

    # --------------------------------------------------------------------- left alone

    def test_its_name_in_the_storage_stays(self):
        document = self._archive()
        path = self._path(document)
        document.sudo().attachment_id.name = "renamed.pdf"
        self.env.flush_all()
        self.assertEqual(self._path(document), path)
        self.assertTrue(path.is_file())

    def test_it_is_not_moved(self):
        document = self._archive()
        self._link()
        place = document.attachment_id.store_fname
        self.storage.copy(
            {
                "code": "other",
                "directory_path": str(self.root.parent),
                "model_xmlids": False,
                "use_as_default_for_attachments": True,
                "force_db_for_default_attachment_rules": '{"application/pdf": 0}',
            }
        )
        sudo = self.env["ir.attachment"].sudo()
        self.assertIsNone(document.sudo().attachment_id._move_attachment_to_store())
        sudo.force_storage_to_db_for_special_fields(storage="vault")
        document.attachment_id.invalidate_recordset()
        self.assertEqual(document.attachment_id.store_fname, place)
        self.assertEqual(self._problems(), [])

    def test_the_garbage_collector_spares_it(self):
        document = self._archive()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._archive(name="F/2026/0002", content=b"rolled back")
            self.env.flush_all()
            raise ZeroDivisionError
        self.assertEqual(len(self._objects()), 2)
        marks = self.env["fs.file.gc"].search([])
        self.assertIn(document.attachment_id.store_fname, marks.mapped("store_fname"))
        # in this transaction the mark of the other went with it
        orphan = next(path for path in self._objects() if path != self._path(document))
        self.env["fs.file.gc"]._mark_for_gc(f"vault://{orphan.name}")
        self.env["fs.file.gc"]._gc_files_unsafe()
        self.assertEqual(self._objects(), [self._path(document)])
        self.assertFalse(self.env["fs.file.gc"].search([]))
