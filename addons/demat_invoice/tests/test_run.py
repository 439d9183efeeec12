# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRun(DematRunCommon):
    def test_a_state_treatment_moves_what_fits_and_says_why_not(self):
        good, bad = self._invoice(), self._invoice()
        self._force_state(bad, "internal")
        run = self._run("prepare", good | bad)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.line_ids.mapped("state"), ["done", "skipped"])
        self.assertIn("Kept internal", run.line_ids[1].cause)
        self.assertEqual((good.demat_state, bad.demat_state), ("ready", "internal"))
        self.assertEqual(self._last_change(good).user_id, self.clerk)
        self.assertEqual((run.done_count, run.skipped_count, run.progress), (1, 1, 100))

    def test_sending_archives_and_a_blocked_one_can_be_rerun(self):
        poor = self._make_customer("Sans adresse", False)
        self._give_consent(poor)
        good, bad = self._ready(), self._ready(partner=poor)
        run = self._run("send", good | bad)
        self.assertEqual(run.line_ids.mapped("state"), ["done", "failed"])
        self.assertEqual(run.line_ids[0].document_id, good.demat_document_id)
        self.assertEqual(good.demat_sent_uid, self.clerk)
        self.assertEqual(bad.demat_state, "ready")
        poor.email = "maintenant@accord.example"
        action = run.with_user(self.clerk).action_rerun_failed()
        again = self.env["demat.run"].browse(action["res_id"])
        self.assertEqual((again.origin_id, again.line_ids.move_id), (run, bad))
        self._process(again)
        self.assertEqual(bad.demat_state, "sent")

    def test_two_runs_on_one_invoice_send_it_once(self):
        move = self._ready()
        first, second = self._launch("send", move), self._launch("send", move)
        self._process(first)
        self._process(second)
        self.assertEqual(first.line_ids.state, "done")
        self.assertEqual(second.line_ids.state, "skipped")
        self.assertIn(str(first.id), second.line_ids.cause)
        self.assertIn(self.clerk.name, second.line_ids.cause)
        found = self.env["ged.document"].search([("res_id", "=", move.id)])
        self.assertEqual(len(found), 1)

    def test_what_a_dead_process_left_is_carried_on_and_not_done_twice(self):
        moves = self._ready(2)
        run = self._launch("send", moves).sudo()
        run._start_here()
        run._start_batch()
        moves[0].with_context(force_report_rendering=True)._demat_dispatch_batch()
        self.env.invalidate_all()
        self.assertEqual(moves.mapped("demat_state"), ["sent", "sending"])
        self.assertEqual(run.line_ids.mapped("state"), ["started", "started"])
        self._process(run)
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done"])
        found = self.env["ged.document"].search([("res_id", "in", moves.ids)])
        self.assertEqual((len(found), run.state), (2, "done"))

    def test_cancelled_before_it_began(self):
        move = self._invoice()
        run = self._launch("prepare", move)
        run.action_cancel()
        self._process(run)
        self.assertEqual((run.state, run.line_ids.state), ("cancelled", "cancelled"))
        self.assertEqual(move.demat_state, "waiting")

    def test_the_number_of_queries_does_not_grow(self):
        # the report is part of the measure, for the small run too
        self.clerk.demat_run_report = "always"
        template = self._invoice()
        counts = []
        for size in (10, 100):
            moves = template.browse()
            for _number in range(size):
                moves |= template.copy()
            moves.flush_recordset()
            self._force_state(moves, "waiting")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self._launch("prepare", moves).sudo()
            run._process()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(moves.mapped("demat_state")), {"ready"})
        self.assertLessEqual(counts[1], counts[0])

    def test_the_window_starts_the_run_of_the_selection(self):
        moves = self._invoice() | self._ready()
        wizard = (
            self.env["demat.run.wizard"]
            .with_user(self.clerk)
            .with_context(active_ids=moves.ids)
            .create({"treatment": "prepare"})
        )
        self.assertEqual((wizard.move_count, wizard.fitting_count), (2, 1))
        action = wizard.action_start()
        run = self.env["demat.run"].browse(action["res_id"])
        self.assertEqual(run.line_ids.move_id, moves)
        self.assertEqual((run.user_id, run.state), (self.clerk, "waiting"))

    def test_who_may(self):
        move = self._invoice()
        run = self._launch("prepare", move)
        for user, groups, company in (
            ("run_portal", "base.group_portal", self.company),
            ("run_reader", "account.group_account_readonly", self.company),
        ):
            stranger = new_test_user(
                self.env,
                user,
                groups=groups,
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            with self.assertRaises(AccessError):
                run.with_user(stranger).read(["state"])
            with self.assertRaises(AccessError):
                run.browse().with_user(stranger)._launch(
                    "prepare", move.with_user(stranger)
                )
        other = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = new_test_user(
            self.env,
            "run_foreign",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            run.with_user(foreign).action_cancel()
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).write({"state": "done"})
        with self.assertRaises(UserError):
            self._launch("print_bills", move)
