# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An archive whose files are in a storage of its own: a folder of the disk."""

import shutil
import tempfile
from pathlib import Path

from odoo.tools import mute_logger

from odoo.addons.ged_archive.tests.common_destruction import DestructionCommon

STORAGE_LOG = "odoo.addons.ged_archive_fs.models.ir_attachment"
CHECK_LOG = "odoo.addons.ged_archive.models.ged_document_check"


class StorageCommon(DestructionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        home = tempfile.mkdtemp(prefix="ged_archive_fs_")
        cls.addClassCleanup(shutil.rmtree, home)
        cls.root = Path(home, "store")
        cls.root.mkdir()
        cls.storage = cls.env["fs.storage"].create(
            {
                "name": "Archive",
                "code": "vault",
                "protocol": "file",
                "directory_path": str(cls.root),
                "model_xmlids": "ged_archive.model_ged_document",
            }
        )

    def setUp(self):
        super().setUp()
        # what a test wrote is not rolled back
        self.addCleanup(self._sweep)

    def _sweep(self):
        self._back()
        shutil.rmtree(self.root)
        self.root.mkdir()

    def _objects(self):
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def _path(self, document):
        name = document.sudo().attachment_id.store_fname
        self.assertTrue(name.startswith("vault://"), name)
        return self.root / name.removeprefix("vault://")

    def _away(self):
        """From now on the disk is not mounted."""
        self.root.rename(self.root.with_name("elsewhere"))
        self.enterContext(mute_logger(STORAGE_LOG))
        self.env.invalidate_all()

    def _back(self):
        """The disk is mounted again."""
        elsewhere = self.root.with_name("elsewhere")
        if elsewhere.exists():
            elsewhere.rename(self.root)

    def _spoil(self, document):
        """Change one bit of the stored file."""
        path = self._path(document)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        self.env.invalidate_all()

    def _codes(self):
        return [(problem.code, problem.document_id) for problem in self._problems()]
