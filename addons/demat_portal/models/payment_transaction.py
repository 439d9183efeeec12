# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .account_move_pay import OPEN_STATES


class PaymentTransaction(models.Model):
    """One payment on line for several customers of one group, booked for each."""

    _inherit = "payment.transaction"

    demat_portal_selection = fields.Boolean(
        string="Chosen on the portal",
        readonly=True,
        copy=False,
        help="The customer chose the invoices of this payment on his portal.",
    )

    demat_portal_shares = fields.Json(
        string="What it pays of each invoice",
        readonly=True,
        copy=False,
        help="What was left to pay of each invoice when the customer chose it.",
    )

    def _create_payment(self, **extra_create_values):
        # EXTENDS account_payment: each customer's account gets what was paid for it,
        # where the host books all of it for whoever paid
        self.ensure_one()
        # a partial capture has no invoices of its own
        origin = self.source_transaction_id or self
        if origin.demat_portal_shares and self.amount > 0:
            return self._demat_book_parts(origin, extra_create_values)
        entity = origin.invoice_ids.commercial_partner_id
        if len(entity) == 1:
            extra_create_values = {"partner_id": entity.id, **extra_create_values}
        return super()._create_payment(**extra_create_values)

    def _demat_book_parts(self, origin, extra):
        """Book what was paid for each customer; what is too much, for whoever paid.

        :return: ``account.payment``, the first one
        """
        payments = self.env["account.payment"]
        left = self.amount
        for partner, account, moves, amount in origin._demat_payment_parts():
            booked = min(amount, left)
            if self.currency_id.compare_amounts(booked, 0) > 0:
                payments |= self._demat_create_part(
                    partner, account, moves, booked, extra
                )
                left = self.currency_id.round(left - booked)
        if self.currency_id.compare_amounts(left, 0) > 0:
            payments |= self._demat_create_excess(origin, left, extra)
        self.payment_id = payments[:1]
        return self.payment_id

    def _demat_payment_parts(self):
        """Return what to book: list of ``(partner, account, moves, amount)``.

        As much as was chosen for each, and no more than is left to pay: an invoice may
        have been settled by another way in between.
        """
        parts = []
        moves = self.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.payment_state in OPEN_STATES
        )
        for (partner, account), some in moves._demat_pay_parts().items():
            left = sum(move._demat_signed_residual() for move in some)
            share = sum(self.demat_portal_shares.get(str(move.id), 0) for move in some)
            amount = self.currency_id.round(min(left, share))
            if self.currency_id.compare_amounts(amount, 0) > 0:
                parts.append((partner, account, some, amount))
        return parts

    def _demat_create_part(self, partner, account, moves, amount, extra):
        """Book and reconcile what was paid for one customer; as the host does for all.

        :return: ``account.payment``
        """
        payment = self._demat_post_payment(
            partner,
            amount,
            {"invoice_ids": moves, "destination_account_id": account.id, **extra},
        )
        (payment.move_id.line_ids + moves.line_ids).filtered(
            lambda one: one.account_id == account and not one.reconciled
        ).reconcile()
        return payment

    def _demat_create_excess(self, origin, amount, extra):
        """Book what was paid too much as a credit, and tell the clerks.

        :return: ``account.payment``
        """
        entity = origin.invoice_ids.commercial_partner_id
        if len(entity) != 1:
            entity = self.partner_id.commercial_partner_id
        payment = self._demat_post_payment(entity, amount, extra)
        message = self.env._(
            "%(amount)s of the payment %(reference)s is more than was left to pay: "
            "invoices of it were settled by another way in between. It is a credit on "
            "the account of %(customer)s: use it for another invoice, or pay it back.",
            amount=self.currency_id.format(amount),
            reference=origin.reference,
            customer=entity.display_name,
        )
        author = self.env.ref("base.partner_root")
        for record in (payment, *origin.invoice_ids):
            record.message_post(body=message, author_id=author.id)
        return payment

    def _demat_post_payment(self, partner, amount, values):
        """Make and post a payment of this transaction.

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
                **values,
            }
        )
        payment.action_post()
        return payment
