# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..lib import bill_states as states


class DematBill(models.Model):
    """What the bank tells about a bill, in the host's books."""

    _inherit = "demat.bill"

    def _demat_pay(self, date=None):
        """Mark bills as paid. Where the instalment is still open, the host's own way
        of registering a payment books it; where somebody has reconciled it with the
        bank statement already, nothing is booked.

        :param date: of the payments; the due date of each bill if not given
        """
        self._demat_check_user()
        self._demat_check_states("pay")
        for bill in self:
            payment = bill._demat_register_payment(date or bill.due_date)
            bill._demat_apply("pay", payment_id=payment.id)

    def _demat_register_payment(self, date):
        """Return the payment made, empty if nothing was due any more."""
        line = self.line_id
        nothing = self.env["account.payment"]
        if not line or self.currency_id.is_zero(line.amount_residual_currency):
            return nothing
        journal = self.remittance_id.journal_id
        values = {
            "amount": min(self.amount, line.amount_residual_currency),
            "payment_date": min(date, fields.Date.context_today(self)),
            "communication": self.name,
        }
        if journal:
            values["journal_id"] = journal.id
        wizard = (
            self.env["account.payment.register"]
            .with_company(self.company_id)
            .with_context(
                active_model="account.move.line",
                active_ids=line.ids,
                dont_redirect_to_payments=True,
            )
            .create(values)
        )
        wanted = self.move_id.preferred_payment_method_line_id
        if wanted and wanted.journal_id == wizard.journal_id:
            wizard.payment_method_line_id = wanted
        return wizard._create_payments()

    def _demat_refuse(self, reason):
        """The bank returned the bills unpaid: the debt is open again.

        Our own payment is cancelled. A reconciliation that somebody made with the bank
        statement is left: the message on the invoice says that it has to be undone.
        """
        self._demat_check_user()
        self._demat_check_states("refuse")
        for bill in self:
            payment = bill.payment_id
            if payment and payment.state not in ("draft", "canceled"):
                payment.action_draft()
                payment.action_cancel()
            bill._demat_apply("refuse", reason=reason)
            bill.move_id.message_post(body=bill._demat_unpaid_message(reason))

    def _demat_unpaid_message(self, reason):
        text = self.env._(
            "The bill %(name)s of %(amount)s, due on %(date)s, came back unpaid: "
            "%(reason)s",
            name=self.name,
            amount=self.currency_id.format(self.amount),
            date=fields.Date.to_string(self.due_date),
            reason=reason,
        )
        if self.line_id and self.currency_id.is_zero(
            self.line_id.amount_residual_currency
        ):
            text += " " + self.env._(
                "The instalment is still reconciled: undo the reconciliation."
            )
        return text

    def _demat_cancel(self, reason):
        """Cancel bills, with their reason; the instalment may get another one.

        What a file of the bank names stays on its remittance.
        """
        free = self.filtered(lambda bill: bill.remittance_id.state == "draft")
        free._demat_apply("cancel", reason=reason, remittance_id=False)
        (self - free)._demat_apply("cancel", reason=reason)

    def _demat_in_bank(self):
        """Return those that the bank has, or had."""
        return self.filtered(lambda bill: bill.state in states.BANK_STATES)
