# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import logging

import xlsxwriter

from odoo import Command, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: A run of more invoices than this is reported to who wants reports of large runs.
LARGE = 20
#: Problems that the mail lists; the file that goes with it has all lines.
LISTED = 50


class DematRun(models.Model):
    """The report of a run, by mail to who launched it, once.

    That it is to be written is part of the transaction that ends the run; writing it
    into the host's mail queue is one transaction too. A crash between the two leaves
    *pending*, which the job takes up.
    """

    _inherit = "demat.run"

    nightly = fields.Boolean(readonly=True, help="Launched by the nightly sending.")
    report_state = fields.Selection(
        [
            ("none", "Not wanted"),
            ("pending", "To be written"),
            ("queued", "Written"),
            ("failed", "Could not be written"),
        ],
        string="Report",
        readonly=True,
        index="btree_not_null",
    )
    report_note = fields.Char(string="About the report", readonly=True)
    report_mail_id = fields.Many2one("mail.mail", readonly=True)
    report_file_id = fields.Many2one(
        "ir.attachment", string="File of the report", readonly=True
    )

    def _is_report_wanted(self):
        """Say whether who launched this run wants to be told of it by mail."""
        self.ensure_one()
        self.invalidate_recordset()
        choice = self.user_id.demat_run_report
        if self.nightly or choice == "always":
            return True
        troubled = bool(self._get_report_problems(limit=1))
        large = choice == "large" and self.line_count > LARGE
        return large or (choice in ("large", "failure") and troubled)

    def _get_report_problems(self, limit=None):
        """Lines that somebody has to look at: failed, or sent and nobody was told."""
        self.ensure_one()
        return self.env["demat.run.line"].search(
            [
                ("run_id", "=", self.id),
                "|",
                ("state", "=", "failed"),
                "&",
                ("state", "=", "done"),
                ("cause", "!=", False),
            ],
            limit=limit,
            order="sequence, id",
        )

    def _get_report_facts(self):
        """What the template shows: the listed problems and how many are left out."""
        problems = self._get_report_problems()
        return {
            "problems": problems[:LISTED],
            "more": max(len(problems) - LISTED, 0),
            "url": f"{self.get_base_url()}/odoo/demat-runs/{self.id}",
            "base": self.get_base_url(),
        }

    def _write_report(self):
        """Put the report into the mail queue if it is due. Never fails the run."""
        self.invalidate_recordset(["report_state"])
        if self.report_state != "pending":
            return
        if not self._demat_try_lock():
            return
        self.invalidate_recordset()
        if self.report_state != "pending":
            return
        if not self.user_id.email:
            note = self.env._("%(user)s has no e-mail address.", user=self.user_id.name)
            self.write({"report_state": "failed", "report_note": note})
            return
        try:
            with self.env.cr.savepoint():
                self._queue_report()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.warning("%s: no report", self, exc_info=True)
            self.write({"report_state": "failed", "report_note": str(error)})

    def _queue_report(self):
        user = self.user_id
        run = self.with_context(lang=user.lang, tz=user.tz)
        attachment = run._make_report_file()
        template = run.env.ref("demat_invoice.mail_template_run")
        mail = run.env["mail.mail"].browse(
            template.with_context(demat_in_queue=True).send_mail(run.id)
        )
        mail.attachment_ids = [Command.link(attachment.id)]
        run.write(
            {
                "report_state": "queued",
                "report_mail_id": mail.id,
                "report_file_id": attachment.id,
            }
        )
        run.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    # -- the file ---------------------------------------------------------------------

    def _make_report_file(self):
        """Return the attachment with one row for each line of the run."""
        return self.env["ir.attachment"].create(
            {
                "name": self.env._("treatment-%(number)s.xlsx", number=self.id),
                "raw": self._render_report_file(),
                "res_model": self._name,
                "res_id": self.id,
                "mimetype": "application/vnd.openxmlformats-officedocument"
                ".spreadsheetml.sheet",
            }
        )

    def _render_report_file(self):
        """Cells are written as text: nothing in them is taken for a formula."""
        output = io.BytesIO()
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, (title, width) in enumerate(self._get_report_columns()):
            sheet.write_string(0, column, title, bold)
            sheet.set_column(column, column, width)
        for row, line in enumerate(self.line_ids, 1):
            for column, value in enumerate(line._get_report_row()):
                if isinstance(value, float):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, value or "")
        sheet.freeze_panes(1, 0)
        book.close()
        return output.getvalue()

    def _get_report_columns(self):
        return [
            (self.env._("Invoice"), 20),
            (self.env._("Customer"), 36),
            (self.env._("Total"), 12),
            (self.env._("Currency"), 10),
            (self.env._("Outcome"), 14),
            (self.env._("Cause"), 70),
            (self.env._("Notification"), 24),
            (self.env._("Portal account"), 24),
        ]


class DematRunLine(models.Model):
    _inherit = "demat.run.line"

    delivery = fields.Selection(related="move_id.demat_delivery", string="Notification")

    def _get_report_row(self):
        """Values of :meth:`demat.run._get_report_columns`, texts but for the total."""
        self.ensure_one()
        move = self.move_id

        def label(field):
            labels = dict(self._fields[field]._description_selection(self.env))
            return labels.get(self[field], "")

        return [
            self.move_name,
            move.commercial_partner_id.display_name,
            move.amount_total,
            move.currency_id.name,
            label("state"),
            self.cause,
            label("delivery"),
            self.portal_note or label("portal_outcome"),
        ]
