# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NOTHING
from .common_return import PARTIAL, ChorusReturnCommon


@tagged("post_install", "-at_install")
class TestChorusTold(ChorusReturnCommon):
    """A person says what became of an invoice; what Chorus Pro says counts more."""

    def test_a_person_says_what_became_of_an_invoice(self):
        """One that was refused may never get a status of its own."""
        moves, flow = self._deposited(3)
        good, bad, other = moves
        self.assertFalse(good.chorus_may_tell, "nobody was asked to look at it")
        with self.assertRaisesRegex(UserError, "is known, or being found out"):
            self._tell(good, "taken")
        self._flow_back(flow, PARTIAL)
        self.assertEqual(set(moves.mapped("chorus_may_tell")), {True})
        with self.assertRaisesRegex(UserError, "on record"):
            self._tell(good, "taken", "  ")
        self._tell(good, "taken")
        self.assertEqual(self._out(good).state, "done")
        self.assertEqual(self._out(good).confirmed_by_id, self.clerk)
        self.assertEqual(good.chorus_state, "with_recipient")
        self.assertTrue(good.chorus_invoice_ids.followed)
        self.assertFalse(good.activity_ids or good.chorus_may_tell)
        self._tell(bad, "refused", "Pas sur le portail")
        self.assertEqual((bad.chorus_state, flow.state), ("refused", "processing"))
        self._tell(other, "taken")
        self.assertEqual(flow.state, "partial", "no other one waits")
        for move, words in ((good, "has it: Vu sur le"), (bad, "refused it: Pas sur")):
            told = f"{self.clerk.name} says that Chorus Pro {words}"
            logs = " ".join(self._out(move).log_ids.mapped("text"))
            self.assertIn(told, logs)
            self.assertIn(told, " ".join(move.message_ids.mapped("body")))
        self.assertIn("Pas sur le portail", bad.activity_ids.note, "now to be mended")
        self._the_number_is_free(bad)

    def test_what_chorus_says_counts_more_than_what_a_person_said(self):
        moves, flow = self._deposited(2)
        self._flow_back(flow, PARTIAL)
        for move in moves:
            self._tell(move, "refused")
        self.assertEqual(flow.state, "rejected")
        self._invoices_back((moves[0], "03", None), (moves[1], "37", None))
        self.assertEqual(self._states(moves), ["done", "failed"])
        self.assertEqual(moves[0].chorus_state, "with_recipient")
        self.assertFalse(moves[0].activity_ids)
        self.assertEqual(flow.state, "partial")
        first, last = self._reports(moves[0])
        self.assertIn("did not take the invoice", first, "it is kept")
        self.assertIn("Chorus Pro took the invoice", last)
        self.assertEqual(len(self._reports(moves[1])), 1)

    def test_chorus_refuses_what_a_person_said_was_taken(self):
        """Its status said that the number may be kept, and nobody could reopen it."""
        moves, flow = self._deposited(2)
        self._flow_back(flow, PARTIAL)
        for move in moves:
            self._tell(move, "taken")
        self.assertEqual(flow.state, "integrated")
        said, other = moves
        self._invoices_back((said, "37", None))
        self.assertEqual(self._states(moves), ["failed", "done"])
        self.assertEqual((said.chorus_state, flow.state), ("refused", "partial"))
        self.assertFalse(said.chorus_invoice_ids.followed)
        self.assertIn("Motif 37", said.activity_ids.note)
        self.assertIn("Chorus Pro refused it", said.message_ids[0].body)
        exchange = self._out(said)
        self.assertFalse(exchange.confirmed_by_id, "it stands in the history")
        self.assertEqual(exchange.log_ids.mapped("new_state"), ["failed", "done"])
        first, last = self._reports(said)
        self.assertIn("Chorus Pro took the invoice", first, "it is kept")
        self.assertIn("did not take the invoice", last)
        self.assertIn("Motif 37", last)
        # once Chorus Pro itself has said that it has it, nobody's word is overruled
        self._invoices_back((other, "03", None))
        self._invoices_back((other, "37", None))
        self.assertEqual((self._states(other), flow.state), (["done"], "partial"))
        self._the_number_is_free(said)

    def test_chorus_has_what_a_person_said_was_refused(self):
        """The search finds it: it cannot be deposited twice."""
        moves, flow = self._deposited(3)
        self._flow_back(flow, PARTIAL)
        asked, found, open_one = moves
        for move in asked | found:
            self._tell(move, "refused")
        there = [
            {"number": move.name, "supplier": self.siret, "recipient": NOTHING}
            for move in asked | found
        ]
        self.chorus.control(invoices=there)
        asked.with_user(self.clerk).action_chorus_ask()
        self.assertEqual(asked.chorus_state, "with_recipient")
        self.assertEqual(found.chorus_state, "refused", "nobody asked about it")
        self._follow()
        self.assertEqual(self._states(moves), ["done", "done", "sending"])
        self.assertEqual(found.chorus_invoice_ids.status, "MISE_A_DISPOSITION")
        self.assertTrue(found.chorus_invoice_ids.external_id)
        self.assertFalse(found.activity_ids)
        with self.assertRaisesRegex(UserError, "Chorus Pro has it"):
            found.with_user(self.manager)._demat_reopen("a mistake")
        first, last = self._reports(found)
        self.assertIn("says that Chorus Pro refused it", first)
        self.assertIn("Chorus Pro took the invoice", last)
        self._invoices_back((open_one, "03", None))
        self.assertEqual(flow.state, "integrated")

    def test_a_search_that_finds_it_not_conform(self):
        """It is not there: what takes its number later is another one."""
        moves, flow = self._deposited(2)
        self._flow_back(flow, PARTIAL)
        for move, outcome in zip(moves, ("taken", "refused"), strict=True):
            self._tell(move, outcome)
        for move in moves:
            there = {"number": move.name, "supplier": self.siret, "recipient": NOTHING}
            self.chorus.control(invoices=[there])
            self.chorus.set_status(move.name, "NON_CONFORME", "Illisible")
        self._follow()
        self.assertEqual(self._states(moves), ["failed", "failed"])
        self.assertEqual(flow.state, "rejected")
        self.assertEqual(moves.chorus_invoice_ids.mapped("external_id"), [False] * 2)
        self.assertIn("Illisible", moves[0].activity_ids.note)

    def test_the_return_of_the_flow_counts_more_than_what_a_person_said(self):
        for told, comment, outcome in (
            ("refused", "Intégré", ("done", "integrated")),
            ("taken", "Rejeté", ("failed", "rejected")),
        ):
            for count in (1, 2):  # all of the flow were told of, or one only
                with self.subTest(told, count=count):
                    moves, flow = self._deposited(count)
                    self._flow_back(flow, PARTIAL)
                    self._tell(moves[0], told)
                    self._flow_back(flow, comment)
                    self.assertEqual({*self._states(moves), flow.state}, {*outcome})
                    self.assertEqual(len(self._reports(moves[0])), 2)
                    self.assertEqual(bool(moves[0].activity_ids), told == "taken")

    def test_who_may_say_what_became_of_an_invoice(self):
        move, flow = self._deposited()
        flow.sudo().deposited_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self.assertTrue(move.chorus_may_tell, "a flow without a last word")
        reader = self._make_user("reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._tell(move, "taken", user=reader)
        flow.sudo().mode = "api"
        self.assertFalse(move.chorus_may_tell, "the platform can be asked")
