# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from openpyxl import load_workbook

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRunReport(DematRunCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.lang = "en_US"

    def _mixed(self):
        """A run with one invoice of each outcome: done, skipped, failed."""
        poor = self._make_customer("=Sans adresse", False)
        self._give_consent(poor)
        good, skipped = self._ready(), self._invoice()
        moves = good | skipped | self._ready(partner=poor)
        return self._run("send", moves, options={"notify": True}).sudo()

    def _mail(self, run):
        self.assertEqual(run.report_state, "queued", run.report_note)
        return run.report_mail_id

    def test_counts_causes_and_links(self):
        self.clerk.demat_run_report = "always"
        run = self._mixed()
        mail = self._mail(run)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn(self.clerk.email, mail.email_to)
        failed = run.line_ids.filtered(lambda line: line.state == "failed")
        body = str(mail.body_html)
        self.assertIn(f"/odoo/account.move/{failed.move_id.id}", body)
        self.assertIn(f"/odoo/demat-runs/{run.id}", body)
        self.assertIn(failed.cause, body)
        skipped = run.line_ids.filtered(lambda line: line.state == "skipped")
        self.assertNotIn(skipped.move_name, body)

    def test_sent_but_nobody_was_told_is_a_problem_of_the_report(self):
        """In this test no mail leaves: the exchange says so, and the report."""
        self.clerk.demat_run_report = "always"
        run = self._run("send", self._ready()).sudo()
        self.assertEqual(
            (run.line_ids.state, run.line_ids.delivery), ("done", "failed")
        )
        self.assertIn("not told", run.line_ids.cause)
        self.assertIn("not told", str(self._mail(run).body_html))

    def test_the_file_has_every_line_and_no_formula(self):
        self.clerk.demat_run_report = "always"
        run = self._mixed()
        [attachment] = self._mail(run).attachment_ids
        book = load_workbook(io.BytesIO(attachment.raw))
        rows = list(book.active.iter_rows(min_row=2))
        self.assertEqual(
            [row[0].value for row in rows], run.line_ids.mapped("move_name")
        )
        self.assertEqual([row[4].value for row in rows], ["Done", "Skipped", "Failed"])
        self.assertEqual(rows[2][1].value, "=Sans adresse")
        self.assertEqual(rows[2][1].data_type, "s")
        self.assertEqual(rows[0][2].value, run.line_ids[0].move_id.amount_total)

    def test_in_the_language_of_who_launched_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.clerk.write({"lang": "fr_FR", "demat_run_report": "always"})
        run = self._mixed()
        mail = self._mail(run)
        self.assertIn("Voir le traitement", str(mail.body_html))
        [attachment] = mail.attachment_ids
        book = load_workbook(io.BytesIO(attachment.raw))
        self.assertEqual(book.active["A1"].value, "Facture")

    def test_who_wants_it(self):
        self.clerk.demat_run_report = "large"
        few = self._run("prepare", self._invoice()).sudo()
        self.assertEqual(few.report_state, "none")
        many = self._many(21)
        self.assertEqual(self._run("prepare", many).sudo().report_state, "queued")
        self.assertEqual(self._mixed().report_state, "queued")
        self.clerk.demat_run_report = "failure"
        self.assertEqual(self._run("hold", many).sudo().report_state, "none")
        self.assertEqual(self._mixed().report_state, "queued")
        self.clerk.demat_run_report = "never"
        self.assertEqual(self._mixed().report_state, "none")

    def _many(self, count):
        template = self._invoice()
        moves = template.browse()
        for _number in range(count):
            moves |= template.copy()
        self._force_state(moves, "waiting")
        return moves

    def test_default(self):
        self.assertEqual(self.clerk.demat_run_report, "large")
        self.clerk.with_user(self.clerk).write({"demat_run_report": "never"})
        self.assertEqual(self.clerk.demat_run_report, "never")

    def test_once_although_a_crash_falls_between_the_end_and_the_mail(self):
        self.clerk.demat_run_report = "always"
        run = self._launch("prepare", self._invoice()).sudo()
        run._start_here()
        run._start_batch()
        run._end()
        self.assertEqual((run.state, run.report_state), ("done", "pending"))
        runs = self.env["demat.run"].sudo()
        runs._cron_process()
        runs._cron_process()
        run._process()
        mails = self.env["mail.mail"].search(
            [("model", "=", "demat.run"), ("res_id", "=", run.id)]
        )
        self.assertEqual(mails, self._mail(run))

    def test_without_address_the_run_says_so(self):
        self.clerk.write({"demat_run_report": "always", "email": False})
        run = self._run("prepare", self._invoice()).sudo()
        self.assertEqual((run.state, run.report_state), ("done", "failed"))
        self.assertIn(self.clerk.name, run.report_note)

    def test_a_broken_template_does_not_break_the_run(self):
        self.clerk.demat_run_report = "always"
        template = self.env.ref("demat_invoice.mail_template_run")
        template.body_html = "<t t-out='object.no_such_field'/>"
        with (
            self.assertLogs("odoo.addons.demat_invoice", "WARNING"),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            run = self._run("prepare", self._invoice()).sudo()
        self.assertEqual((run.state, run.report_state), ("done", "failed"))
        self.assertTrue(run.report_note)

    def test_cancelled_is_reported_too(self):
        self.clerk.demat_run_report = "always"
        run = self._launch("prepare", self._invoice()).sudo()
        run.action_cancel()
        self._process(run)
        self.assertEqual((run.state, run.report_state), ("cancelled", "queued"))
