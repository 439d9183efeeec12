# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lib import rhythm
from .common_flow import ChorusFlowCommon


@tagged("post_install", "-at_install")
class TestChorusOverdue(ChorusFlowCommon):
    """A flow that the platform never speaks of again is told to a person, once."""

    def _todos(self, move, number):
        notes = move.activity_ids.mapped("note")
        return [note for note in notes if number in note]

    def test_a_report_that_never_comes(self):
        self.chorus.control(settings={"polls": 50})
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        self._follow()
        self.assertEqual(flow.state, "processing")
        self.assertFalse(self._todos(move, flow.number), "it is not late yet")
        flow.sudo().deposited_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self._follow()
        self.assertEqual(len(self._todos(move, flow.number)), 1)
        move.activity_ids.action_done()
        self._follow()
        self.assertFalse(self._todos(move, flow.number), "once is enough")
        self.assertEqual(flow.state, "processing", "it is asked about all the same")

    def test_what_has_its_last_word_is_not_late(self):
        move = self._send_public()
        self._integrate(move)
        flow = self._out(move).chorus_flow_id
        flow.sudo().deposited_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self.assertFalse(self._todos(move, flow.number))

    def test_an_outcome_that_stays_unknown(self):
        move = self._send_public()
        self.chorus.fault("lose", "deposer/flux")
        self._deposit()
        flow = self._out(move).chorus_flow_id
        self._follow()
        self.assertFalse(move.activity_ids, "it is being found out")
        flow.sudo().started_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self._follow()
        self.assertEqual(len(move.activity_ids), 1)
        self.assertIn("not known", move.activity_ids.note)
        flow.sudo()._become_deposited("X" * 25)
        self.assertFalse(flow.overdue_told, "its report may be late in its turn")

    def test_what_never_arrives_is_told_in_the_end(self):
        moves = self._send_public(2)
        rows = self._out(moves)
        self.chorus.fault("lose", "deposer/flux", times=0)
        rounds = (rhythm.MAX_RESENDS + 1) * (len(rhythm.SETTLE) + 2)
        while rows[0].state != "failed" and rounds:
            self._deposit()
            rounds -= 1
        self.assertEqual(rows.mapped("state"), ["failed", "failed"])
        self.assertEqual(rows.mapped("error_code"), ["absent", "absent"])
        for row, move in zip(rows, moves, strict=True):
            flows = row.chorus_flow_ids.sorted("id")
            self.assertEqual(set(flows.mapped("state")), {"absent"})
            self.assertEqual(
                flows.mapped("invoice_count"), [2] + [1] * rhythm.MAX_RESENDS
            )
            self.assertEqual(move.activity_ids.user_id, self.clerk)
            self.assertIn("knows none of these", move.activity_ids.note)
        # a person may send it all the same
        self.chorus.reset()
        self.chorus.add_supplier(self.siret, self.company.name)
        moves[0].with_user(self.clerk).action_chorus_deposit()
        self._integrate(moves[0])
        self.assertEqual(rows.mapped("state"), ["done", "failed"])
