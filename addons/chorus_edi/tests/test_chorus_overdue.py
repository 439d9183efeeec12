# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

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
