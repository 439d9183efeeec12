# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ArchiveCommon, make_pdf


@tagged("post_install", "-at_install")
class TestAttachment(ArchiveCommon):
    """The file of a document is an attachment of the host, not a back door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.content = make_pdf("file")
        cls.document = cls.Document._archive(
            [
                {
                    "kind": "invoice",
                    "name": "F1",
                    "filename": "f1.pdf",
                    "content": cls.content,
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                }
            ]
        )
        cls.file = cls.document.attachment_id

    def test_file_belongs_to_the_document(self):
        self.assertEqual(self.file.res_model, "ged.document")
        self.assertEqual(self.file.res_id, self.document.id)
        self.assertFalse(self.file.public)
        self.assertFalse(self.file.sudo().access_token)

    def test_reading_follows_the_document(self):
        for role in ("reader", "auditor", "manager"):
            file = self.file.with_user(getattr(self, role)).sudo(False)
            self.assertEqual(file.read(["raw"])[0]["raw"], self.content, role)
        # portal users read no attachment at all: they have our route, with its journal
        for role in ("employee", "portal", "portal_stranger"):
            file = self.file.with_user(getattr(self, role)).sudo(False)
            with self.assertRaises(AccessError):
                file.read(["raw"])
            with self.assertRaises(AccessError):
                if not file._can_return_content():
                    file.check_access("read")

    def test_search_follows_the_document(self):
        for role, expected in (("reader", self.file.ids), ("employee", [])):
            found = (
                self.env["ir.attachment"]
                .with_user(getattr(self, role))
                .search([("id", "=", self.file.id)])
            )
            self.assertEqual(found.ids, expected, role)

    def test_bytes_cannot_be_written(self):
        for user in (self.env.user, self.system, self.manager):
            file = self.file.with_user(user).sudo()
            for values in (
                {"raw": b"x"},
                {"datas": b"eA=="},
                {"public": True},
                {"res_model": "res.partner", "res_id": self.customer.id},
                {"access_token": "x"},
                {"mimetype": "text/html"},
            ):
                with self.assertRaisesRegex(UserError, "belongs to the archive"):
                    file.write(values)
            with self.assertRaisesRegex(UserError, "belongs to the archive"):
                file.raw = b"x"
            with self.assertRaisesRegex(UserError, "belongs to the archive"):
                file.generate_access_token()
        self.assertEqual(self.document._get_content(), self.content)

    def test_file_cannot_be_deleted(self):
        other = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        with self.assertRaisesRegex(UserError, "f1.pdf"):
            (other | self.file).sudo().unlink()

    def test_file_cannot_be_added(self):
        with self.assertRaisesRegex(UserError, "cannot be added"):
            self.env["ir.attachment"].sudo().create(
                {"name": "x", "res_model": "ged.document", "res_id": self.document.id}
            )
        other = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        with self.assertRaisesRegex(UserError, "cannot be added"):
            other.sudo().write(
                {"res_model": "ged.document", "res_id": self.document.id}
            )

    def test_copy_is_an_ordinary_file(self):
        copy = self.file.sudo().copy({"res_model": False, "res_id": False})
        self.assertEqual(copy.raw, self.content)
        copy.unlink()

    def test_twin_of_another_record_can_go(self):
        """The host stores equal bytes once: deleting the twin must leave ours."""
        twin = self.env["ir.attachment"].create({"name": "twin", "raw": self.content})
        self.assertEqual(twin.store_fname, self.file.store_fname)
        twin.unlink()
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertTrue(os.path.exists(self.file._full_path(self.file.store_fname)))
        self.file.invalidate_recordset()
        self.assertEqual(self.document._get_content(), self.content)

    def test_the_same_bytes_again_do_not_heal_an_altered_file(self):
        """What was altered has to be found; a second document must not hide that."""
        path = Path(self.file._full_path(self.file.store_fname))
        self.addCleanup(path.write_bytes, self.content)
        path.write_bytes(self.content[:-1] + b"!")
        with self.assertRaises(UserError):
            self._archive(content=self.content)
        self.assertEqual(path.read_bytes()[-1:], b"!")

    def test_garbage_collector_leaves_the_file(self):
        self.file._mark_for_gc(self.file.store_fname)
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.file.invalidate_recordset()
        self.assertEqual(self.document._get_content(), self.content)

    def test_change_of_storage_leaves_archived_files(self):
        """Moving attachments between filestore and database must not stop at ours."""
        other = self.env["ir.attachment"].create({"name": "x", "raw": b"movable"})
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        (other | self.file).sudo()._migrate()
        self.assertFalse(other.store_fname)
        self.assertTrue(self.file.store_fname)
        self.assertEqual(self.document._get_content(), self.content)

    def test_archive_with_files_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        document = self._archive()
        self.assertFalse(document.attachment_id.store_fname)
        self._link()
        self.assertFalse(self._problems())
