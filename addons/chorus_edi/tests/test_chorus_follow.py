# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import client, errors
from .common_flow import ChorusFlowCommon


@tagged("post_install", "-at_install")
class TestChorusFollow(ChorusFlowCommon):
    """From the deposit to the payment: where it is, since when, why, what to do."""

    def _given(self, count=1):
        moves = self._send_public(count)
        self._integrate(moves)
        return moves

    def _histories(self):
        return self.chorus.calls.get("consulter/historique", 0)

    def test_until_paid_with_few_calls(self):
        moves = self._given(3)
        self._follow()
        self.chorus.forget_calls()
        first = moves[0]
        self.chorus.set_status(first.name, "MISE_A_DISPOSITION")
        self._follow()
        self.assertEqual(first.chorus_invoice_ids.status, "MISE_A_DISPOSITION")
        self.assertEqual(self._histories(), 0, "nothing that needs a reason")
        self.chorus.set_status(first.name, "MANDATEE")
        self._follow()
        self.assertTrue(first.chorus_invoice_ids.followed, "ordered is not paid")
        self.chorus.set_status(first.name, "MISE_EN_PAIEMENT")
        self._follow()
        row = first.chorus_invoice_ids
        self.assertEqual((row.state, row.followed), ("paid", False))
        self.assertTrue(row.paid_at and row.available_at)
        self.assertEqual(row.days_to_payment, 0)
        self.assertIn("MANDATEE", row.status_ids.mapped("code"))
        self.assertEqual(self._histories(), 1)
        calls = self.chorus.calls
        self.assertEqual(calls["rechercher/fournisseur"], 3, calls)
        self.assertFalse(first.activity_ids)

    def test_suspended_completed_paid(self):
        move = self._given()
        self.chorus.set_status(move.name, "SUSPENDUE", "Il manque le bon de livraison")
        self._follow()
        self.assertEqual(move.chorus_state, "suspended")
        self.assertIn("bon de livraison", move.chorus_html)
        self.assertEqual(move.activity_ids.user_id, self.clerk)
        self.assertIn("bon de livraison", move.activity_ids.note)
        clerk = move.with_user(self.clerk)
        wizard = self.env["chorus.complete.wizard"].with_user(self.clerk)
        context = clerk.action_chorus_complete()["context"]
        document = {"name": "bl.pdf", "content": base64.b64encode(b"%PDF-1.4 x")}
        wizard = wizard.with_context(**context).create(
            {
                "comment": "Le voici",
                "document_ids": [
                    Command.create(document),
                    Command.create({**document, "name": "sans_extension"}),
                    Command.create({**document, "name": "BL.pdf"}),
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "sans_extension(.|\n)*BL.pdf"):
            wizard.action_complete()
        calls = self.chorus.calls
        self.assertNotIn("ajouter/fichier", calls, "nothing leaves before all is well")
        with (
            patch("odoo.addons.chorus_edi.lib.checks.TOTAL_BYTES", 1000),
            self.assertRaisesRegex(UserError, "MB"),
        ):
            wizard.document_ids = wizard.document_ids[:1]
            wizard.action_complete()
        wizard.action_complete()
        there = self.chorus.invoice(move.name)
        self.assertEqual(there["status"], "COMPLETEE")
        self.assertEqual(len(there["files"]), 1)
        self.assertEqual(move.chorus_invoice_ids.status, "COMPLETEE")
        self.assertEqual(move.chorus_state, "with_recipient")
        self.assertFalse(move.activity_ids)
        with self.assertRaisesRegex(UserError, "does not ask for"):
            clerk.action_chorus_complete()

    def test_average_days_to_payment_leave_out_what_is_not_paid(self):
        rows = self._given(2).chorus_invoice_ids.sudo()
        paid = rows[0]
        paid.available_at = "2026-11-03 09:00:00"
        paid.paid_at = "2026-11-13 10:00:00"
        groups = rows._read_group(
            [("id", "in", rows.ids)], aggregates=["__count", "days_to_payment:avg"]
        )
        self.assertEqual(groups, [(2, 10)])
        groups = rows._read_group(
            [("id", "in", rows.ids)], ["paid_at:month"], ["days_to_payment:avg"]
        )
        self.assertEqual([days or None for _month, days in groups], [10, None])

    def test_one_cause_is_told_once(self):
        """Also one whose words are written otherwise in the note (quotes, &)."""
        move = self._given()
        for _time in range(2):
            move._chorus_todo(self.clerk, 'L\'acheteur a écrit : "B & C".\nRépondez.')
        self.assertEqual(len(move.activity_ids), 1)
        move._chorus_todo(self.clerk, "L'acheteur a écrit autre chose.")
        self.assertEqual(len(move.activity_ids), 2)

    def test_a_lost_answer_to_completing_is_settled(self):
        move = self._given()
        self.chorus.set_status(move.name, "SUSPENDUE", "Un document")
        self._follow()
        self.chorus.fault("drop", "completer")
        wizard = self.env["chorus.complete.wizard"].with_user(self.clerk)
        wizard.create({"move_id": move.id, "comment": "Oui"}).action_complete()
        self.assertEqual(move.chorus_invoice_ids.status, "COMPLETEE")

    def test_rejected_handled_and_corrected(self):
        move = self._given()
        self.chorus.set_status(move.name, "REJETEE", "Montant faux")
        self._follow()
        self.assertEqual(move.chorus_state, "rejected")
        self.assertFalse(move.chorus_invoice_ids.followed)
        action = move.with_user(self.clerk).action_chorus_correct()
        self.assertEqual(action["res_model"], "account.move.reversal")
        self.assertTrue(self.chorus.invoice(move.name)["rejection_handled"])
        self.assertTrue(move.chorus_invoice_ids.rejection_handled)
        wizard = self.env["account.move.reversal"].with_user(self.clerk)
        wizard = wizard.with_context(**action["context"]).create(
            {"journal_id": move.journal_id.id}
        )
        self.assertEqual(wizard.reason, "Montant faux")
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        self.assertEqual(credit.move_type, "out_refund")

    def test_recycling_only_where_the_account_allows_it(self):
        move = self._given()
        self.chorus.set_status(move.name, "A_RECYCLER", "Pas nous")
        self._follow()
        clerk = move.with_user(self.clerk)
        self.assertFalse(clerk.chorus_may_recycle)
        with self.assertRaisesRegex(UserError, "credit note"):
            clerk.action_chorus_recycle()
        wizard = self.env["chorus.recycle.wizard"].with_user(self.clerk)
        wizard = wizard.create({"move_id": move.id})
        with self.assertRaisesRegex(UserError, "credit note"):
            wizard.action_recycle()
        self.account.allow_recycle = True
        self.env.invalidate_all()
        wizard.action_recycle()
        self._follow()
        self.assertEqual(move.chorus_state, "with_recipient")

    def _to_recycle(self):
        """An invoice at the wrong recipient, and the window that sends it on."""
        move = self._given()
        self.account.allow_recycle = True
        self.chorus.set_status(move.name, "A_RECYCLER", "Pas nous")
        self._follow()
        wizard = self.env["chorus.recycle.wizard"].with_user(self.clerk)
        return move, wizard.create({"move_id": move.id})

    def test_a_lost_answer_to_recycling_is_settled(self):
        move, wizard = self._to_recycle()
        self.chorus.fault("drop", "recycler")
        wizard.action_recycle()
        self.assertEqual(move.chorus_state, "with_recipient")
        notes = " ".join(move.message_ids.mapped("body"))
        self.assertIn("Sent to another recipient", notes)

    def test_a_lost_answer_to_recycling_that_did_not_arrive(self):
        move, wizard = self._to_recycle()
        self.chorus.fault("lose", "recycler")
        with self.assertRaisesRegex(UserError, "still at the wrong"):
            wizard.action_recycle()
        self.assertEqual(move.chorus_state, "to_recycle")
        self.chorus.fault("lose", "recycler")
        silent = errors.RetryLater("silent")
        history = patch.object(client.Client, "history", side_effect=silent)
        with history, self.assertRaisesRegex(UserError, "Ask Chorus now"):
            wizard.action_recycle()

    def test_a_lost_answer_about_a_rejection_is_told_as_it_is(self):
        move = self._given()
        self.chorus.set_status(move.name, "REJETEE", "Montant faux")
        self._follow()
        self.chorus.fault("lose", "traiterRejet")
        with self.assertLogs("odoo.addons.chorus_edi", "WARNING"):
            action = move.with_user(self.clerk).action_chorus_correct()
        self.assertEqual(action["res_model"], "account.move.reversal")
        notes = " ".join(move.message_ids.mapped("body"))
        self.assertIn("not known whether the rejection", notes)
        self.assertNotIn("asked before anything", notes)
        self.assertFalse(move.chorus_invoice_ids.rejection_handled)
        self.chorus.fault("drop", "traiterRejet")
        move.with_user(self.clerk).action_chorus_correct()
        self.assertTrue(move.chorus_invoice_ids.rejection_handled, "it was found")

    def test_an_unknown_status_is_kept_shown_and_told(self):
        move = self._given()
        self.chorus.set_status(move.name, "STATUT_INCONNU", "?")
        self._follow()
        self.assertEqual(move.chorus_state, "strange")
        self.assertIn("STATUT_INCONNU", move.chorus_html)
        self.assertTrue(move.activity_ids)
        self.assertTrue(move.chorus_invoice_ids.followed)

    def test_a_history_that_cannot_be_read_holds_nothing_up(self):
        moves = self._given(3)
        rows = moves.chorus_invoice_ids.sudo()
        bad = rows.sorted("id")[-1:]
        for move in moves:
            self.chorus.set_status(move.name, "SUSPENDUE", "Il manque le BL")
        number, read = self.chorus.invoice(bad.number)["id"], client.Client.history

        def history(caller, invoice_id):
            if str(invoice_id) == str(number):
                raise errors.UnreadableAnswer("HTTP 500", code=500)
            return read(caller, invoice_id)

        with (
            patch.object(client.Client, "history", history),
            self.assertLogs("odoo.addons.chorus_edi", "WARNING"),
        ):
            self._follow()
        self.assertEqual(rows.filtered("history_due"), bad)
        self.assertGreater(bad.history_next_at, fields.Datetime.now())
        self.assertEqual(bad.history_tries, 1)
        self.chorus.forget_calls()
        self._follow()
        self.assertEqual(self._histories(), 0, "not before its time")
        bad.history_next_at = fields.Datetime.now()
        self._follow()
        self.assertEqual(self._histories(), 1)
        self.assertFalse(bad.history_due or bad.history_next_at or bad.history_tries)

    def test_histories_wait_for_a_platform_that_is_away(self):
        moves = self._given(3)
        rows = moves.chorus_invoice_ids.sudo()
        for move in moves:
            self.chorus.set_status(move.name, "SUSPENDUE", "Il manque le BL")
        for error, asked in (
            (errors.UnreadableAnswer("HTTP 500", code=500), 2),
            (errors.RetryLater("fewer", code=429), 1),
            (errors.RetryLater("no connection"), 1),
            (errors.FixCredentials("no", "account"), 1),
        ):
            with (
                self.subTest(error=error),
                patch.object(client.Client, "history", side_effect=error) as history,
                patch("odoo.addons.chorus_edi.lib.rhythm.MAX_FAILURES", 2),
            ):
                if asked == 1:
                    with self.assertRaises(type(error)):
                        self._follow()
                else:
                    with self.assertLogs("odoo.addons.chorus_edi", "WARNING"):
                        self._follow()
                self.assertEqual(history.call_count, asked)
                self.assertEqual(len(rows.filtered("history_due")), 3)
                if asked == 2:
                    self.assertEqual(rows.mapped("history_tries").count(1), 2)
                    rows.history_next_at = False

    def test_suspended_again_is_told_again(self):
        move = self._given()
        row = move.chorus_invoice_ids.sudo()
        row.external_id = "1"
        first = fields.Datetime.now() + timedelta(hours=1)
        step = ("SUSPENDUE", first, "BL manquant", "")
        again = ("SUSPENDUE", first + timedelta(hours=1), "RIB erroné", "")
        row._take_steps([step])
        move.activity_ids.action_done()
        row.history_due = False
        row._take_steps([step])
        self.assertFalse(move.activity_ids, "it is the one that was treated")
        row._take_steps([step, again])
        self.assertIn("RIB erroné", move.activity_ids.note)
        self.assertTrue(row.history_due)
        self.assertIn("RIB erroné", move.message_ids[0].body)
        move.activity_ids.action_done()
        row._take_steps([step, again])
        self.assertFalse(move.activity_ids)

    def test_ask_now_and_the_language_of_who_reads(self):
        move = self._given()
        self.chorus.set_status(move.name, "SERVICE_FAIT")
        move.with_user(self.clerk).action_chorus_ask()
        self.assertEqual(move.chorus_invoice_ids.status, "SERVICE_FAIT")
        label = move.chorus_invoice_ids.with_context(lang="fr_FR").status_label
        self.assertIn("ervice", label)
        found = self.env["account.move"].search(
            [("chorus_state", "=", "with_recipient")]
        )
        self.assertIn(move, found)
        # another number of the same year that somebody else deposited changes nothing
        other = self._invoice()
        with self.assertRaisesRegex(UserError, "nothing to do with Chorus"):
            other.with_user(self.clerk).action_chorus_ask()

    def test_no_end_within_the_days_of_the_account(self):
        move = self._given()
        self._follow()
        row = move.chorus_invoice_ids.sudo()
        row.deposited_at = fields.Datetime.now() - timedelta(days=401)
        self._follow()
        self.assertFalse(row.followed)
        self.assertIn("400", move.activity_ids.note)
        self.chorus.forget_calls()
        self._follow()
        self.assertFalse(self.chorus.calls, "nothing is open: nobody is asked")
