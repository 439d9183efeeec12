# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from ..models.demat_statement import AGES
from .common_statement import StatementCase


@tagged("post_install", "-at_install")
class TestStatementSums(StatementCase):
    """The sums are made apart from the lines, and amounts written apart from the host:
    both say the same."""

    def test_amounts_are_written_as_by_the_host(self):
        statement = self.env["demat.statement"]
        amounts = (0, -0.0, 0.004, -0.004, 1, -1, 1234.5, -1234.5, 999999.99)
        amounts += (2.675, 1.005, -0.125, 1234567890.12, 0.1 + 0.2, 12.3456789)
        grouped = self.env["res.lang"]._activate_lang("hi_IN")
        grouped.grouping = "[3,2,0]"
        currencies = self.env["res.currency"].with_context(active_test=False)
        names = ("EUR", "USD", "JPY", "TND", "CHF")
        currencies = currencies.search([("name", "in", names)])
        self.assertEqual(len(currencies), len(names))
        currencies.filtered(lambda one: one.name == "CHF").rounding = 0.05
        for lang in ("fr_FR", "en_US", "hi_IN"):
            for currency in currencies.with_context(lang=lang):
                write = statement.with_context(lang=lang)._money(currency)
                with self.subTest(lang=lang, currency=currency.name):
                    self.assertEqual(
                        [write(amount) for amount in amounts],
                        [currency.format(amount) for amount in amounts],
                    )

    def test_month_of_an_entry_that_moves_nothing(self):
        """It is no line, so that its year has no tab; beside another one it has."""
        invoice = self._published(amount=300, due="2099-01-31")
        customers = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id
        owed = {"partner_id": self.customer.id}
        entry = self._entry("2024-05-10", (customers, 80, owed), (customers, -80, owed))
        entry.line_ids.reconcile()
        self.assertEqual(self._values()["years"], [invoice.date.year])
        other = self.company_data["default_account_revenue"]
        moved = [
            self._entry("2024-05-11", (customers, one, owed), (other, -one, {}))
            for one in (55, -55)
        ]
        (moved[0] | moved[1]).line_ids.filtered(
            lambda line: line.account_id == customers
        ).reconcile()
        values = self._values(year="2024")
        self.assertEqual(values["years"], [invoice.date.year, 2024])
        names = {line["name"] for line in values["lines"]}
        self.assertEqual(names, {move.name for move in moved})

    def test_sums_are_those_of_the_lines(self):
        paid = self._published(amount=450, due="2026-08-31")
        self._pay(paid, 120, "2026-09-20")
        self._published(amount=70, due="2099-01-31")
        self._published(self.subsidiary, amount=33.33, due="2026-10-31")
        values = self._values(year="all")
        [account] = values["accounts"]
        lines = values["lines"]
        for name, total in (
            ("balance", sum(line["amount"] for line in lines)),
            ("late", sum(line["late"] for line in lines)),
        ):
            self.assertAlmostEqual(account[name], total, 6)
        self.assertAlmostEqual(account["balance"], 433.33, 6)
        self.assertAlmostEqual(account["late"], 363.33, 6)
        self.assertAlmostEqual(sum(account["ages"]), 433.33, 6)
        self.assertEqual(len(account["ages"]), len(AGES))
