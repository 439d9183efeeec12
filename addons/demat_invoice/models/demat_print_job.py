# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import os

from odoo import api, fields, models, modules

from .demat_print_request import KEPT

_logger = logging.getLogger(__name__)


class DematPrintRequest(models.Model):
    """Big files are made by a job; all are removed after a day."""

    _inherit = "demat.print.request"

    @api.model
    def _cron_make(self):
        """Make the files that wait, in the name of those who asked for them."""
        for request in self.search([("state", "=", "waiting")], order="id"):
            user = request.create_uid
            request = request.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz
            )
            try:
                request.sudo()._make_committed()
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("%s: the file could not be made", request)
                request.sudo().write(
                    {
                        "state": "failed",
                        "error": self.env._(
                            "Unexpected error. Nothing is marked as printed: print "
                            "again, and tell the administrator if it goes on."
                        ),
                    }
                )
                self.env["demat.exchange"]._demat_commit()

    def _make_committed(self):
        """Write the file with a fresh view of the database for each batch, then mark.

        A crash before the end leaves nothing marked, and the job does it again.
        """
        committed = self.env["demat.exchange"]._demat_run_committed
        if not self._demat_try_lock():
            return
        moves = self._moves().exists()
        # the clerk may have lost the access since he asked
        moves.sudo(False).check_access("write")

        def tell(done):
            committed(lambda: self.write({"done_count": done}))

        self._produce(None if modules.module.current_test else tell)
        committed(self._finish)

    @api.autovacuum
    def _gc_files(self):
        """Remove the files that nobody can fetch any more, and their rows."""
        limit = fields.Datetime.now() - KEPT
        self.search([("create_date", "<", limit), ("state", "!=", "waiting")]).unlink()
        folder = self._folder()
        known = {str(one) for one in self.search([("state", "=", "done")]).ids}
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            old = os.path.getmtime(path) < limit.timestamp()
            if old and name.split(".")[0] not in known:
                os.unlink(path)
