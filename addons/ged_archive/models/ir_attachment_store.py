# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import errno
import logging
import os
import secrets

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT)


class IrAttachment(models.Model):
    """A file of the filestore is there as a whole, or not at all.

    The host writes at the final place. A full disk or a killed process leaves a short
    file there, which then passes for the content, or bars the way to it for ever.
    """

    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        # Replaces base: written aside, then renamed in one step. Both names are given
        # to the garbage collector first; it leaves alone what a row holds.
        fname, path = self._get_path(bin_value, checksum)
        if os.path.exists(path):
            return fname
        part = f"{fname}-{secrets.token_hex(8)}"
        try:
            self._mark_for_gc(part)
            self._mark_for_gc(fname)
            with open(self._full_path(part), "wb") as stream:
                stream.write(bin_value)
            os.replace(self._full_path(part), path)
            os.unlink(self._full_path(f"checklist/{part}"))
        except OSError as error:
            for left in (part, f"checklist/{part}"):
                with contextlib.suppress(OSError):
                    os.unlink(self._full_path(left))
            _logger.error("%s cannot be stored: %s", path, error)
            raise UserError(self._get_storing_problem(error)) from error
        return fname

    @api.model
    def _get_path(self, bin_data, sha):
        # Extends base, which refuses a content whose place is taken by another one.
        self._drop_torn_file(bin_data, sha)
        return super()._get_path(bin_data, sha)

    @api.model
    def _drop_torn_file(self, bin_data, checksum):
        """Remove a file that is only the beginning of what its name says.

        A file that was altered stays: to write it anew would hide that from the
        verification of whatever document it belongs to.
        """
        path = self._full_path(f"{checksum[:2]}/{checksum}")
        try:
            with open(path, "rb") as stream:
                found = stream.read()
        except FileNotFoundError:
            return
        if len(found) < len(bin_data) and bin_data.startswith(found):
            _logger.warning("%s was cut short: written anew", path)
            os.unlink(path)

    @api.model
    def _get_storing_problem(self, error):
        """Return in words why a file could not be stored, and what to do."""
        if error.errno in FULL:
            return self.env._(
                "The disk of the server is full: the file was not stored. Tell the "
                "administrator, and try again when he has made room."
            )
        return self.env._(
            "The server cannot store files (%(cause)s). Tell the administrator, and "
            "try again when he has mended it.",
            cause=error.strerror or error,
        )
