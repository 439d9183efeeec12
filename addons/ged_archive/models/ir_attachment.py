# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import psycopg2.errors

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

ARCHIVE_MODEL = "ged.document"
#: Writing one of these changes the file, who may read it, or where it belongs.
FROZEN = {
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "checksum",
    "file_size",
    "mimetype",
    "type",
    "url",
    "public",
    "access_token",
    "res_model",
    "res_field",
    "res_id",
}


class StorageUnavailable(UserError):
    """The storage does not answer: nothing is known of the file, try again later."""


class IrAttachment(models.Model):
    """Files of the archive: read by whoever reads the document, changed by nobody.

    Reading needs nothing here: the host asks for read access on ``ged.document``.
    """

    _inherit = "ir.attachment"

    def _archived_files(self):
        """Return the attachments among ``self`` that hold an archived document."""
        return self.sudo().filtered(lambda file: file.res_model == ARCHIVE_MODEL)

    def _read_archived(self):
        """Return the bytes that the storage holds now; nothing when it has no such
        file.

        Not the field ``raw``: it would keep every file that was read in memory. To be
        extended for other storages: one that cannot be asked raises
        :class:`StorageUnavailable`, as that says nothing about the file.
        """
        name = self.store_fname
        return self._file_read(name) if name else self.db_datas

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("res_model") == ARCHIVE_MODEL for vals in vals_list):
            # a file that _archive has not hashed would pass for an archived one
            raise UserError(
                self.env._("Files cannot be added to an archived document.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("res_model") == ARCHIVE_MODEL:
            raise UserError(
                self.env._("Files cannot be added to an archived document.")
            )
        frozen = not FROZEN.isdisjoint(vals)
        if frozen and self._archived_files():
            raise UserError(
                self.env._(
                    "This file belongs to the archive and cannot be changed, moved or "
                    "made "
                    "public. Download it and work on the copy."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        archived = self._archived_files().filtered(
            lambda file: not self.env[ARCHIVE_MODEL].browse(file.res_id).destroyed_at
        )
        if archived:
            raise UserError(
                self.env._(
                    "This file belongs to the archive and cannot be deleted before the "
                    "end of "
                    "its retention: %(files)s.",
                    files=", ".join(archived[:5].mapped("name")),
                )
            )

    def _migrate(self):
        # Extends base: moving files between the database and the filestore rewrites
        # their rows. Archived ones stay where they are, readable all the same.
        return super(IrAttachment, self - self._archived_files().sudo(False))._migrate()

    def _to_http_stream(self):
        # Extends base: the generic routes (/web/content, /web/image) serve the file
        # too; it must not leave without a line in the journal.
        stream = super()._to_http_stream()
        if request and self._archived_files():
            self._journal_download(request.env)
        return stream

    def _journal_download(self, env):
        """Write the download into the journal, in the name of the user of ``env``."""
        if env.cr.readonly:
            # where the host has a read-only replica; it runs the request again on the
            # main database when it meets this
            raise psycopg2.errors.ReadOnlySqlTransaction(
                "the download of an archived file is journalled"
            )
        env[ARCHIVE_MODEL].browse(self.sudo().res_id)._record_event("downloaded")
