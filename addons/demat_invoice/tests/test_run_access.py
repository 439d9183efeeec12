# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.http_routing.tests.common import MockRequest

from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRunAccess(DematRunCommon):
    """Several companies, each role, and who comes with forged numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._second_company()
        cls.stranger = new_test_user(
            cls.env,
            "demat_stranger",
            groups="account.group_account_invoice",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def test_one_launch_makes_a_run_for_each_company(self):
        self.clerk.company_ids |= self.other
        here, there = self._ready(), self._ready_in(self.other)
        runs = self.env["demat.run"].with_user(self.clerk)
        runs = runs.with_context(allowed_company_ids=(self.company + self.other).ids)
        moves = (here | there).with_env(runs.env)
        launched = runs._launch("send", moves, options={"notify": False})
        self.assertEqual(launched.company_id, self.company + self.other)
        for run in launched:
            self.assertEqual(run.line_ids.move_id.company_id, run.company_id)
            self.assertFalse(run.notify)
            self._process(run)
            self.assertEqual(run.line_ids.state, "done", run.line_ids.cause)
        for move in (here, there):
            self.assertEqual(move.demat_document_id.company_id, move.company_id)
            self.assertEqual(move.demat_sent_uid, self.clerk)

    def test_invoices_of_another_company_are_refused(self):
        there = self._ready_in(self.other)
        with self.assertRaises(AccessError):
            self._launch("send", there)
        wizards = self.env["demat.run.wizard"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            wizards.with_context(active_ids=there.ids).create(
                {"treatment": "keep_internal"}
            ).action_start()
        with self.assertRaises(AccessError):
            wizards.with_context(active_ids=self._ready().ids).create(
                {
                    "treatment": "keep_internal",
                    "move_ids": [Command.set(there.ids)],
                }
            ).action_start()
        self.assertEqual(there.demat_state, "ready")

    def test_a_run_of_another_company_is_out_of_reach(self):
        run = self._launch("prepare", self._invoice())
        foreign = run.with_user(self.stranger)
        self.assertFalse(foreign.search([("id", "=", run.id)]))
        for attempt in (
            lambda: foreign.read(["state"]),
            foreign.action_cancel,
            foreign.action_rerun_failed,
            lambda: foreign.line_ids.read(["cause"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertFalse(run.sudo().cancel_requested)

    def test_each_role(self):
        """Who invoices and the administrator; nobody else, not even who may read."""
        roles = {
            "account.group_account_invoice": True,
            "demat_base.group_demat_manager": False,
            "account.group_account_readonly": False,
            "base.group_user": False,
            "base.group_portal": False,
        }
        for number, (group, may) in enumerate(roles.items()):
            move = self._invoice()
            user = new_test_user(
                self.env,
                f"demat_role_{number}",
                groups=group,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            if may:
                run = self._launch("prepare", move, user=user)
                run.action_cancel()
                self.assertTrue(run.cancel_requested)
                continue
            with self.assertRaises(AccessError, msg=group):
                self._launch("prepare", move, user=user)

    def test_rows_are_the_systems(self):
        run = self._launch("prepare", self._invoice())
        for user in (self.clerk, self.manager):
            records = run.with_user(user)
            for attempt in (
                lambda r=records: r.write({"notify": False}),
                lambda r=records: r.write({"report_state": "pending"}),
                lambda r=records: r.line_ids.write({"state": "done"}),
                lambda r=records: r.create(
                    {"treatment": "send", "company_id": 1, "user_id": 1}
                ),
                lambda r=records: r.unlink(),
                lambda r=records: r.line_ids.create(
                    {"run_id": r.id, "company_id": 1, "state": "waiting"}
                ),
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_who_may_watch(self):
        """The channel of the progress is open to who may read the run."""
        run = self._launch("prepare", self._invoice())
        wanted = [f"demat.run_{run.id}", "demat.run_x", "demat.run_999999999"]

        def watched(user):
            websocket = self.env["ir.websocket"].with_user(user)
            with self._websocket_session(user):
                channels = websocket._build_bus_channel_list(list(wanted))
            records = [found for found in channels if isinstance(found, type(run))]
            return [found for found in records if found == run]

        self.assertTrue(watched(self.clerk))
        self.assertFalse(watched(self.stranger))
        portal = new_test_user(self.env, "demat_watcher", groups="base.group_portal")
        self.assertFalse(watched(portal))

    def _websocket_session(self, user):
        return MockRequest(self.env(user=user))

    def test_watching_ends_and_tells(self):
        """One message for who watches, without figures, one for who launched it."""
        run = self._launch("prepare", self._invoice()).sudo()
        self.env["bus.bus"].sudo().search([]).unlink()
        self._process(run)
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([])
        sent = [(row.channel, row.message) for row in rows]
        progress = [row for row in sent if '"demat.run/progress"' in row[1]]
        self.assertTrue(progress)
        for channel, message in progress:
            self.assertIn(f'"demat.run",{run.id}]', channel)
            self.assertNotIn("count", message)
        [(channel, message)] = [row for row in sent if '"demat.run/ended"' in row[1]]
        self.assertIn(f'"res.partner",{self.clerk.partner_id.id}]', channel)
        self.assertIn(f'"id":{run.id}', message)
        self.assertIn('"type":"success"', message)
