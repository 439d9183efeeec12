# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.ged_kind import _closing

#: Up to this number of documents the file is made while the browser waits.
AT_ONCE = 200
#: The same where an evidence sheet is drawn for each.
AT_ONCE_SHEETS = 20
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
    downloaded and kept nowhere; big ones are made by a job (``ged_export_job.py``), and
    the file is kept for some days.
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
        ids = self._selected_ids()
        new = ids
        while new:
            more = Document.search(self._related(new)).ids
            new = set(more) - ids
            ids |= new
        return sorted(ids)

    @api.model
    def _related(self, ids):
        """Return the domain of what goes along with documents of these ids."""
        return Domain("subject_id", "in", list(ids))

    def _selected_ids(self):
        """Return the ids of what was asked for, as a set."""
        first, last = self._dates()
        if not first:
            return set(self.document_ids.ids)
        return set(
            self.env["ged.document"]
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("document_date", ">=", first),
                    ("document_date", "<=", last),
                ]
            )
            .ids
        )

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
        # of the day when it was asked for: it is one name, whenever it is made or sent
        return f"archive_{self.create_date:%Y%m%d}_{self.id}.zip"

    # ----------------------------------------------------------------------- buttons

    def action_download(self):
        """Check the rights, then send the browser to the file, or leave a big export to
        the job.
        """
        self.ensure_one()
        self._check_documents()
        count = len(self._document_ids())
        most = AT_ONCE_SHEETS if self.with_sheets else AT_ONCE
        if count <= most or self.state == "done":
            return {
                "type": "ir.actions.act_url",
                "url": f"/ged/export/{self.id}",
                "target": "download",
            }
        self.sudo().write(
            {
                "state": "waiting",
                "total": count,
                "done": 0,
                "error": False,
                "work": False,
            }
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
