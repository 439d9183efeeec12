# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import os
import socket

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lib import states

#: Treatments that a run carries out.
RUNNABLE = ("prepare", "hold", "keep_internal", "release", "send")
OPEN = ("waiting", "running")


class DematRun(models.Model):
    """One treatment of many invoices: one line per invoice with its outcome.

    Life: waiting → running → done or cancelled; a run whose process died stays
    *running* until the job takes it up again. Written by the system only.
    :meth:`_launch` makes it, :meth:`_process` works on it (``demat_run_process.py``);
    any number of workers may do so at once.
    """

    _name = "demat.run"
    _description = "Treatment of Invoices"
    _order = "id desc"
    _check_company_auto = True

    treatment = fields.Selection(
        [
            ("prepare", "Prepare the sending"),
            ("hold", "Put the sending on hold"),
            ("keep_internal", "Keep internal"),
            ("release", "Release what was kept internal"),
            ("send", "Send the invoices"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", string="Launched by", required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    cancel_requested = fields.Boolean(readonly=True)
    started_at = fields.Datetime(string="Started", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    host = fields.Char(readonly=True)
    pid = fields.Integer(string="Process", readonly=True, aggregator=None)
    origin_id = fields.Many2one("demat.run", string="Rerun of", readonly=True)
    line_ids = fields.One2many("demat.run.line", "run_id", readonly=True)
    line_count = fields.Integer(string="Invoices", compute="_compute_counts")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    started_count = fields.Integer(string="In progress", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    cancelled_count = fields.Integer(string="Cancelled", compute="_compute_counts")
    progress = fields.Integer(compute="_compute_counts")

    @api.depends("treatment")
    def _compute_display_name(self):
        labels = dict(self._fields["treatment"]._description_selection(self.env))
        for run in self:
            run.display_name = self.env._(
                "%(treatment)s, run %(number)s",
                treatment=labels.get(run.treatment, ""),
                number=run.id or "",
            )

    def _compute_counts(self):
        """Counted, not kept: workers would fight over the row of the run."""
        counts = {
            (run.id, state): count
            for run, state, count in self.env["demat.run.line"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
            )
        }
        names = ("waiting", "started", "done", "skipped", "failed", "cancelled")
        for run in self:
            found = {name: counts.get((run.id, name), 0) for name in names}
            run.line_count = sum(found.values())
            for name in names:
                run[f"{name}_count"] = found[name]
            left = found["waiting"] + found["started"]
            run.progress = 100 - 100 * left // (run.line_count or 1)

    @api.model
    def _launch(self, treatment, moves, *, origin=None, options=None):
        """Make the runs of a treatment, one for each company, and have them done.

        :param treatment: key of ``states.TREATMENTS``, one of ``RUNNABLE``
        :param moves: the invoices, in the order in which they are treated
        :param origin: the run whose failures are treated again
        :param options: how to send, see ``demat_run_options.py``
        :return: the runs, waiting; the job takes them up after the commit
        :raises AccessError: the user is no invoicing clerk, or may not write them
        :raises UserError: nothing to do, or not a treatment of a run
        """
        if treatment not in RUNNABLE:
            raise UserError(
                self.env._("%(code)s is no treatment of a run.", code=treatment)
            )
        if not moves:
            raise UserError(self.env._("Choose the invoices first."))
        moves._demat_check_user()
        choices = self._prepare_option_vals(options)
        runs = self.browse()
        for company, group in moves.grouped("company_id").items():
            run = self.sudo().create(
                {
                    "treatment": treatment,
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "origin_id": origin.id if origin else False,
                    **choices,
                }
            )
            run._add_lines(group)
            runs |= run
        runs._call_workers()
        return runs.sudo(self.env.su)

    def _add_lines(self, moves):
        """One waiting line for each invoice, in one statement."""
        moves.flush_recordset(["name"])
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO demat_run_line (
                    run_id, company_id, move_id, move_name, sequence, state,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(company)s, m.id, m.name, wanted.place, 'waiting',
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(ids)s) WITH ORDINALITY AS wanted (id, place)
                  JOIN account_move m ON m.id = wanted.id
                """,
                run=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=moves.ids,
            )
        )
        self.invalidate_recordset(["line_ids"], flush=False)

    # -- buttons ----------------------------------------------------------------------

    def _check_may_act(self):
        """:raises AccessError: who asks is no clerk of the company of the run"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_user"
        ):
            raise AccessError(self.env._("Only invoicing clerks act on a run."))

    def action_cancel(self):
        """Stop before the next batch. What has left has left."""
        self._check_may_act()
        for run in self.sudo():
            if run.state in OPEN:
                run.cancel_requested = True
        self.env.ref("demat_invoice.ir_cron_run").sudo()._trigger()

    def action_rerun_failed(self):
        """Treat again what failed, or what somebody else was treating."""
        self.ensure_one()
        self._check_may_act()
        lines = self.sudo().line_ids.filtered(
            lambda line: line.state == "failed" or line.busy
        )
        moves = self.env["account.move"].browse(lines.move_id.ids)
        run = self._launch(
            self.treatment, moves, origin=self, options=self.sudo()._get_options()
        )
        return run._get_records_action()

    # -- who and where ----------------------------------------------------------------

    def _start_here(self):
        """Note the process that works; say whether there is work to do."""
        if not self._demat_try_lock():
            return True
        self.invalidate_recordset(["state", "cancel_requested"])
        if self.state not in OPEN:
            return False
        self.write(
            {
                "state": "running",
                "started_at": self.started_at or fields.Datetime.now(),
                "host": socket.gethostname(),
                "pid": os.getpid(),
            }
        )
        return True


class DematRunLine(models.Model):
    """One invoice of a run, and what became of it."""

    _name = "demat.run.line"
    _description = "Invoice of a Treatment"
    _order = "run_id desc, sequence, id"
    _rec_name = "move_name"

    run_id = fields.Many2one(
        "demat.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    sequence = fields.Integer(readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index=True,
        ondelete="set null",
    )
    move_name = fields.Char(string="Number", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("started", "In progress"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        string="Outcome",
        required=True,
        readonly=True,
    )
    cause = fields.Text(readonly=True)
    busy = fields.Boolean(
        readonly=True, help="Somebody else was treating the invoice at that moment."
    )
    document_id = fields.Many2one(
        "ged.document", string="Archived document", readonly=True
    )

    _open_idx = models.Index("(run_id, sequence) WHERE state IN ('waiting', 'started')")

    def _finish(self, outcome, cause=None, **values):
        """Write the outcome of these lines."""
        if self:
            self.write({"state": outcome, "cause": cause, **values})

    def _who_has_it(self):
        """Return in words who treats or treated the invoice of this line."""
        self.ensure_one()
        other = self.search(
            [
                ("move_id", "=", self.move_id.id),
                ("id", "!=", self.id),
                ("state", "in", ("started", "done")),
            ],
            limit=1,
            order="write_date desc, id desc",
        )
        labels = dict(
            self.move_id._fields["demat_state"]._description_selection(self.env)
        )
        label = labels.get(self.move_id.demat_state, self.env._("not validated"))
        if other and other.run_id.treatment == self.run_id.treatment:
            return self.env._(
                "%(user)s has it: run %(run)s. State of the invoice: %(state)s.",
                user=other.run_id.user_id.name,
                run=other.run_id.id,
                state=label,
            )
        user = self.move_id.demat_sent_uid
        if self.move_id.demat_state in states.LOCKED_STATES and user:
            return self.env._("%(state)s, by %(user)s.", state=label, user=user.name)
        return self.env._("This treatment does not take it: %(state)s.", state=label)
