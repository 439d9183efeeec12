# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import states
from .demat_run import OPEN
from .demat_run_resume import ON_THE_WAY

_logger = logging.getLogger(__name__)

#: Invoices of a treatment that only changes the state, treated and committed together.
STATE_BATCH_SIZE = 5000


class DematRun(models.Model):
    """The engine of a run: batches that any worker can take, one commit each."""

    _inherit = "demat.run"

    def _process(self):
        """Treat the run batch after batch until nothing is left. The cursor is ours.

        What a dead process left *started* is read from the invoice itself: what is
        sent is done, what is on its way is carried on.

        :return: whether all was done for which there was time
        """
        self.ensure_one()
        # causes are written in the language of who reads them
        run = self._in_words_of_user()
        committed = run.env["demat.exchange"]._demat_run_committed
        complete = True
        # the job has looked for open runs; the other worker may have begun this one
        # since, so its row is locked as it is now and not as it was then
        run.env["demat.exchange"]._demat_commit()
        if committed(run._start_here):
            complete = run._process_batches(committed)
        # of a process that died before it told so, too
        committed(run._write_report)
        return complete

    def _process_batches(self, committed):
        """Treat batches as long as there are some, and time; close the run."""
        with self._holding():
            lines = self._orphans()
            self._recover(lines)
            self._carry_on(lines, committed)
            while self._may_go_on(len(lines)):
                committed(self._let_go)
                lines = committed(self._start_batch)
                if not lines:
                    # what a dead process sent and did not come to
                    self._invite_customers(committed)
                    committed(self._end)
                    return True
                self._carry_on(lines, committed)
        return False

    def _carry_on(self, lines, committed):
        """Send what these lines started, then write what became of it."""
        started = lines.filtered(lambda line: line.state == "started")
        if started:
            started.move_id._demat_dispatch()
            committed(started._settle)
            self._invite_customers(committed)

    def _start_batch(self):
        """Take the next lines that nobody holds and begin their treatment.

        :return: the lines taken; empty when there are none, or the run is cancelled
        """
        self.invalidate_recordset(["cancel_requested"])
        if self.cancel_requested:
            return self.env["demat.run.line"]
        sending = self.treatment == "send"
        size = self._next_size() if sending else STATE_BATCH_SIZE
        lines = self._take_lines(size)
        if lines:
            self._hold(lines)
            user = self.user_id
            moves = lines.move_id.with_company(self.company_id)
            lines._begin(self.treatment, moves._demat_on_behalf_of(user))
        return lines

    def _take_lines(self, size=None):
        self.env["demat.run.line"].flush_model(["state"])
        limit = SQL("LIMIT %s", size) if size else SQL()
        query = SQL(
            "SELECT id FROM demat_run_line WHERE run_id = %s AND state = 'waiting'"
            " ORDER BY sequence, id %s FOR UPDATE SKIP LOCKED",
            self.id,
            limit,
        )
        # taken by the other worker meanwhile: this batch is begun again
        self.env.cr.execute(query, log_exceptions=False)
        rows = self.env.cr.fetchall()
        lines = self.env["demat.run.line"].browse(row[0] for row in rows)
        lines.fetch(["run_id", "move_id", "state", "sequence"])
        return lines

    def _end(self):
        """Close the run when no line is open any more; the last worker does it."""
        if not self._demat_try_lock():
            return
        self.invalidate_recordset()
        if self.cancel_requested:
            self._take_lines()._finish(
                "cancelled", self.env._("The run was cancelled before this invoice.")
            )
        open_lines = [("run_id", "=", self.id), ("state", "in", ("waiting", "started"))]
        if self.state not in OPEN:
            return
        left = self.line_ids.search_count(open_lines, limit=1)
        if left or self.line_ids.search_count(self._get_uninvited_domain(), limit=1):
            self._look_again()
        else:
            self.write(
                {
                    "state": "cancelled" if self.cancel_requested else "done",
                    "ended_at": fields.Datetime.now(),
                    "report_state": "pending" if self._is_report_wanted() else "none",
                }
            )
            self._tell_end()

    @api.model
    def _cron_process(self):
        """Take up every open run, also those whose process died."""
        unfinished = ["|", ("state", "in", OPEN), ("report_state", "=", "pending")]
        for run in self.search(unfinished, order="id"):
            try:
                if not run._process():
                    self._call_again()
                    return
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("%s: the run stays open, the next job resumes", run)


class DematRunLine(models.Model):
    _inherit = "demat.run.line"

    def _begin(self, treatment, moves):
        """Apply the treatment to the invoices of these lines, each exactly once.

        :param moves: the invoices, on behalf of who launched the run
        """
        self.filtered(lambda line: not line.move_id)._finish(
            "skipped", self.env._("The invoice no longer exists.")
        )
        free = moves._demat_lock()
        accepted = states.TREATMENTS[treatment].accepts
        fitting = free.filtered(lambda move: move.demat_state in accepted)
        by_move = {line.move_id.id: line for line in self if line.move_id}
        for move in moves - fitting:
            line = by_move[move.id]
            line._finish("skipped", line._who_has_it(), busy=move not in free)
        if treatment == "send":
            fitting = self._block(fitting, by_move)
            fitting._demat_take_into_sending(
                "start", schedule=False, options=self.run_id._get_options()
            )
        else:
            fitting._demat_move_to(treatment, states.TREATMENTS[treatment].target)
        self._finish_set(
            [by_move[move_id].id for move_id in fitting.ids],
            "started" if treatment == "send" else "done",
        )
        self.run_id._tell_progress()

    def _block(self, moves, by_move):
        """Write what blocks an invoice on its line; return the others."""
        problems = moves._demat_run_problems(self.run_id._get_options())
        for move, reasons in problems.items():
            by_move[move.id]._finish(
                "failed", "\n".join(reason.message for reason in reasons)
            )
        return moves - moves.browse([move.id for move in problems])

    def _finish_set(self, ids, outcome):
        """Write one outcome on many lines in one statement."""
        self.flush_model(["state"])
        self.env.cr.execute(
            SQL(
                "UPDATE demat_run_line SET state = %s, write_date = %s"
                " WHERE id = ANY(%s)",
                outcome,
                fields.Datetime.now(),
                ids,
            )
        )
        self.browse(ids).invalidate_recordset(["state", "write_date"], flush=False)

    def _settle(self):
        """Read the outcome of what was started from the invoices themselves."""
        self.invalidate_recordset()
        self.move_id.invalidate_recordset()
        mails = self._last_mails()
        for line in self.filtered(lambda found: found.state == "started"):
            move = line.move_id
            if move.demat_state == states.SENT:
                mail = mails.get(move.id)
                if mail and mail.state in ON_THE_WAY:
                    continue  # another worker tells the customer, and then ends this
                cause = line._untold_cause(mail)
                line._finish("done", cause, document_id=move.demat_document_id.id)
            elif move.demat_state != states.SENDING:
                line._finish("failed", move.demat_error or line._who_has_it())
        self.run_id._tell_progress()
