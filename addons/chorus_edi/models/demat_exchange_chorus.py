# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib import rhythm

CHORUS = "chorus"


class DematExchange(models.Model):
    """The channel of Chorus Pro: an exchange rides in a flow.

    The flow is announced, sent and settled as a whole (``chorus_flow*.py``); between
    the deposit and the report of the platform the exchange is *in progress*.
    """

    _inherit = "demat.exchange"

    channel = fields.Selection(
        selection_add=[(CHORUS, "Chorus Pro"), ("print",)],
        ondelete={CHORUS: lambda rows: rows._forget_chorus()},
    )
    chorus_flow_id = fields.Many2one(
        "chorus.flow", string="Flow", readonly=True, index="btree_not_null"
    )
    chorus_flow_ids = fields.Many2many(
        "chorus.flow",
        "chorus_flow_exchange_rel",
        "exchange_id",
        "flow_id",
        string="All Flows",
        readonly=True,
        help="Also those of earlier attempts.",
    )

    def _forget_chorus(self):
        """The addon goes: what was deposited stays as evidence, under another word."""
        self.write({"channel": "none", "external_id": False})

    @api.model
    def _interrupted_domain(self):
        # EXTENDS demat_base: these wait for the report; flows recover themselves
        return [*super()._interrupted_domain(), ("channel", "!=", CHORUS)]

    @api.model
    def _chorus_waiting_domain(self):
        """Domain of what is to be deposited and rides in no flow yet."""
        return (
            Domain("channel", "=", CHORUS)
            & Domain("direction", "=", "out")
            & Domain("state", "=", "pending")
            & Domain("document_id", "!=", False)
            & Domain("chorus_flow_id", "=", False)
        )

    def _chorus_goes_alone(self, account):
        """Say whether this rides in a flow of its own: once one that it rode in did not
        arrive, it may be what keeps it, and the others do not wait for it.

        An agreement about EDI files counts files: they stay together.
        """
        return account.mode == "api" and bool(self._chorus_flows_ended("absent"))

    def _chorus_flows_ended(self, state):
        """The flows of this one that came to such an end."""
        return self.chorus_flow_ids.filtered(lambda flow: flow.state == state)

    def _chorus_resend(self, state, text):
        """Send these again unasked, some times; then a person has to look.

        :param state: the end of their flow: ``incident`` or ``absent``
        :param text: what happened, for who sent them
        """
        again = self.filtered(
            lambda row: len(row._chorus_flows_ended(state)) <= rhythm.MAX_RESENDS
        )
        again._chorus_release({"error_text": text})
        given_up = self - again
        given_up._mark_failed(state, text)
        given_up._chorus_todo(text)
        self.env["chorus.flow"]._call_deposit()

    def _chorus_release(self, values=None):
        """Take these out of their flow: they wait for another one."""
        self._mark_pending({"chorus_flow_id": False, **(values or {})})

    # -- the buttons ------------------------------------------------------------------

    def _send_again(self, state, refusal):
        # EXTENDS demat_base: a flow leaves by the job, and what is unknown is asked for
        # at the platform before anybody decides
        chorus = self.filtered(lambda row: row.channel == CHORUS)
        if not chorus:
            return super()._send_again(state, refusal)
        if chorus != self:
            raise UserError(
                self.env._("Choose exchanges of Chorus Pro, or others, not both.")
            )
        self._check_may_act()
        self._check_still_current()
        if any(row.state != state for row in self.sudo()):
            raise UserError(refusal)
        if state == "unknown":
            return self.sudo().chorus_flow_id._ask_now()
        self.sudo()._chorus_release({"user_id": self.env.uid})
        self.env["chorus.flow"]._call_deposit()
        return self.env["chorus.flow"]._told(
            self.env._("It will be deposited in a moment.")
        )

    def action_cancel(self):
        # EXTENDS demat_base: what may be at Chorus Pro cannot be given up
        if any(row.channel == CHORUS and row.state == "unknown" for row in self.sudo()):
            raise UserError(
                self.env._(
                    "Chorus Pro may have it: ask Chorus Pro first, or say on the flow "
                    "that it did not arrive."
                )
            )
        return super().action_cancel()

    def action_confirm_arrival(self):
        # EXTENDS demat_base
        result = super().action_confirm_arrival()
        chorus = self.sudo().filtered(lambda row: row.chorus_flow_id.overdue_told)
        chorus._chorus_todo_done()
        self.sudo().chorus_flow_id._close_if_answered()
        return result
