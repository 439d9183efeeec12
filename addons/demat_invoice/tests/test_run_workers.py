# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Several workers on one run: who is called, how much each takes and leaves."""

from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.account_move_dispatch import BATCH_SIZE
from ..models.demat_run_workers import LOCK_CLASS, SMALLEST_BATCH
from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRunWorkers(DematRunCommon):
    def _triggers(self, name):
        cron = self.env.ref(f"demat_invoice.{name}")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_a_long_run_calls_a_second_worker(self):
        few = self._ready(2)
        before = self._triggers("ir_cron_run"), self._triggers("ir_cron_run_helper")
        self._launch("send", few)
        self.assertEqual(self._triggers("ir_cron_run"), before[0] + 1)
        self.assertEqual(self._triggers("ir_cron_run_helper"), before[1])
        many = self._ready(BATCH_SIZE + 1)
        self._launch("send", many)
        self.assertEqual(self._triggers("ir_cron_run_helper"), before[1] + 1)

    def test_the_batches_become_smaller_towards_the_end(self):
        run = self._launch("send", self._ready(BATCH_SIZE * 2)).sudo()
        self.assertEqual(run._next_size(), BATCH_SIZE // 2)
        run.line_ids[SMALLEST_BATCH:].state = "done"
        self.assertEqual(run._next_size(), SMALLEST_BATCH)
        short = self._launch("send", self._ready(2)).sudo()
        self.assertEqual(short._next_size(), BATCH_SIZE)

    def test_what_a_living_worker_treats_is_left_to_him(self):
        run = self._launch("send", self._ready(2)).sudo()
        run.line_ids.state = "started"
        self.env.flush_all()
        held, free = run.line_ids
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(SQL("SELECT pg_advisory_lock(%s, %s)", LOCK_CLASS, held.id))
            self.assertEqual(run._orphans(), free)
            other.execute("SELECT pg_advisory_unlock_all()")
        # our own locks do not keep us out
        self.assertEqual(run._orphans(), held | free)
        run._let_go()
