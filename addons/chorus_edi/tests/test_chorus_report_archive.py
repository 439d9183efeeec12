# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import json
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..lib import errors
from ..lib.returns import FlowStatus, ReturnFile
from ..models.chorus_report_archive import ACTIVITY
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
        # one more round files nothing a second time
        self._follow()
        self.assertEqual(flow.document_id, document)

    def test_it_is_filed_though_the_following_stops(self):
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        away = patch.object(
            self.env.registry["chorus.invoice"],
            "_follow_account",
            side_effect=errors.RetryLater("away"),
        )
        for _round in range(6):
            # assertRaises would take back what the round did
            with away as following, contextlib.suppress(errors.RetryLater):
                self._follow()
            self.assertEqual(following.call_count, 1)
        self.assertEqual(flow.state, "integrated")
        self.assertTrue(flow.document_id)

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
        self._follow()
        self.assertFalse(flow.document_id)

    def test_an_archive_that_takes_nothing_holds_nothing_up(self):
        boss = new_test_user(
            self.env,
            "chorus_boss",
            groups="base.group_system",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        kind = self.env.ref("ged_archive.ged_kind_chorus_report")
        kind.sudo().unlink()
        move = self._send_public()
        with self.assertLogs("odoo.addons.chorus_edi", "WARNING") as logs:
            self._integrate(move)
            self._follow()
        self.assertIn("is not filed in the archive", logs.output[0])
        flow = self._out(move).chorus_flow_id
        self.assertEqual(
            (flow.state, move.chorus_state), ("integrated", "with_recipient")
        )
        self.assertFalse(flow.document_id)
        account = self.account.sudo()
        told = account.activity_search([ACTIVITY], user_id=boss.id)
        self.assertEqual(len(told), 1, "once, though each round meets it")
        self.assertIn(flow.display_name, told.note)
        self.assertIn("chorus_report", told.note, "the cause, with its remedy")
        other = self._send_public()
        with self.assertLogs("odoo.addons.chorus_edi", "WARNING"):
            self._integrate(other)
        self.assertEqual(
            account.activity_search([ACTIVITY], user_id=boss.id), told, "the same one"
        )
        self.env["ged.kind"].sudo().create(
            {"code": "chorus_report", "name": "Answers", "retention_years": 10}
        )
        self._follow()
        self.assertTrue(flow.document_id, "a later round does it")
        self.assertTrue(self._out(other).chorus_flow_id.document_id)
        self.assertFalse(account.activity_search([ACTIVITY]))

    def test_a_later_word_by_another_way_is_not_the_answer(self):
        """The API said that it was being checked, a return file the last word."""
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id.sudo()
        flow.write({"state": "processing", "report_raw": {"etat": "en cours"}})
        line = FlowStatus(flow.number, "91", "rejected", "Rejeté", None)
        flow._take_return(line, ReturnFile("r.xml", "", "flows", flows=(line,)))
        self.assertEqual(flow.state, "rejected")
        self.assertFalse(flow.report_raw)

    def test_who_reads_it(self):
        move = self._send_public()
        self._integrate(move)
        document = self._out(move).chorus_flow_id.document_id
        self.assertTrue(document.with_user(self.clerk).name)
        reader = self._make_user("reader", "ged_archive.group_ged_user")
        auditor = self._make_user("auditor", "ged_archive.group_ged_auditor")
        self.assertTrue(document.with_user(auditor).name)
        company = self.env["res.company"].create({"name": "Une autre"})
        stranger = self.clerk.copy({"login": "stranger"})
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        for user in (reader, stranger):
            with self.assertRaises(AccessError):
                _name = document.with_user(user).name
