# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import posixpath
from contextlib import contextmanager, suppress

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.ged_archive.lib.hashing import sha256
from odoo.addons.ged_archive.models.ir_attachment import (
    ARCHIVE_MODEL,
    StorageUnavailable,
)

_logger = logging.getLogger(__name__)

#: In the context while contents are archived: a text that no other batch has.
BATCH = "ged_archive_fs_batch"
ARCHIVED = Domain("res_model", "=", ARCHIVE_MODEL)


class IrAttachment(models.Model):
    """Archived contents in a storage of ``fs_attachment``: written once, under a name
    that is never used again, and left alone until the archive lets them go.

    The garbage collector of that addon spares what a row of this table refers to, and
    the archive's triggers guard these rows.
    """

    _inherit = "ir.attachment"

    # ------------------------------------------------------------------------ writing

    @api.model
    def _get_fs_path(self, storage_code, bin_data):
        if batch := self.env.context.get(BATCH):
            # the same bytes archived again do not heal, or hide, what became of others
            key = f"{sha256(bin_data)}-{batch}"
            self = self.with_context(force_storage_key=key)
        return super()._get_fs_path(storage_code, bin_data)

    @api.model
    def _file_write(self, bin_value, checksum):
        # the archive's own way of writing is for the filestore of the host
        code = self.env.context.get("storage_location") or self._storage()
        if code in self._get_storage_codes():
            return self._storage_file_write(bin_value)
        return super()._file_write(bin_value, checksum)

    @api.model
    def _storage_file_write(self, bin_data):
        code = self.env.context.get("storage_location") or self._storage()
        path = posixpath.normpath(self._get_fs_path(code, bin_data))
        name = f"{code}://{path}"
        if not self.env.context.get(BATCH):
            # the context of a caller may name any object
            if self.sudo().search_count(ARCHIVED & Domain("store_fname", "=", name)):
                raise UserError(
                    self.env._("%(file)s belongs to the archive.", file=name)
                )
            return super()._storage_file_write(bin_data)
        self._fs_mark_for_gc(name)
        with self._asking_storage(name) as (fs, path):
            if folder := posixpath.dirname(path):
                fs.makedirs(folder, exist_ok=True)
            # refused if it is there; where the storage can, in the same breath
            fs.pipe_file(path, bin_data, mode="create")
            return name
        raise FileNotFoundError(name)

    def _enforce_meaningful_storage_filename(self):
        if not self.env.context.get(BATCH):
            others = self - self._archived_files()
            super(IrAttachment, others)._enforce_meaningful_storage_filename()
            return
        # no second name; by this field the downloads of the storage addon find the file
        for file in self:
            file.fs_filename = (file.store_fname or "").partition("://")[2] or False

    def open(self, mode="rb", **options):
        if set(mode) - set("rbt") and self._archived_files():
            raise UserError(self.env._("An archived file can only be read."))
        return super().open(mode=mode, **options)

    # ------------------------------------------------------------------------- moving

    def _move_attachment_to_store(self):
        return None if self._archived_files() else super()._move_attachment_to_store()

    def _store_in_db_instead_of_object_storage_domain(self):
        domain = super()._store_in_db_instead_of_object_storage_domain()
        return Domain(domain) & ~ARCHIVED

    # --------------------------------------------------------------- reading, removing

    @contextmanager
    def _asking_storage(self, name):
        """Yield the file system and the path for a value of ``store_fname``.

        What the storage does not have ends the block; whatever else goes wrong with it
        becomes ``StorageUnavailable``, as that says nothing about the file.
        """
        code, _separator, path = name.partition("://")
        try:
            if self._is_storage_disabled(code, log=False):
                raise ConnectionError("DISABLE_ATTACHMENT_STORAGE")
            fs = self._get_fs_storage_for_code(code)
            try:
                yield fs, path
            except FileNotFoundError:
                # that one, or all of them? a disk that is not mounted has none
                fs.info("")
        except Exception as error:
            # each kind of storage has errors of its own
            _logger.warning("archive: storage %s, %s", code, path, exc_info=True)
            message = self.env._(
                "The storage “%(storage)s” does not answer as it should (%(error)s): "
                "nothing can be said about its files, they may well be whole. Mend the "
                "storage or the connection, then try again.",
                storage=code,
                error=getattr(error, "strerror", None) or type(error).__name__,
            )
            raise StorageUnavailable(message) from error

    def _read_archived(self):
        # the storage addon would answer "no bytes" to every failure
        if "://" not in (self.store_fname or ""):
            return super()._read_archived()
        with self._asking_storage(self.store_fname) as (fs, path):
            return fs.cat_file(path)
        return b""

    @api.model
    def _remove_stored(self, name):
        if "://" not in name:
            return super()._remove_stored(name)
        if self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"):
            # the object belongs to the database that this one is a copy of
            return False
        with suppress(StorageUnavailable):
            with self._asking_storage(name) as (fs, path):
                fs.rm_file(path)
            return True
        _logger.error("archive: %s was destroyed, but is still stored", name)
        return False
