# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields

from .common import ChorusCommon


class ChorusFlowCommon(ChorusCommon):
    """Invoices that are sent to the simulated Chorus Pro, step by step."""

    def setUp(self):
        super().setUp()
        self.chorus.reset()
        self.chorus.add_supplier(self.siret, self.company.name)

    def _send_public(self, count=1, partner=None, **values):
        """Invoices to a public customer, sent and archived; nothing is deposited."""
        moves = self.env["account.move"].union(
            *(
                self._invoice(partner or self.town, invoice_date="2026-11-02", **values)
                for _number in range(count)
            )
        )
        self._send(moves)
        return moves

    def _out(self, moves):
        """The outgoing exchanges of these invoices."""
        return self.env["demat.exchange"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("channel", "=", "chorus"),
                ("direction", "=", "out"),
            ],
            order="id",
        )

    def _deposit(self):
        """One round of the job, whose errors would roll this test back."""
        self._make_due()
        flows = self.env["chorus.flow"].sudo()
        flows._recover_interrupted()
        flows._deposit_company(self.account)
        self.env.invalidate_all()

    def _follow(self):
        """One round of the other job."""
        self._make_due()
        self.account.sudo().next_poll_at = False
        self.account.sudo()._follow()
        self.env.invalidate_all()

    def _make_due(self):
        """What waits has waited long enough."""
        flows = self.env["chorus.flow"].sudo().search([("next_at", "!=", False)])
        flows.next_at = fields.Datetime.now()

    def _integrate(self, moves):
        """Deposit and follow until the platform has said its last word."""
        self._deposit()
        for _round in range(6):
            if set(self._out(moves).mapped("state")) & {"sending", "unknown"}:
                self._follow()
