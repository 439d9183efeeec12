# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from functools import partial
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import client, packages
from .common_flow import ChorusFlowCommon


@tagged("post_install", "-at_install")
class TestChorusFlow(ChorusFlowCommon):
    """Deposit: one flow for many, once whatever happens to the answer."""

    def test_two_invoices_ride_in_one_flow(self):
        moves = self._send_public(2)
        exchanges = self._out(moves)
        self.assertEqual(exchanges.mapped("state"), ["pending", "pending"])
        self.assertEqual(set(moves.mapped("demat_state")), {"sent"})
        self.assertEqual(set(moves.mapped("is_dematerialised")), {True})
        self.assertEqual(set(moves.mapped("chorus_state")), {"to_deposit"})
        mails = moves.demat_exchange_ids.filtered(lambda row: row.channel == "mail")
        self.assertFalse(mails, "a public entity is not mailed")
        self._deposit()
        flow = exchanges.chorus_flow_id
        self.assertEqual((len(flow), flow.state), (1, "deposited"))
        self.assertEqual(len(flow.number), 25)
        self.assertEqual(set(exchanges.mapped("state")), {"sending"})
        self.assertIn(flow.number, exchanges[0].report)
        self.assertTrue(flow._get_content(), "it can be made again")
        self._integrate(moves)
        self.assertEqual(flow.state, "integrated")
        self.assertEqual(set(exchanges.mapped("state")), {"done"})
        back = moves.demat_exchange_ids.filtered(lambda row: row.direction == "in")
        self.assertEqual(back.mapped("state"), ["done", "done"])
        self.assertIn("took the invoice", back[0].report)
        self.assertEqual(
            {one["number"] for one in self.chorus.invoices}, set(moves.mapped("name"))
        )
        self.assertEqual(self.chorus.calls["deposer/flux"], 1)
        self.assertEqual(set(moves.mapped("chorus_state")), {"with_recipient"})
        self.assertTrue(all(moves.chorus_invoice_ids.mapped("external_id")))

    def test_what_one_flow_cannot_hold_goes_in_several(self):
        """Limits of two invoices, so that three are enough to meet them."""
        moves = self._send_public(3)
        size = max(moves.demat_document_id.mapped("size"))
        # what a small archive has beside its files is counted too
        for limit in ({"max_count": 2}, {"max_bytes": 2 * size + 16_384}):
            with self.subTest(**limit):
                flows = self.env["chorus.flow"].sudo()
                with patch.object(packages, "split", partial(packages.split, **limit)):
                    parts = flows._pack(self.account.sudo())
                self.assertEqual(parts.mapped("invoice_count"), [2, 1])
                self.assertEqual(parts.exchange_ids, self._out(moves))
                parts.exchange_ids.chorus_flow_id = False
        self._integrate(moves)
        self.assertEqual(set(self._out(moves).mapped("state")), {"done"})
        self.assertEqual(self.chorus.calls["deposer/flux"], 1, "emptied flows stay")

    def test_what_no_flow_can_hold_is_something_to_do(self):
        move = self._send_public()
        with patch.object(packages, "MAX_FILE_BYTES", 1000):
            self._deposit()
        self.assertEqual(self._out(move).error_code, "too_large")
        self.assertEqual(move.activity_ids.user_id, self.clerk)
        self.assertIn("leave attachments out", move.activity_ids.note)

    def test_what_the_archive_cannot_give_is_something_to_do(self):
        good, broken = self._send_public(2)
        documents = self.env.registry["ged.document"]
        read = documents._get_content
        cause = "Its file is missing."

        def missing(document):
            if document == broken.demat_document_id:
                raise UserError(cause)
            return read(document)

        with patch.object(documents, "_get_content", missing):
            self._deposit()
        self.assertEqual(self._out(broken).error_code, "document")
        self.assertEqual(broken.activity_ids.user_id, self.clerk)
        self.assertIn("is missing", broken.activity_ids.note)
        self.assertEqual(self._out(good).state, "sending")
        self.assertFalse(good.activity_ids)

    def test_one_flow_that_fails_oddly_does_not_stop_the_others(self):
        moves = self.env["account.move"]
        for _flow in range(2):
            moves |= self._send_public()
            self.env["chorus.flow"].sudo()._pack(self.account.sudo())
        odd, other = (self._out(move).chorus_flow_id for move in moves)
        self.assertNotEqual(odd, other)
        announce, ask = type(odd)._announce, client.Client.flow_report

        def announced(flow):
            if flow == odd:
                raise ValueError("odd")
            return announce(flow)

        def asked(caller, number):
            if number == odd.number:
                raise ValueError("odd")
            return ask(caller, number)

        # a job takes back what was not committed, a test of a transaction cannot
        rollback = patch.object(self.env.cr, "rollback")
        with (
            rollback,
            patch.object(self.env.registry["chorus.flow"], "_announce", announced),
            self.assertLogs("odoo.addons.chorus_edi", "ERROR"),
        ):
            self._deposit()
        self.assertEqual((odd.state, other.state), ("draft", "deposited"))
        self.assertTrue(odd.next_at and odd.count == 1)
        self._deposit()
        self.assertEqual((odd.state, odd.count), ("deposited", 0))
        with (
            rollback,
            patch.object(client.Client, "flow_report", asked),
            self.assertLogs("odoo.addons.chorus_edi", "ERROR"),
        ):
            self._follow()
        self.assertEqual((odd.state, odd.count), ("deposited", 1))
        self.assertGreater(odd.next_at, odd.env.cr.now())
        self.assertEqual(other.state, "processing")
