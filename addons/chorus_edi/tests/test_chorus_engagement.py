# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.demat_base.lib.resolution import Remark

from ..models import account_move_chorus_engagement as engagements
from .common import STATE, ChorusCommon

ASKED = "engagementsJuridiques/rechercher"


@tagged("post_install", "-at_install")
class TestChorusEngagement(ChorusCommon):
    """Whether an engagement exists is asked before the sending, in few requests."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.chorus.control, no_faults=True)
        self.state = self._public("État", STATE)
        self.service = self._service(self.state, "FAC0001075").id

    def _codes(self, move):
        return [reason.code for reason in move._demat_document_problems().get(move, ())]

    def _engaged(self, *numbers):
        """Posted invoices to the State, one for each engagement."""
        return self.env["account.move"].union(
            *(
                self._invoice(
                    self.state,
                    chorus_service_id=self.service,
                    purchase_order_reference=number,
                )
                for number in numbers
            )
        )

    def _asking(self):
        self.account.action_test_connection()
        self.account.check_engagement = True
        self.chorus.forget_calls()

    def _requests(self):
        """``(tokens, engagements)`` that were asked for since the last time."""
        calls = self.chorus.calls
        self.chorus.forget_calls()
        self.assertLessEqual(set(calls), {"token", ASKED})
        return calls.get("token", 0), calls.get(ASKED, 0)

    def test_engagement_is_asked_about(self):
        move = self._engaged("42")
        self.assertFalse(self._codes(move))
        self.account.action_test_connection()
        self.account.check_engagement = True
        self.assertEqual(self._codes(move), ["chorus_engagement_unknown"])
        move.purchase_order_reference = "1300000001"
        self.assertFalse(self._codes(move))
        # others do not publish theirs, and no answer is no obstacle
        self.assertFalse(
            self._codes(self._invoice(self.town, purchase_order_reference="42"))
        )
        self.account.api_url = "http://127.0.0.1:9"
        move.purchase_order_reference = "43"
        self.assertFalse(self._codes(move))

    def test_one_token_for_all_engagements_of_a_check(self):
        moves = self._engaged("1300000001", "42", "43", "42")
        self._asking()
        found = moves._demat_document_problems()
        self.assertEqual(list(found), list(moves[1:]))
        self.assertEqual(self._requests(), (1, 3), "each number once")

    def test_a_screen_asks_about_some_and_the_sending_about_all(self):
        moves = self._engaged("42", "43", "1300000001", "44")
        self._asking()
        few = patch.object(engagements, "ENGAGEMENT_LIMIT", 2)
        self.startPatcher(few)
        findings = moves._demat_document_findings()
        self.assertEqual(self._requests(), (1, 2))
        for move in moves[2:]:
            [later] = findings[move]
            code = "chorus_engagement_later"
            self.assertEqual((later.code, type(later)), (code, Remark))
            self.assertIn("done for 2 numbers only", later.message)
        problems = moves._demat_document_problems(sealed_next=True)
        self.assertEqual(list(problems), list(moves[:2] | moves[3]))
        self.assertEqual(self._requests(), (1, 4))
        # a number that was asked about is known for all its invoices
        same = self._engaged("42", "42", "43", "43")
        self.assertEqual(len(same._demat_document_problems()), 4)
        self.assertEqual(self._requests(), (1, 2))

    def test_without_an_answer_nobody_asks_again_in_this_check(self):
        moves = self._engaged("42", "43", "44")
        self._asking()
        self.chorus.fault("status", ASKED, status=503, times=0)
        for options in ({}, {"sealed_next": True}):
            self.assertFalse(moves._demat_document_findings(**options))
            self.assertEqual(self._requests(), (1, 1), options)
        self.chorus.control(no_faults=True)
        self.chorus.fault("status", "token", status=503, times=0)
        self.assertFalse(moves._demat_document_findings())
        self.assertEqual(self._requests(), (1, 0))
        self.chorus.control(no_faults=True)
        # what is refused about one number says nothing of the next
        self.chorus.fault("code", ASKED)
        problems = moves._demat_document_problems()
        self.assertEqual(list(problems), list(moves[1:]))
        self.assertEqual(self._requests(), (1, 3))
        # nor is an account asked that is not complete
        self.account.sudo().password = False
        self.assertFalse(moves._demat_document_findings())
        self.assertEqual(self._requests(), (0, 0))

    def test_the_windows_of_the_host_ask_little(self):
        moves = self._engaged("42", "43", "44").with_user(self.clerk)
        self._asking()
        few = patch.object(engagements, "ENGAGEMENT_LIMIT", 2)
        self.startPatcher(few)
        batch = self.env["account.move.send.batch.wizard"].with_user(self.clerk)
        batch = batch.create({"move_ids": moves.ids})
        alerts = batch.alerts
        self.assertEqual(self._requests(), (1, 2))
        self.assertIn('no engagement "42"', alerts["demat_found"]["message"])
        self.assertIn("when it is sent", alerts["demat_remarks"]["message"])
        # what leaves is asked about, with one token for the batch
        send = self.env["account.move.send"].with_user(self.clerk)
        data = {move: dict(send._get_default_sending_settings(move)) for move in moves}
        send._generate_invoice_documents(data)
        self.assertEqual(self._requests(), (1, 3))
        for move, values in data.items():
            number = move.purchase_order_reference
            self.assertIn(f'no engagement "{number}"', values["error"]["errors"][0])
