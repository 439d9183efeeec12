# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_flow import ChorusFlowCommon

#: A public entity that demands nothing, beside those of the simulator.
OTHER = "12345678200077"


@tagged("post_install", "-at_install")
class TestChorusReportArchive(ChorusFlowCommon):
    """The answer of the platform is filed as it came, once it is the last one."""

    def test_the_report_of_one_customer(self):
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        self.assertFalse(flow.document_id, "nothing came yet")
        self._integrate(move)
        document = flow.document_id
        self.assertEqual(document.kind_id.code, "chorus_report")
        self.assertEqual(document.filename, f"CHORUS_{flow.number}.json")
        self.assertEqual(document.partner_id, move.commercial_partner_id)
        self.assertEqual((document.res_model, document.res_id), (flow._name, flow.id))
        answer = json.loads(document._get_content())
        self.assertEqual(answer, flow.sudo().report_raw)
        self.assertIn(flow.number, json.dumps(answer))
        self.assertTrue(document.retention_until)
        self.assertFalse(document.portal_visible, "it is not the customer's")
        # the flow is over: nothing is filed a second time
        flow.sudo()._end("integrated")
        self.assertEqual(flow.document_id, document)

    def test_the_report_of_several_customers(self):
        self.chorus.add_structure(OTHER, "Autre ville")
        other = self._public("Autre ville", OTHER)
        moves = self._send_public() | self._send_public(partner=other)
        self._integrate(moves)
        flow = self._out(moves).chorus_flow_id
        self.assertEqual(flow.invoice_count, 2)
        self.assertFalse(flow.document_id.partner_id)
        self.assertTrue(flow.document_id)

    def test_an_end_without_an_answer(self):
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        flow.sudo()._end("absent")
        self.assertFalse(flow.document_id)

    def test_another_company_does_not_read_it(self):
        move = self._send_public()
        self._integrate(move)
        document = self._out(move).chorus_flow_id.document_id
        stranger = self.clerk.copy({"login": "stranger"})
        company = self.env["res.company"].create({"name": "Une autre"})
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertTrue(document.with_user(self.clerk).name)
        with self.assertRaises(AccessError):
            _name = document.with_user(stranger).name
