# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..hooks import uninstall_hook
from ..models.ged_triggers import GUARDS, missing_guards
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestUninstall(ArchiveCommon):
    def test_files_go_back_to_their_records(self):
        """Nothing is lost when the addon goes: files return to where they came from."""
        own, gone, unknown, none = (
            self._archive(res_model="res.partner", res_id=self.customer.id),
            self._archive(res_model="res.partner", res_id=2147483000),
            self._archive(res_model="no.such.model", res_id=1),
            self._archive(),
        )
        files = {
            document: (document.attachment_id, document._get_content())
            for document in (own, gone, unknown, none)
        }
        uninstall_hook(self.env)
        self.assertEqual(files[own][0].res_model, "res.partner")
        self.assertEqual(files[own][0].res_id, self.customer.id)
        for document in (gone, unknown, none):
            self.assertFalse(files[document][0].res_model or files[document][0].res_id)
        for file, content in files.values():
            self.assertEqual(file.raw, content)

    def test_triggers_are_gone(self):
        self._archive()
        uninstall_hook(self.env)
        self.assertEqual(missing_guards(self.cr), sorted(GUARDS))
        self.cr.execute(
            "SELECT count(*) FROM pg_proc WHERE proname LIKE 'ged_archive_%'"
        )
        self.assertEqual(self.cr.fetchone()[0], 0)
        self.cr.execute("DELETE FROM ged_event")
        self.cr.execute("DELETE FROM ged_document")
