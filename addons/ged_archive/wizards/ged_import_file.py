# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import os
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import AccessError, UserError


class GedImport(models.Model):
    """The file of an export, and who may open it."""

    _inherit = "ged.import"

    @contextmanager
    def _opened(self):
        """Give the file, open for reading, to who may import it."""
        self.ensure_one()
        if not self.env.user.has_group("ged_archive.group_ged_manager"):
            raise AccessError(
                self.env._("Only administrators of the archive import into it.")
            )
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._("Choose one of the companies that you work for now.")
            )
        stored = self._stored_file()
        if not stored:
            raise UserError(self.env._("Give the file of the export."))
        path = stored.store_fname and stored._full_path(stored.store_fname)
        if path and os.path.exists(path):
            # a big one never stands in memory
            with open(path, "rb") as file:
                yield file
        else:
            yield io.BytesIO(stored.raw or b"")

    def _stored_file(self):
        """Return the attachment that holds the file; empty without."""
        self.check_access("read")
        self.flush_recordset(["file"])
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
