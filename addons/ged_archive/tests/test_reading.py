# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How archived files are read back: in sets, and one file in memory at a time."""

from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestReading(ArchiveCommon):
    def test_files_are_read_without_queries_of_their_own(self):
        documents = self._archive(12)
        self._link()
        counts = []
        for some in (documents[:3], documents):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(some._verify_contents(), [])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_a_file_is_not_kept_in_memory(self):
        document = self._archive()
        self.assertFalse(document._content_problem())
        raw = document.attachment_id._fields["raw"]
        self.assertFalse(raw._get_cache(document.sudo().env))

    def test_a_row_of_a_file_that_is_gone(self):
        """Removed by the owner of the tables, who can undo all that guards them."""
        documents = self._archive(2)
        self._link()
        self.env.flush_all()
        for statement in (
            "ALTER TABLE ged_document DROP CONSTRAINT ged_document_attachment_id_fkey",
            "ALTER TABLE ir_attachment DISABLE TRIGGER ged_attachment_guard_row",
            f"DELETE FROM ir_attachment WHERE id = {documents[0].attachment_id.id}",
            "ALTER TABLE ir_attachment ENABLE ALWAYS TRIGGER ged_attachment_guard_row",
        ):
            self.cr.execute(statement)
        self.env.invalidate_all()
        self.assertIn("missing", documents[0]._content_problem())
        problems = documents._verify_contents()
        self.assertEqual(
            [(problem.code, problem.document_id) for problem in problems],
            [("content", documents[0].id)],
        )
