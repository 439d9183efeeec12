# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class PaymentTransaction(models.Model):
    """One payment on line for several customers of one group, booked for each."""

    _inherit = "payment.transaction"

    demat_portal_selection = fields.Boolean(
        string="Chosen on the portal",
        readonly=True,
        copy=False,
        help="The customer chose the invoices of this payment on his portal.",
    )

    def _create_payment(self, **extra_create_values):
        # EXTENDS account_payment: each customer's account gets what was paid for it,
        # where the host books all of it for whoever paid
        self.ensure_one()
        parts = self._demat_payment_parts() if self.demat_portal_selection else []
        if not parts:
            return super()._create_payment(**extra_create_values)
        payments = self.env["account.payment"]
        for partner, account, moves, amount in parts:
            payments |= self._demat_create_part(
                partner, account, moves, amount, extra_create_values
            )
        self.payment_id = payments[:1]
        return self.payment_id

    def _demat_payment_parts(self):
        """Return what to book: list of ``(partner, account, moves, amount)``.

        Empty if the amount is not what is left to pay any more (a partial capture, an
        invoice that was paid by another way in between): the host then books one
        payment as always.
        """
        moves = self.invoice_ids.filtered(lambda move: move.state == "posted")
        parts = []
        for partner, mine in moves.grouped("commercial_partner_id").items():
            by_account = mine.grouped(lambda move: move._demat_receivable_account())
            for account, some in by_account.items():
                amount = sum(move._demat_signed_residual() for move in some)
                parts.append((partner, account, some, self.currency_id.round(amount)))
        total = sum(amount for *_rest, amount in parts)
        if self.currency_id.compare_amounts(total, self.amount) or any(
            not account or self.currency_id.compare_amounts(amount, 0) <= 0
            for _partner, account, _moves, amount in parts
        ):
            return []
        return parts

    def _demat_create_part(self, partner, account, moves, amount, extra):
        """Book and reconcile what was paid for one customer; as the host does for all.

        :return: ``account.payment``
        """
        journal = self.provider_id.journal_id
        line = journal.inbound_payment_method_line_ids.filtered(
            lambda one: one.payment_provider_id == self.provider_id
        )
        payment = self.env["account.payment"].create(
            {
                "amount": amount,
                "payment_type": "inbound",
                "currency_id": self.currency_id.id,
                "partner_id": partner.id,
                "partner_type": "customer",
                "journal_id": journal.id,
                "company_id": self.provider_id.company_id.id,
                "payment_method_line_id": line.id,
                "payment_token_id": self.token_id.id,
                "payment_transaction_id": self.id,
                "memo": f"{self.reference} - {self.provider_reference or ''}",
                "invoice_ids": moves,
                "destination_account_id": account.id,
                **extra,
            }
        )
        payment.action_post()
        (payment.move_id.line_ids + moves.line_ids).filtered(
            lambda one: one.account_id == account and not one.reconciled
        ).reconcile()
        return payment
