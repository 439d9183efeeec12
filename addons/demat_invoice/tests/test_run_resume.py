# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from types import SimpleNamespace
from unittest.mock import patch

from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.demat_base.models.demat_exchange_dispatch import LOCK_CLASS

from .common import DematInvoiceCommon

BATCH = "odoo.addons.demat_invoice.models.demat_run_process.STATE_BATCH_SIZE"


@tagged("post_install", "-at_install")
class TestRunResume(DematInvoiceCommon):
    """A run that was interrupted: by a crash, by another worker, by the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.env.ref("demat_invoice.ir_cron_run")

    def _launch(self, treatment, moves):
        runs = self.env["demat.run"].with_user(self.clerk)
        return runs._launch(treatment, moves.with_user(self.clerk)).sudo()

    def _interrupted(self):
        """A run whose process died when the invoice was archived: (run, mail)."""
        move = self._invoice()
        self._force_state(move, "ready")
        run = self._launch("send", move).with_context(force_report_rendering=True)
        run._start_here()
        run._start_batch()
        move.with_context(force_report_rendering=True)._demat_dispatch_batch()
        mail = self.env["demat.exchange"].search(
            [("res_id", "=", move.id), ("channel", "=", "mail")]
        )
        self.assertEqual((move.demat_state, mail.state), ("sent", "pending"))
        return run, mail

    def _carry_on(self, run):
        run._process()
        self.env.invalidate_all()

    def test_a_mail_that_may_have_left_is_asked_for_on_the_line(self):
        run, mail = self._interrupted()
        mail._mark_sending()
        self._carry_on(run)
        self.assertEqual(mail.state, "unknown")
        self.assertEqual((run.state, run.line_ids.state), ("done", "done"))
        self.assertIn(mail.error_text, run.line_ids.cause)
        self.assertIn("nobody knows whether the customer was told", run.line_ids.cause)
        self.assertIn("may or may not have arrived", run.line_ids.cause)

    def test_a_mail_that_failed_is_told_on_the_line(self):
        run, mail = self._interrupted()
        mail._mark_sending()
        mail._mark_failed("address_unknown", "Nobody there. Correct it.")
        self._carry_on(run)
        self.assertEqual(run.line_ids.state, "done")
        self.assertEqual(
            run.line_ids.cause,
            "Sent, but the customer was not told: Nobody there. Correct it.",
        )

    def test_a_mail_that_left_needs_no_words(self):
        run, mail = self._interrupted()
        mail._mark_sending()
        mail._mark_done(external_id="<one@test>")
        self._carry_on(run)
        self.assertEqual(
            (run.state, run.line_ids.state, run.line_ids.cause), ("done", "done", False)
        )

    def test_the_job_writes_in_the_language_of_who_launched(self):
        self.clerk.lang = "fr_FR"
        run, mail = self._interrupted()
        mail._mark_sending()
        kept = self._invoice()
        self._force_state(kept, "internal")
        other = self._launch("prepare", kept)
        run.with_context(lang="en_US")._cron_process()
        self.env.invalidate_all()
        self.assertIn("Demandez au destinataire", run.line_ids.cause)
        self.assertIn("Ce traitement", other.line_ids.cause)

    def test_what_another_worker_is_telling_is_his_to_end(self):
        run, mail = self._interrupted()
        mail._mark_sending()
        self.env.flush_all()
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, mail.id))
            self._carry_on(run)
            self.assertEqual((run.state, run.line_ids.state), ("running", "started"))
            self.assertEqual(mail.state, "sending")
            other.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, mail.id))
        self._carry_on(run)
        self.assertEqual((run.state, run.line_ids.state), ("done", "done"))

    def test_the_job_stops_in_time_and_is_called_again(self):
        """The host kills a job that takes longer than its limit."""
        moves = self._invoice() | self._invoice() | self._invoice()
        run = self._launch("prepare", moves)
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", self.job.id)]).unlink()
        self.assertEqual(self._call_job(run, [0, 20]), (2, 1))
        self.assertEqual(run.state, "running")
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done", "waiting"])
        self.assertTrue(triggers.search([("cron_id", "=", self.job.id)]))
        self.assertEqual(self._call_job(run, [0, 1]), (1, 0))
        self.assertEqual(run.state, "done")

    def _call_job(self, run, times):
        """Let the host call the job; it has ten seconds: (done, left).

        :param times: what the clock shows each time that the job looks at it
        """
        _job, progress = self.job._add_progress()
        runs = run.with_context(
            cron_id=self.job.id,
            ir_cron_progress_id=progress.id,
            cron_end_time=10,
        )
        clock = SimpleNamespace(monotonic=iter(times).__next__)
        with (
            patch(BATCH, 2),
            patch("odoo.addons.base.models.ir_cron.time", clock),
            patch.object(self.env.cr, "commit"),
        ):
            runs._cron_process()
        self.env.invalidate_all()
        return progress.done, progress.remaining
