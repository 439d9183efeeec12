# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL

#: What a customer owes, and what reduces it when he chooses so.
PAYABLE_TYPES = ("out_invoice", "out_receipt", "out_refund")
OPEN_STATES = ("not_paid", "partial")
#: Invoices of one payment: each one is reconciled and told in its chatter at once.
MOST = 500


class AccountMove(models.Model):
    """What a customer may pay on the portal, and how it falls into payments."""

    _inherit = "account.move"

    @api.model
    def _demat_payable_domain(self, own=None):
        """Return the domain of what the user of the environment may pay.

        :param own: what ``_demat_portal_own`` returns, where it is known already

        His own entities only: whoever merely reads for somebody else does not pay for
        him. The record rules restrict it to what was sent.
        """
        own = self.env.user._demat_portal_own() if own is None else own
        return (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", PAYABLE_TYPES)
            & Domain("payment_state", "in", OPEN_STATES)
            & Domain("commercial_partner_id", "in", own.ids)
        )

    @api.model
    def _demat_overdue_domain(self, own=None):
        """Return the domain of what the user of the environment owes and is late: an
        invoice of which an instalment is past, as on the statement.

        :param own: what ``_demat_portal_own`` returns, where it is known already
        """
        own = self.env.user._demat_portal_own() if own is None else own
        return (
            self._demat_payable_domain(own)
            & Domain("move_type", "!=", "out_refund")
            # the rules of the invoice have decided; those of its lines would ask again
            & Domain("line_ids", "any!", self._demat_late_terms_domain(own))
        )

    @api.model
    def _demat_late_terms_domain(self, own=None):
        """Return the domain of the lines (instalments) that are late.

        They are found by their partner, which is the commercial entity.

        :param own: what ``_demat_portal_own`` returns, where it is known already
        """
        own = self.env.user._demat_portal_own() if own is None else own
        return (
            Domain("partner_id", "in", own.ids)
            & Domain("display_type", "=", "payment_term")
            & Domain("date_maturity", "<", fields.Date.context_today(self))
            & Domain("amount_residual_currency", ">", 0)
        )

    def _has_to_be_paid(self):
        # EXTENDS account_payment: an accountant reads what he was let in to, no more;
        # what was taken and is not booked yet is not taken again
        self.ensure_one()
        if not (super()._has_to_be_paid() and self._demat_may_pay()):
            return False
        # a list asks each of its invoices, and few have any
        transactions = self.sudo().transaction_ids
        return not (transactions and transactions.filtered_domain(_taken_domain()))

    def _demat_may_pay(self):
        """Say whether the user of the session may pay this move on line.

        The host's pages ask it as the superuser, so the session tells who he is.
        Whoever reads it by a granted access only may not; the rest is the host's. What
        can be told without a query comes first: lists ask it per invoice.
        """
        self.ensure_one()
        user = request.env.user if request else self.env.user
        if user._is_public() or user._is_internal():
            return True
        entity = self.sudo().commercial_partner_id
        return (
            entity == user.sudo().commercial_partner_id
            or entity.id not in user._demat_portal_granted_ids()
            or entity in user._demat_portal_own()
        )

    def _demat_signed_residual(self):
        """Return what the move adds to a payment, in its currency."""
        self.ensure_one()
        sign = -1 if self.move_type == "out_refund" else 1
        return sign * self.amount_residual

    def _demat_receivable_account(self):
        """Return the account on which the customer owes this move."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return lines[:1].account_id

    def _demat_paying(self):
        """Return those of these moves for which a payment is on its way, or was taken
        and is not booked yet.
        """
        if not self:
            return self
        waiting = Domain("state", "in", ("pending", "authorized")) & Domain(
            "provider_code", "not in", ("none", "custom")
        )
        transactions = (
            self.env["payment.transaction"]
            .sudo()
            .search(Domain("invoice_ids", "in", self.ids) & (waiting | _taken_domain()))
        )
        return self & transactions.invoice_ids.sudo(self.env.su)

    def _demat_lock_to_pay(self):
        """Keep every other window from starting a payment of these moves.

        While one is at work the other is refused. When the first has just finished,
        PostgreSQL finds a conflict and the host does the request again, which then sees
        the payment of the first. A lock alone would not do that: once released it
        leaves no trace for a snapshot that is older (REPEATABLE READ), hence the update
        that changes nothing.

        :raise ValidationError: another window is at work
        """
        if not self:
            return
        if self._demat_try_lock() != self:
            raise ValidationError(
                self.env._(
                    "These invoices are in use at this moment, maybe a payment was "
                    "started in another window. Nothing was charged here: look at your "
                    "statement in a minute, and pay what is still left."
                )
            )
        touch = "UPDATE account_move SET write_date = write_date WHERE id IN %s"
        self.env.cr.execute(SQL(touch, self._ids), log_exceptions=False)

    def _demat_pay_groups(self):
        """Return how these moves fall into payments: one per company and currency.

        :return: list of dictionaries ``company``, ``currency``, ``moves``, ``amount``,
            ``entities`` (list of ``(partner, amount)``), ``dues`` (``{id: date}``),
            ``instalments`` (whether some of it is not due yet, but charged with what
            is) and ``problem`` (``None``, or why this group cannot be paid as it is)
        """
        found = self.sudo().grouped(lambda move: (move.company_id, move.currency_id))
        return [
            self._demat_pay_group(company, currency, moves)
            for (company, currency), moves in found.items()
        ]

    @api.model
    def _demat_pay_group(self, company, currency, moves):
        entities = [
            (
                partner,
                currency.round(sum(one._demat_signed_residual() for one in part)),
            )
            for partner, part in moves.grouped("commercial_partner_id").items()
        ]
        today = fields.Date.context_today(self)
        terms = {move: move._demat_open_terms() for move in moves}
        return {
            "company": company,
            "currency": currency,
            "moves": moves,
            "amount": currency.round(sum(amount for _partner, amount in entities)),
            "entities": entities,
            "dues": {
                move.id: min(days, default=move.invoice_date_due)
                for move, days in terms.items()
            },
            "instalments": any(
                len(days) > 1 and max(days) >= today for days in terms.values()
            ),
            "problem": self._demat_pay_problem(currency, moves),
        }

    def _demat_open_terms(self):
        """Return the days on which what is left is due, one per instalment."""
        self.ensure_one()
        return [
            line.date_maturity
            for line in self.line_ids
            if line.display_type == "payment_term"
            and line.date_maturity
            and line.amount_residual_currency > 0
        ]

    def _demat_pay_parts(self):
        """Return what is booked together: ``{(entity, receivable account): moves}``."""
        return self.grouped(
            lambda move: (move.commercial_partner_id, move._demat_receivable_account())
        )

    @api.model
    def _demat_pay_problem(self, currency, moves):
        """Say why a group cannot be paid as it is; a credit note reduces what its own
        entity owes on the same account, never what another one does.
        """
        parts = moves._demat_pay_parts()
        for (partner, _account), part in parts.items():
            amount = sum(move._demat_signed_residual() for move in part)
            if currency.compare_amounts(amount, 0) > 0:
                continue
            if sum(entity == partner for entity, _other in parts) > 1:
                return self.env._(
                    "%(names)s cannot be deducted from the other invoices that you "
                    "chose for %(customer)s, which are kept on another account: leave "
                    "it out, or ask us.",
                    names=", ".join(part.mapped("name")),
                    customer=partner.display_name,
                )
            return self.env._(
                "The credit notes that you chose for %(customer)s reach or exceed "
                "its invoices: leave out a credit note, or choose more invoices.",
                customer=partner.display_name,
            )
        if len(moves) > MOST:
            return self.env._(
                "%(count)s invoices were chosen, one payment takes %(most)s: choose "
                "fewer.",
                count=len(moves),
                most=MOST,
            )
        return None

    def _demat_pay_reference(self):
        """Return what a bank transfer for these moves says: their numbers, as far as
        the 140 characters of a SEPA transfer go.
        """
        names = [move.payment_reference or move.name for move in self]
        text = " ".join(names)
        while len(text) > 140:
            names.pop()
            left = len(self) - len(names)
            text = f"{' '.join(names)} +{left}"
        return text

    def _demat_pay_bank(self):
        """Return the bank account that a transfer for these moves goes to, if any."""
        companies = self.company_id.partner_id
        chosen = self.filtered(lambda move: move.move_type != "out_refund")
        bank = chosen.partner_bank_id
        if len(bank) == 1 and bank.partner_id == companies:
            return bank
        return companies.bank_ids[:1]


def _taken_domain():
    """Return the domain of transactions that took money which is not booked yet."""
    return Domain("state", "=", "done") & Domain("is_post_processed", "=", False)
