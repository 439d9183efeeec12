# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import os
import shutil
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from ..lib.export_work import ExportWork, StateLost, put_in_place
from ..models.ged_chain import CONTENTION
from ..models.ir_attachment import StorageUnavailable
from ..models.ir_attachment_store import FULL

_logger = logging.getLogger(__name__)

#: A finished file is removed after so many days.
KEPT_DAYS = 7
#: Until a storage that does not answer is asked again.
WAIT_MINUTES = 5


class OutOfTime(Exception):
    """The job must end here; the next run goes on."""


class GedExport(models.Model):
    """The job that makes big exports.

    Each batch is committed with what is needed to go on after it. A run ends when its
    time is over, or when the server is stopped; the next one goes on from there, so it
    may take as long as it takes.
    """

    _inherit = "ged.export"

    work = fields.Json(
        readonly=True,
        help="What the next run needs to go on: sizes of the files, what was counted.",
    )

    def _path(self):
        """Return where the finished file is; made from the id alone."""
        folder = os.path.join(config.filestore(self.env.cr.dbname), "ged_export")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.path.join(folder, f"{self.id}.zip")

    def _folder(self):
        """Return where the file is in the making."""
        return Path(self._path() + ".part")

    @api.model
    def _cron_make(self):
        """Make the files that wait, in the name of those who asked for them."""
        for one in self.search([("state", "=", "waiting")], order="id"):
            if not one._make():
                self._trigger_make()
                return

    @api.model
    def _trigger_make(self):
        self.env.ref("ged_archive.ir_cron_export").sudo()._trigger()

    def _make(self):
        """Make the file, or say why it cannot be: the next export has its turn.

        :return: whether the job has time for another one
        """
        user = self.create_uid
        asked = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, lang=user.lang
        )
        try:
            asked._make_file()
        except OutOfTime:
            return False
        except CONTENTION:
            # somebody wrote in between: it is made by the next run
            self._roll_back()
            self._trigger_make()
            return True
        except StorageUnavailable as error:
            self._wait(asked, error)
            return self._commit()
        except (AccessError, UserError) as error:
            self._fail(str(error))
        except OSError as error:
            _logger.warning("export %s stopped: %s", self.id, error)
            self._fail(asked._storing_words(error))
        except Exception as error:
            _logger.exception("export %s stopped", self.id)
            self._fail(
                asked.env._(
                    "The file could not be made (%(cause)s). Ask for the export again; "
                    "if it fails again, tell the administrator, who finds more in the "
                    "log of the server.",
                    cause=str(error) or type(error).__name__,
                )
            )
        else:
            self.write(
                {
                    "state": "done",
                    "made_at": fields.Datetime.now(),
                    "work": False,
                    "error": False,
                }
            )
        left = self._commit()
        # not before: what the commit has not kept would go on with it
        shutil.rmtree(self._folder(), ignore_errors=True)
        return left

    def _wait(self, asked, error):
        """The storage of the files does not answer, which says nothing about them: what
        is written stays, and a later run goes on.
        """
        self._roll_back()
        self.error = asked.env._(
            "%(cause)s\nThe export goes on when the storage answers again; it is asked "
            "every few minutes.",
            cause=error,
        )
        at = fields.Datetime.now() + timedelta(minutes=WAIT_MINUTES)
        self.env.ref("ged_archive.ir_cron_export").sudo()._trigger(at=at)

    def _make_file(self):
        """Put the file in its place when all of it is written."""
        self._check_documents()
        with self._open_work() as work:
            self._write_documents(work, self._pause)
            self._write_end(work)
        put_in_place(self._folder() / "export.zip", Path(self._path()))

    def _open_work(self):
        """Go on where the last run ended, or begin."""
        state = self.sudo().work
        try:
            return ExportWork.kept(self._folder(), state or None)
        except StateLost as lost:
            # say, after a move to another disk: nothing of it is worth anything
            _logger.info("export %s begins again: %s is not whole", self.id, lost)
            return ExportWork.kept(self._folder())

    def _pause(self, work):
        """Keep what is done, the journal of it too; end here when the time is over."""
        self.sudo().write(
            {"done": work.totals["count"], "work": work.state(), "error": False}
        )
        if not self._commit():
            raise OutOfTime

    def _record_download(self):
        """Write the journal of the documents that are in the finished file.

        The journal knows them: what a fiscal year holds today may be more.
        """
        name = self._filename()
        events = self.env["ged.event"].sudo()
        events = events.search([("event_type", "=", "exported"), ("detail", "=", name)])
        documents = self.env["ged.document"].browse(events.document_id.ids)
        documents._record_event("exported", detail=f"{name} (made before)")

    def _storing_words(self, error):
        """Return in words why the disk did not take the file, and what to do."""
        if error.errno in FULL:
            return self.env._(
                "The disk of the server is full: the export was not made. Tell the "
                "administrator, and ask for it again when he has made room."
            )
        return self.env._(
            "The server cannot write the export (%(cause)s). Tell the administrator, "
            "and ask for it again when he has mended it.",
            cause=error.strerror or str(error),
        )

    def _fail(self, message):
        self._roll_back()
        self.write({"state": "failed", "error": message, "work": False})

    def _roll_back(self):
        if not modules.module.current_test:
            self.env.cr.rollback()

    @api.model
    def _commit(self):
        """Commit; return whether the job has time left. Inert in tests."""
        if modules.module.current_test:
            return True
        return bool(self.env["ir.cron"]._commit_progress(1))

    @api.autovacuum
    def _gc_files(self):
        """Remove finished files some days after they were made, and old requests."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("state", "=", "done"), ("made_at", "<", limit)])
        for one in old:
            if os.path.exists(one._path()):
                os.unlink(one._path())
        old.state = "removed"
        for folder in Path(self._path()).parent.glob("*.zip.part"):
            # of one that is over: the server stopped before it was removed
            number = folder.name.removesuffix(".zip.part")
            if number.isdigit() and self.browse(int(number)).exists().state != (
                "waiting"
            ):
                shutil.rmtree(folder, ignore_errors=True)
        self.search([("state", "=", "new"), ("create_date", "<", limit)]).unlink()
