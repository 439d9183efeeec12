# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .chorus_return import REFUSED, WAITING
from .chorus_times import naive

#: Code of the exchange of an invoice that a person says was refused.
TOLD = "told"


class ChorusInvoice(models.Model):
    """A person saw at the portal what became of an invoice that nobody told about.

    An EDI flow that was taken in except some, without a word which, leaves its invoices
    without an answer until each has a status of its own, which one that was refused
    may never get; so does one whose return file never comes. By the API the platform
    can be asked.
    """

    _inherit = "chorus.invoice"

    may_tell = fields.Boolean(compute="_compute_may_tell")

    @api.depends(
        "exchange_id.state",
        "exchange_id.chorus_flow_id.state",
        "exchange_id.chorus_flow_id.overdue_told",
    )
    def _compute_may_tell(self):
        """Once somebody was asked to look at it, and as long as it has no answer."""
        for invoice in self:
            exchange = invoice.exchange_id.sudo()
            flow = exchange.chorus_flow_id
            invoice.may_tell = (
                flow.mode == "edi"
                and exchange.state in WAITING
                and flow.state in ("deposited", "processing")
                and flow.overdue_told
            )

    def _tell(self, taken, reason):
        """Store what a person says became of the deposit; what the platform says
        later counts more (:meth:`_settle_by_status`).

        :param taken: whether Chorus Pro has it
        :param reason: where this is known from, in the person's words
        :raises UserError: it has an answer, or somebody else is treating it
        """
        self.ensure_one()
        exchange, flow = self.exchange_id.sudo(), self.flow_id.sudo()
        if not exchange._demat_try_lock() or not self.may_tell:
            raise UserError(
                self.env._(
                    "%(name)s: what became of it is known, or being found out right "
                    "now. Look at it again.",
                    name=self.number,
                )
            )
        values = {"user": self.env.user.name, "why": reason}
        self.move_id._chorus_todo_done()
        if taken:
            text = self.env._("%(user)s says that Chorus Pro has it: %(why)s", **values)
            exchange._add_log("done", "confirmed", text)
            exchange.confirmed_by_id = self.env.uid
            exchange._chorus_taken(flow)
        else:
            text = self.env._(
                "%(user)s says that Chorus Pro refused it: %(why)s", **values
            )
            exchange._chorus_refused(flow, [text], code=TOLD)
        self.move_id.sudo().message_post(body=text)
        flow._end_if_all_told()


class DematExchange(models.Model):
    _inherit = "demat.exchange"

    def _chorus_is_told(self):
        """Say whether only a person said what became of it: Chorus Pro has told of no
        status that says so.
        """
        self.ensure_one()
        if self.state == "failed":
            return self.error_code == TOLD
        return (
            self.state == "done"
            and bool(self.confirmed_by_id)
            and self._chorus_invoices().status in (False, REFUSED)
        )

    def _chorus_taken(self, flow, found=None):
        # EXTENDS: a person said that it was refused
        if self._chorus_is_told():
            text = self.env._("Chorus Pro has it, whatever was said before.")
            self._add_log("done", "corrected", text)
            self._chorus_overruled(text)
            self._mark_pending()
        return super()._chorus_taken(flow, found)

    def _chorus_refused(self, flow, texts, code="rejected"):
        # EXTENDS: a person said that Chorus Pro has it; who stands in the history
        if self._chorus_is_told():
            self._chorus_overruled(
                self.env._(
                    "Chorus Pro refused it, whatever was said before: %(why)s",
                    why="\n".join(texts),
                )
            )
            self.confirmed_by_id = False
            # what takes its number later has another one there
            self._chorus_invoices().write({"external_id": False})
        return super()._chorus_refused(flow, texts, code=code)

    def _chorus_overruled(self, text):
        move = self._get_document()
        if move:
            move._chorus_todo_done()
            move._message_log(body=text)


class ChorusFlow(models.Model):
    _inherit = "chorus.flow"

    def _take_return(self, line, file):
        # EXTENDS: what it says of the whole flow holds for what a person said, too;
        # which ones a partial one means is told by their own statuses
        told = self._current().filtered(lambda row: row._chorus_is_told())
        result = super()._take_return(line, file)
        overruled = {"integrated": "failed", "rejected": "done"}.get(line.outcome)
        rows = told.filtered(lambda row: row.state == overruled)
        if rows:
            self.write({"report_code": line.number, "report_at": naive(line.at)})
        for row in rows:
            if line.outcome == "integrated":
                row._chorus_taken(self)
            else:
                row._chorus_refused(self, [line.comment or self._no_reason()])
        if rows:
            self._end_if_all_told()
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    chorus_may_tell = fields.Boolean(
        compute="_compute_chorus_may_tell", compute_sudo=True
    )

    @api.depends("chorus_invoice_ids.may_tell")
    def _compute_chorus_may_tell(self):
        for move in self:
            move.chorus_may_tell = move.chorus_invoice_ids[:1].may_tell

    def action_chorus_tell(self):
        """Say what became of it at Chorus Pro: open the window."""
        self.ensure_one()
        self._demat_check_user()
        return self._chorus_window(
            "chorus.tell.wizard",
            self.env._("What became of %s", self.display_name),
        )
