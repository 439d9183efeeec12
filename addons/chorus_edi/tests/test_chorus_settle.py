# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib import client, rhythm
from .common_flow import ChorusFlowCommon


@tagged("post_install", "-at_install")
class TestChorusSettle(ChorusFlowCommon):
    """What failed, was refused, was lost: each invoice is there once in the end."""

    def _deposits(self):
        return self.chorus.calls.get("deposer/flux", 0)

    def test_a_lost_answer_is_settled_by_asking(self):
        move = self._send_public()
        self.chorus.configure(hidden_searches=1)
        self.chorus.fault("drop", "deposer/flux")
        self._deposit()
        exchange = self._out(move)
        flow = exchange.chorus_flow_id
        self.assertEqual((flow.state, exchange.state), ("unknown", "unknown"))
        self.assertEqual(move.chorus_state, "unknown")
        self.assertFalse(flow.number)
        with self.assertRaisesRegex(UserError, "may have it"):
            exchange.with_user(self.clerk).action_cancel()
        # the platform is treating it: nothing to see yet, and nothing is sent again
        self._deposit()
        self.assertEqual((flow.state, flow.searches), ("unknown", 1))
        for number in [one["number"] for one in self.chorus.flows]:
            self.chorus.control(finish=number)
        while flow.state == "unknown":
            self.assertLess(flow.searches, len(rhythm.SETTLE))
            self._deposit()
        self.assertEqual((flow.state, exchange.state), ("deposited", "sending"))
        self.assertEqual(flow.number, self.chorus.flows[0]["number"])
        self._integrate(move)
        self.assertEqual(exchange.state, "done")
        self.assertEqual(self._deposits(), 1)

    def test_what_did_not_arrive_is_sent_again_after_several_searches(self):
        move = self._send_public()
        self.chorus.fault("lose", "deposer/flux")
        self._deposit()
        exchange = self._out(move)
        first = exchange.chorus_flow_id
        self.assertEqual(first.state, "unknown")
        with self.assertRaisesRegex(UserError, "ask Chorus Pro first"):
            first.with_user(self.clerk).action_send_again()
        for _search in rhythm.SETTLE:
            self._deposit()
        self.assertEqual(first.state, "absent")
        self._integrate(move)
        self.assertEqual(exchange.state, "done")
        self.assertNotEqual(exchange.chorus_flow_id, first)
        self.assertEqual(exchange.attempts, 2)
        self.assertEqual(len(self.chorus.invoices), 1)

    def test_what_a_person_confirmed_is_not_sent_again(self):
        moves = self._send_public(2)
        self.chorus.fault("lose", "deposer/flux")
        self._deposit()
        seen, other = self._out(moves)
        seen.with_user(self.clerk).action_confirm_arrival()
        for _search in rhythm.SETTLE:
            self._deposit()
        self._deposit()
        self.assertEqual(seen.state, "done")
        self.assertEqual(other.state, "sending", "in another flow")
        self.assertEqual(len(seen.chorus_flow_ids), 1)
        self.assertEqual(len(other.chorus_flow_ids), 2)
        self.assertEqual(other.chorus_flow_id.exchange_ids, other)

    def test_a_person_saw_the_invoices_on_the_portal(self):
        """Without the number of its flow no report can be asked for."""
        move = self._send_public()
        self.chorus.fault("drop", "deposer/flux")
        self._deposit()
        exchange = self._out(move)
        flow = exchange.chorus_flow_id
        flow.with_user(self.clerk).action_arrived()
        self.assertEqual((flow.state, exchange.state), ("integrated", "done"))
        self.assertEqual(exchange.confirmed_by_id, self.clerk)
        self.assertIn("says that it arrived", exchange.log_ids[0].text)
        row = move.chorus_invoice_ids
        self.assertTrue(row.followed and row.deposited_at and exchange.report)
        # it is found by its own number
        self.chorus.control(finish=self.chorus.flows[0]["number"])
        self.chorus.set_status(move.name, "SUSPENDUE", "Il manque le BL")
        self._follow()
        self.assertEqual(move.chorus_state, "suspended")
        self.assertTrue(row.external_id)

    def test_a_deposit_without_a_number_is_not_asked_about(self):
        """Left by an earlier version."""
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id.sudo()
        flow.number = False
        self._follow()
        flow.with_user(self.clerk).action_ask_now()
        self.assertEqual((flow.state, flow.count), ("deposited", 0))

    def test_a_double_that_the_platform_refuses_is_found_and_done(self):
        """It came by the first flow after all, later than all searches."""
        move = self._send_public()
        self.chorus.configure(hidden_searches=len(rhythm.SETTLE))
        self.chorus.fault("drop", "deposer/flux")
        self._deposit()
        self.chorus.control(finish=self.chorus.flows[0]["number"])
        for _search in rhythm.SETTLE:
            self._deposit()
        exchange = self._out(move)
        self.chorus.configure(hidden_searches=0)
        self._integrate(move)
        self.assertEqual(len(self.chorus.flows), 2)
        self.assertEqual(exchange.state, "done", exchange.error_text)
        self.assertEqual(len(self.chorus.invoices), 1)
        self.assertEqual(
            move.chorus_invoice_ids.external_id, str(self.chorus.invoices[0]["id"])
        )

    def test_a_platform_that_is_down_is_tried_again(self):
        move = self._send_public()
        self.chorus.fault("status", "token", status=503)
        self._deposit()
        exchange = self._out(move)
        flow = exchange.chorus_flow_id
        self.assertEqual((flow.state, exchange.state), ("draft", "pending"))
        self.assertIn("tried again", exchange.error_text)
        self.assertTrue(flow.next_at)
        # meanwhile it can be taken out
        exchange.with_user(self.clerk).action_cancel()
        self._deposit()
        self.assertFalse(flow.exists())
        self.assertEqual(self._deposits(), 0)

    def test_a_wrong_account_is_told_to_the_administrator(self):
        move = self._send_public()
        self.account.sudo().password = "another one"
        self.env["mail.activity"].search(
            [("res_model", "=", "chorus.account")]
        ).unlink()
        self._deposit()
        exchange = self._out(move)
        self.assertEqual(exchange.state, "pending")
        self.assertIn("Technical account", exchange.error_text)
        told = self.env["mail.activity"].search([("res_model", "=", "chorus.account")])
        self.assertEqual(told.mapped("res_id"), self.account.ids)
        self.account.sudo().password = self.chorus.password
        self._integrate(move)
        self.assertEqual(exchange.state, "done")

    def test_a_partial_flow_frees_only_what_was_refused(self):
        moves = self._send_public(3)
        bad = moves[1]
        self.chorus.configure(
            refuse={bad.name: "FichierXml.X.value : la donnée est obligatoire."}
        )
        self._integrate(moves)
        states = {
            self.env["account.move"].browse(row.res_id): row.state
            for row in self._out(moves)
        }
        self.assertEqual(states, {moves[0]: "done", bad: "failed", moves[2]: "done"})
        self.assertEqual(self._out(moves).chorus_flow_id.state, "partial")
        self.assertIn("obligatoire", self._out(bad).error_text)
        self.assertIn("obligatoire", bad.chorus_html)
        self.assertEqual(bad.chorus_state, "refused")
        self.assertEqual(bad.activity_ids.user_id, self.clerk)
        self.assertEqual(bad.demat_status, "rejected")
        # mended at the platform: the same number may come again, alone
        self.chorus.configure(refuse={})
        bad.with_user(self.clerk).action_chorus_deposit()
        self._integrate(bad)
        self.assertEqual(self._out(bad).state, "done")
        self.assertEqual(len(self.chorus.invoices), 3)

    def _close_details(self):
        """The application may not use the detailed report any more."""
        self.chorus.fault("status", "consulterCRDetaille", status=403, times=0)

    def test_without_the_detailed_report_the_other_one_is_asked(self):
        self._close_details()
        move = self._send_public()
        self._integrate(move)
        flow = self._out(move).chorus_flow_id
        self.assertEqual((flow.state, self._out(move).state), ("integrated", "done"))
        self.assertTrue(self.chorus.calls["consulterCR"])
        document = flow.document_id
        self.assertEqual(document.filename, f"CHORUS_{flow.number}.pdf")
        self.assertTrue(document._get_content().startswith(b"%PDF"))
        self.assertNotIn("fichierCR", flow.sudo().report_raw)

    def test_a_rejected_flow_without_the_detailed_report(self):
        self._close_details()
        move = self._send_public()
        self.chorus.configure(next_outcome="IN_REJETE")
        self._integrate(move)
        flow = self._out(move).chorus_flow_id
        self.assertEqual((flow.state, self._out(move).state), ("rejected", "failed"))
        self.assertIn(f"report of the flow {flow.number} only", move.activity_ids.note)
        self.assertTrue(flow.report_file)

    def test_a_partial_flow_without_the_detailed_report(self):
        """Who is refused is not told: the platform is searched, more than once."""
        self._close_details()
        moves = self._send_public(3)
        bad = moves[1]
        self.chorus.configure(refuse={bad.name: "Motif."}, hidden_searches=1)
        self._deposit()
        flow = self._out(moves).chorus_flow_id
        while flow.state != "processing" or not flow.searches:
            self._follow()
        self.assertEqual(set(self._out(moves).mapped("state")), {"sending"})
        for _search in rhythm.SETTLE:
            self._follow()
        self.assertEqual(flow.state, "partial")
        states = [self._out(move).state for move in moves]
        self.assertEqual(states, ["done", "failed", "done"])
        self.assertIn(flow.number, self._out(bad).error_text)
        self.assertFalse((moves - bad).activity_ids)
        self.assertEqual(flow.searches, len(rhythm.SETTLE))

    def test_a_refusal_without_a_number_refuses_only_what_is_not_found(self):
        """The detailed report names nobody: the platform is searched several times."""
        moves = self._send_public(3)
        bad = moves[1]
        self.chorus.configure(refuse={bad.name: "Motif."}, hidden_searches=1)
        ask = client.Client.flow_report

        def nameless(caller, number):
            report = ask(caller, number)
            refusals = tuple(replace(one, number="") for one in report.errors)
            return replace(report, errors=refusals)

        with patch.object(client.Client, "flow_report", nameless):
            self._deposit()
            flow = self._out(moves).chorus_flow_id
            for _round in range(3 + len(rhythm.SETTLE)):
                self._follow()
                states = [self._out(move).state for move in moves]
                self.assertEqual((states[0] + states[2]).count("failed"), 0)
        self.assertEqual(flow.state, "partial")
        self.assertEqual(states, ["done", "failed", "done"])
        self.assertIn("Motif", self._out(bad).error_text)
        self.assertFalse((moves - bad).activity_ids)

    def test_a_double_of_what_counted_as_refused_is_found(self):
        move = self._send_public()
        self._integrate(move)
        exchange = self._out(move)
        exchange.chorus_flow_id.sudo().state = "partial"
        exchange._chorus_refused(exchange.chorus_flow_id, ["A mistake"])
        move.with_user(self.clerk).action_chorus_deposit()
        self._integrate(move)
        self.assertEqual(len(exchange.chorus_flow_ids), 2)
        self.assertEqual(exchange.state, "done", exchange.error_text)
        self.assertEqual(len(self.chorus.invoices), 1)

    def test_both_reports_are_closed(self):
        self._close_details()
        self.chorus.fault("status", "consulterCR", status=403, times=0)
        move = self._send_public()
        self._integrate(move)
        flow = self._out(move).chorus_flow_id
        self.assertEqual(flow.state, "deposited")
        told = self.env["mail.activity"].search([("res_model", "=", "chorus.account")])
        self.assertTrue(told, "somebody has to open it")

    def test_an_incident_means_again(self):
        move = self._send_public()
        self.chorus.configure(next_outcome="IN_INCIDENTE")
        self._integrate(move)
        exchange = self._out(move)
        first = exchange.chorus_flow_ids.sorted("id")[0]
        self.assertEqual((first.state, exchange.state), ("incident", "pending"))
        self._integrate(move)
        self.assertEqual(exchange.state, "done")
        self.assertEqual(len(self.chorus.invoices), 1)

    def test_an_unknown_state_of_a_flow_is_kept_and_told(self):
        move = self._send_public()
        self.chorus.configure(next_outcome="IN_QUELQUE_CHOSE")
        self._deposit()
        flow = self._out(move).chorus_flow_id.sudo()
        client = self.account._chorus_client()
        for _round in range(6):
            if flow.report_code != "IN_QUELQUE_CHOSE":
                flow._ask_report(client)
        self.assertEqual(flow.report_code, "IN_QUELQUE_CHOSE")
        self.assertEqual(flow.state, "processing", "it is asked about again")
        self.assertIn("IN_QUELQUE_CHOSE", move.activity_ids.note)
        self._integrate(move)
        self.assertEqual(flow.state, "integrated")

    def test_a_flow_that_is_not_known_yet_is_asked_for_again(self):
        move = self._send_public()
        self.chorus.configure(unknown_reports=2)
        self._deposit()
        self._follow()
        flow = self._out(move).chorus_flow_id
        self.assertEqual((flow.state, flow.count), ("deposited", 1))
        self._integrate(move)
        self.assertEqual(flow.state, "integrated")

    def test_a_killed_worker_leaves_an_unknown_outcome(self):
        move = self._send_public()
        flows = self.env["chorus.flow"].sudo()
        flow = flows._pack(self.account)
        self.assertTrue(flow._announce())
        self.assertEqual(flow.state, "sending")
        self._deposit()
        self._deposit()
        self.assertEqual(flow.searches, 1, "asked, not sent")
        self.assertEqual((flow.state, self._deposits()), ("unknown", 0))
        self.assertIn("server stopped", self._out(move).error_text)

    def test_what_chorus_has_is_not_reopened(self):
        move = self._send_public()
        self._deposit()
        with self.assertRaisesRegex(UserError, "credit note"):
            move.with_user(self.manager)._demat_reopen("a mistake")
        fresh = self._send_public()
        fresh.with_user(self.manager)._demat_reopen("a mistake")
        self.assertEqual(self._out(fresh).state, "cancelled")
        self._send(fresh)
        self.assertEqual(len(self._out(fresh)), 2, "a new version is a new sending")
        self._integrate(fresh)
        self.assertEqual(fresh.chorus_state, "with_recipient")

    def test_other_users_see_and_do_nothing(self):
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        nobody = self._make_user("nobody", "base.group_user")
        for record in (flow, move.chorus_invoice_ids):
            with self.assertRaises(AccessError):
                record.with_user(nobody).read(["state"])
        with self.assertRaises(AccessError):
            flow.with_user(nobody).action_ask_now()
        with self.assertRaises(AccessError):
            flow.with_user(self.clerk).write({"state": "integrated"})
        with self.assertRaises(AccessError):
            flow.with_user(self.clerk).read(["report_raw"])
