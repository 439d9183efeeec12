# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest import mock

from odoo import Command

from ..lib import statement_filter
from .common_group import GroupCase


class StatementCase(GroupCase):
    """A group of customers and what the statement tells its users."""

    @classmethod
    def _pay(cls, move, amount, day, ref="VIR ACCORD"):
        """An entry of the bank for an invoice, in its receivable account."""
        receivable = move.line_ids.filtered(lambda x: x.display_type == "payment_term")
        bank = cls.company_data["default_journal_bank"]
        account = receivable.account_id
        entry = cls._entry(
            day,
            (account, -amount, {"partner_id": move.partner_id.id}),
            (bank.default_account_id, amount, {}),
            journal_id=bank.id,
            ref=ref,
        )
        payment = entry.line_ids.filtered(lambda line: line.account_id == account)
        (receivable | payment).reconcile()
        return entry

    @classmethod
    def _entry(cls, day, *lines, **values):
        """A posted entry; lines are ``(account, debit or -credit, other values)``."""
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "balance": balance, **others}
                    )
                    for account, balance, others in lines
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    def _dollars(self, state="sent", **values):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        for day, rate in (("2026-01-01", 1.25), ("2026-10-01", 1.0)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "currency_id": dollar.id,
                    "rate": rate,
                    "company_id": self.company.id,
                }
            )
        move = self._published(amount=100, currency_id=dollar.id, **values)
        self._force_state(move, state)
        return move

    def _register(self, move, **values):
        """The host's payment; in the currency of the company, by its own entry."""
        bank = self.company_data["default_journal_bank"]
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {
            "journal_id": bank.id,
            "payment_date": "2026-10-15",
            "currency_id": self.company.currency_id.id,
            **values,
        }
        return register.create(values)._create_payments()

    def _pend(self, move):
        """A payment that the host has no entry of yet, which counts as paid.

        Where an application of accounting is there, whose answer is given here.
        """
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids.payment_account_id = False
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"journal_id": bank.id, "payment_date": "2026-11-20"}
        with mock.patch.object(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda self: "in_payment",
        ):
            register.create(values).action_create_payments()
            self.assertEqual(move.payment_state, "in_payment")

    def _elsewhere(self, amount):
        """What the customer owes to another company, which the owner sees then.

        :return: ``(company, entry)``
        """
        other = self.env["res.company"].create(
            {
                "name": "Carrelages du Rhône SA",
                "country_id": self.env.ref("base.be").id,
                "company_registry": "0477472701",
                "currency_id": self.company.currency_id.id,
            }
        )
        accounts = self.env["account.account"].with_company(other)
        account = accounts.create(
            {
                "name": "Clients",
                "code": "411900",
                "account_type": "asset_receivable",
                "company_ids": [Command.set(other.ids)],
            }
        )
        contra = accounts.create(
            {
                "name": "Reprise",
                "code": "890900",
                "account_type": "equity",
                "company_ids": [Command.set(other.ids)],
            }
        )
        journal = self.env["account.journal"].create(
            {"name": "OD", "code": "ODR", "type": "general", "company_id": other.id}
        )
        entry = self._entry(
            "2026-09-01",
            (account, amount, {"partner_id": self.customer.id}),
            (contra, -amount, {}),
            journal_id=journal.id,
        )
        self.owner.sudo().company_ids = [Command.link(other.id)]
        return other, entry

    def _values(self, user=None, **params):
        """What the page shows a user."""
        statement = self.env["demat.statement"].with_user(user or self.owner)
        wanted = statement_filter.read(params)
        return statement._page_values(statement._scope(wanted), wanted)

    def _names(self, **params):
        return [line["name"] for line in self._values(**params)["lines"]]
