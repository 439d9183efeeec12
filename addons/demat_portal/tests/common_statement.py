# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
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

    def _values(self, user=None, **params):
        """What the page shows a user."""
        statement = self.env["demat.statement"].with_user(user or self.owner)
        wanted = statement_filter.read(params)
        return statement._page_values(statement._scope(wanted), wanted)

    def _names(self, **params):
        return [line["name"] for line in self._values(**params)["lines"]]
