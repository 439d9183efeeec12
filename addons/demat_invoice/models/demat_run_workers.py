# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo import models
from odoo.tools import SQL

from .account_move_dispatch import BATCH_SIZE

#: First key of the advisory locks that living workers hold on the lines they treat.
LOCK_CLASS = 0x64656D62
#: A batch is at most this part of what is left, and at least so many invoices.
SHARES = 4
SMALLEST_BATCH = 8


class DematRun(models.Model):
    """Several workers on one run: who comes, who holds what."""

    _inherit = "demat.run"

    def _call_workers(self):
        """Have these runs treated after the commit; a long one by two workers at once.

        The second one is a job of its own, as the host gives a job to one worker at a
        time. Copies of that job are more workers.
        """
        main = self.env.ref("demat_invoice.ir_cron_run").sudo()
        main._trigger()
        sending = self.filtered(lambda run: run.treatment == "send")
        if any(run.line_count > BATCH_SIZE for run in sending):
            same = [("model_id", "=", main.model_id.id), ("code", "=", main.code)]
            for helper in main.search(same) - main:
                helper._trigger()

    def _next_size(self):
        """Return how many invoices to send in the next batch.

        Towards the end of a long run the batches become smaller, so that no worker
        waits for the last large one of another.
        """
        lines = self.env["demat.run.line"]
        domain = [("run_id", "=", self.id)]
        if lines.search_count(domain, limit=BATCH_SIZE + 1) <= BATCH_SIZE:
            return BATCH_SIZE
        waiting = lines.search_count(
            [*domain, ("state", "=", "waiting")], limit=BATCH_SIZE * SHARES
        )
        return max(SMALLEST_BATCH, -(-waiting // SHARES))

    def _orphans(self):
        """Return the started lines that no living worker holds; now we hold them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM (SELECT id FROM demat_run_line
                         WHERE run_id = %s AND state = 'started'
                         ORDER BY sequence, id OFFSET 0) AS started
                 WHERE pg_try_advisory_lock(%s, id)
                """,
                self.id,
                LOCK_CLASS,
            )
        )
        return self.env["demat.run.line"].browse(row[0] for row in rows)

    def _hold(self, lines):
        """Tell other workers that somebody alive treats these lines.

        The locks belong to the session of the database: they end with the process.
        """
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_lock(%s, id) FROM unnest(%s) AS id",
                LOCK_CLASS,
                lines.ids,
            )
        )

    def _let_go(self):
        """Give back the locks of this worker."""
        self.env.cr.execute("SELECT pg_advisory_unlock_all()")

    @contextmanager
    def _holding(self):
        """Give back the locks at the end of the block, whatever happened."""
        try:
            yield
        finally:
            cr = self.env.cr
            if cr._cnx.info.transaction_status == TRANSACTION_STATUS_INERROR:
                cr.rollback()
            self._let_go()
