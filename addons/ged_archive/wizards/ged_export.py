# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import os
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from ..models.ged_chain import CONTENTION
from ..models.ged_kind import _closing
from ..models.ir_attachment_store import FULL

_logger = logging.getLogger(__name__)

#: Up to this number of documents the file is made while the browser waits.
AT_ONCE = 200
#: A finished file is removed after so many days.
KEPT_DAYS = 7
#: What a user may set; everything else is written by the methods below.
_OPEN_FIELDS = {
    "document_ids",
    "company_id",
    "scope",
    "year",
    "date_from",
    "date_to",
    "with_sheets",
}


class GedExport(models.Model):
    """Documents on their way to an auditor, as one ZIP file (``ged_export_zip.py``).

    A selection, a fiscal year or a period. Small ones are made when they are
    downloaded and kept nowhere; big ones are made by a job, and the file is kept for
    some days.
    """

    _name = "ged.export"
    _description = "Export of archived documents"
    _order = "id desc"
    _rec_name = "create_date"

    document_ids = fields.Many2many("ged.document", string="Documents")
    scope = fields.Selection(
        [
            ("selection", "Selected documents"),
            ("year", "Fiscal year"),
            ("period", "Period"),
        ],
        required=True,
        default="selection",
        string="What to export",
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    year = fields.Integer(
        string="Fiscal year that ends in",
        default=lambda self: fields.Date.today().year - 1,
        aggregator=None,
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    with_sheets = fields.Boolean(
        string="With evidence sheets", help="One PDF for each document: takes longer."
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("waiting", "Waiting"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("removed", "Removed"),
        ],
        required=True,
        default="new",
        readonly=True,
    )
    total = fields.Integer(string="Number of documents", readonly=True)
    done = fields.Integer(string="Documents written", readonly=True)
    made_at = fields.Datetime(string="Made on", readonly=True)
    error = fields.Char(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # the others tell what was done: not for those who ask
            vals_list = [
                {key: value for key, value in vals.items() if key in _OPEN_FIELDS}
                for vals in vals_list
            ]
        return super().create(vals_list)

    # --------------------------------------------------------------------- selection

    def _dates(self):
        """Return first and last day of what is asked for, ``(None, None)`` for a
        selection.
        """
        if self.scope == "year":
            if not 1900 < self.year < 3000:
                raise UserError(self.env._("Give the fiscal year with four digits."))
            # 28 February of a leap year is the 29th: clipped by relativedelta
            last = fields.Date.to_date(f"{self.year}-01-01") + relativedelta(
                **_closing(self.company_id)
            )
            return last - relativedelta(years=1) + timedelta(days=1), last
        if self.scope == "period":
            if not (self.date_from and self.date_to and self.date_from <= self.date_to):
                raise UserError(self.env._("Give the first and the last day."))
            return self.date_from, self.date_to
        return None, None

    def _document_ids(self):
        """Return the ids to export, in the order of archiving, with the evidence about
        them; only what the user may read.
        """
        self.ensure_one()
        Document = self.env["ged.document"]
        first, last = self._dates()
        if first:
            found = Document.search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("document_date", ">=", first),
                    ("document_date", "<=", last),
                ]
            )
        else:
            found = self.document_ids
        ids = set(found.ids)
        new = ids
        while new:
            more = Document.search([("subject_id", "in", list(new))]).ids
            new = set(more) - ids
            ids |= new
        return sorted(ids)

    def _check_documents(self):
        if not self.env.user.has_group("ged_archive.group_ged_auditor"):
            raise AccessError(self.env._("Only auditors export from the archive."))
        if self.scope == "selection":
            if not self.document_ids:
                raise UserError(self.env._("Select at least one document to export."))
            self.document_ids.check_access("read")
        else:
            if self.company_id not in self.env.companies:
                raise AccessError(self.env._("This company is not one of yours."))
            if not self._document_ids():
                raise UserError(
                    self.env._("The archive holds no document of this period.")
                )

    def _filename(self):
        return f"archive_{fields.Date.today():%Y%m%d}_{self.id}.zip"

    # ----------------------------------------------------------------------- buttons

    def action_download(self):
        """Check the rights, then send the browser to the file, or leave a big export to
        the job.
        """
        self.ensure_one()
        self._check_documents()
        count = len(self._document_ids())
        if count <= AT_ONCE or self.state == "done":
            return {
                "type": "ir.actions.act_url",
                "url": f"/ged/export/{self.id}",
                "target": "download",
            }
        self.sudo().write(
            {"state": "waiting", "total": count, "done": 0, "error": False}
        )
        self.env.ref("ged_archive.ir_cron_export").sudo()._trigger()
        return self._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export for auditors"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("ged_archive.ged_export_view_form_progress").id, "form")
            ],
        }

    # --------------------------------------------------------------------------- job

    def _path(self):
        """Return where the finished file is; made from the id alone."""
        folder = os.path.join(config.filestore(self.env.cr.dbname), "ged_export")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.path.join(folder, f"{self.id}.zip")

    @api.model
    def _cron_make(self):
        """Make the files that wait, in the name of those who asked for them."""
        for one in self.search([("state", "=", "waiting")], order="id"):
            one._make()

    def _make(self):
        """Make the file, or say why it cannot be: the next export has its turn."""
        user = self.create_uid
        asked = self.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids, lang=user.lang
        )
        try:
            asked._make_file(self._tell_progress)
        except CONTENTION:
            # somebody wrote in between: it is made by the next run
            self._roll_back()
            self.env.ref("ged_archive.ir_cron_export").sudo()._trigger()
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
            self.write({"state": "done", "made_at": fields.Datetime.now()})
        self._tell_progress(self.done)

    def _make_file(self, progress):
        """Put the file in its place when all of it is written."""
        path = self._path()
        part = path + ".part"
        try:
            with open(part, "wb") as file:
                self._write_zip(file, progress)
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.unlink(part)

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
        self.write({"state": "failed", "error": message})

    def _roll_back(self):
        if not modules.module.current_test:
            self.env.cr.rollback()

    def _tell_progress(self, done):
        """Show how far it is; the journal of what is written is kept as well."""
        self.done = done
        if not modules.module.current_test:
            # a crash leaves a file without its end, which nobody is given
            self.env["ir.cron"]._commit_progress()

    @api.autovacuum
    def _gc_files(self):
        """Remove finished files some days after they were made, and old requests."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("state", "=", "done"), ("made_at", "<", limit)])
        for one in old:
            if os.path.exists(one._path()):
                os.unlink(one._path())
        old.state = "removed"
        self.search([("state", "=", "new"), ("create_date", "<", limit)]).unlink()
