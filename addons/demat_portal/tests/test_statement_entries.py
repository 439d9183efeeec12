# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common_statement import StatementCase


@tagged("post_install", "-at_install")
class TestStatementEntries(StatementCase):
    """What is neither invoice nor credit note on the account of a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._published(amount=300, due="2099-01-31")
        lines = cls.invoice.line_ids
        cls.receivable = lines.filtered(lambda x: x.display_type == "payment_term")
        cls.customers = cls.receivable.account_id
        cls.other = cls.company_data["default_account_revenue"]
        cls.owed = {"partner_id": cls.customer.id}

    def _account(self, currency="EUR", **params):
        accounts = self._values(**params)["accounts"]
        [account] = [one for one in accounts if one["currency"].name == currency]
        return account

    def _line(self, entry, **params):
        lines = self._values(**params)["lines"]
        return next(line for line in lines if line["name"] == entry.name)

    def test_opening_entry(self):
        """What an entry owes has its age, and is neither paid nor to be used."""
        late = self.owed | {"date_maturity": "2026-08-31"}
        entry = self._entry(
            "2026-01-01", (self.customers, 1000, late), (self.other, -1000, {})
        )
        account = self._account()
        self.assertEqual((account["balance"], account["late"]), (1300, 1000))
        self.assertEqual(account["ages"][0], 300)
        self.assertEqual((sum(account["ages"]), account["credit"]), (1300, 0))
        line = self._line(entry)
        self.assertEqual(
            (line["kind"], line["open"], line["late"]), ("entry", 1000, 1000)
        )
        self.assertEqual(str(line["due"]), "2026-08-31")
        self.assertGreater(line["days"], 60)
        self.assertFalse(line["payable"])
        self.assertEqual(self._names(show="overdue"), [entry.name])
        self.assertIn(entry.name, self._names(show="unpaid"))
        self._as(self.owner)
        page = self.url_open("/my/statement").text
        self.assertNotIn("Paid in advance", page)
        self.assertIn("days late", page)
        # late, and nothing that is paid on line
        self.assertNotIn("scope=overdue", page)
        csv = self.url_open("/my/statement/csv?show=overdue").text
        self.assertIn("1000.00;;1000.00;", csv)

    def test_bill_in_place_of_the_invoice(self):
        """An entry that nets to nothing, but leaves open what the invoice was."""
        bills = self.customers.copy({"code": "413900", "name": "Effets"})
        entry = self._entry(
            "2026-09-20",
            (self.customers, -300, self.owed),
            (bills, 300, self.owed | {"date_maturity": "2026-10-20"}),
        )
        credit = entry.line_ids.filtered(lambda x: x.account_id == self.customers)
        (self.receivable | credit).reconcile()
        account = self._account()
        self.assertEqual((account["balance"], account["late"]), (300, 300))
        self.assertEqual((sum(account["ages"]), account["credit"]), (300, 0))
        line = self._line(entry)
        self.assertEqual((line["amount"], line["open"]), (0, 300))
        self.assertEqual(self._line(self.invoice)["open"], 0)

    def test_payment_in_advance(self):
        """A payment that no invoice uses yet is not settled, and no debt."""
        entry = self._entry(
            "2026-10-01", (self.customers, -120, self.owed), (self.other, 120, {})
        )
        account = self._account()
        self.assertEqual((account["balance"], account["late"]), (180, 0))
        self.assertEqual(account["credit"], -120)
        self.assertEqual(account["credit_label"], "Paid in advance, credit notes")
        self.assertEqual(self._line(entry, show="unpaid")["open"], -120)

    def test_other_items(self):
        """Money given back for a credit note that was not sent: no age, no advance."""
        refund = self._invoice(move_type="out_refund")
        amount = refund.amount_total
        entry = self._entry(
            "2026-11-05",
            (self.customers, amount, self.owed),
            (self.other, -amount, {}),
        )
        lines = (refund | entry).line_ids
        lines.filtered(lambda x: x.account_id == self.customers).reconcile()
        account = self._account()
        self.assertEqual(float(account["credit"]), amount)
        self.assertEqual(account["credit_label"], "Other items")
        self._as(self.owner)
        self.assertIn("Other items", self.url_open("/my/statement").text)

    # -- currencies --------------------------------------------------------------------

    def _sums(self, **params):
        return {
            one["currency"].name: (
                float(one["balance"]),
                float(sum(one["ages"])),
                float(one["credit"]),
            )
            for one in self._values(**params)["accounts"]
        }

    def test_paid_in_another_currency(self):
        """An invoice in dollars paid in euros is paid, and the euros are not owed."""
        move = self._dollars()
        self.assertEqual(self._sums(), {"EUR": (300, 300, 0), "USD": (100, 100, 0)})
        payment = self._register(move)
        self.assertEqual(payment.amount, 100)
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._sums(), {"EUR": (300, 300, 0), "USD": (0, 0, 0)})
        lines = self._values()["lines"]
        shown = [
            (one["currency"].name, one["amount"])
            for one in lines
            if one["name"] == payment.move_id.name
        ]
        self.assertEqual(shown, [("USD", -100)])
        self.assertFalse({one["kind"] for one in lines} - {"invoice", "payment"})

    def test_euros_paid_in_dollars(self):
        """The other way round; the difference of exchange is no line of its own."""
        dollar = self._dollars().currency_id
        payment = self._register(self.invoice, currency_id=dollar.id, amount=250)
        self.assertEqual(payment.currency_id, dollar)
        sums = self._sums()
        self.assertEqual(sums["USD"], (100, 100, 0))
        self.assertEqual(sums["EUR"], (self.invoice.amount_residual,) * 2 + (0,))
        kinds = {one["kind"] for one in self._values()["lines"]}
        self.assertEqual(kinds, {"invoice", "payment"})

    def test_paid_in_part_in_another_currency(self):
        """What is left of the payment stays in its own currency."""
        move = self._dollars()
        self._register(move, amount=50)
        sums = self._sums()
        self.assertEqual(sums["USD"], (50, 50, 0))
        self.assertEqual(sums["EUR"], (300, 300, 0))
        entry = self._entry(
            "2026-10-20", (self.customers, -90, self.owed), (self.other, 90, {})
        )
        lines = (move | entry).line_ids
        lines.filtered(lambda x: x.account_id == self.customers).reconcile()
        sums = self._sums()
        self.assertEqual(sums["USD"], (0, 0, 0))
        self.assertEqual(sums["EUR"], (260, 300, -40))

    def test_another_currency_of_what_is_hidden(self):
        """The amount of an invoice that was not sent is not told by its payment."""
        move = self._dollars(state="ready")
        self._register(move)
        self.assertEqual(self._sums(), {"EUR": (200, 300, -100)})
        self._force_state(move, "sent")
        self.env.invalidate_all()
        self.assertEqual(self._sums(), {"EUR": (300, 300, 0), "USD": (0, 0, 0)})

    # -- references --------------------------------------------------------------------

    def test_reference_names_what_is_hidden(self):
        """No number of an invoice that was not sent, nor of another customer."""
        hidden = self._invoice()
        foreign = self._published(self.silent)
        first = self._pay(hidden, 10, "2026-11-03", ref=f"VIR ({hidden.name}).")
        second = self._pay(hidden, 10, "2026-11-03", ref=f"VIR X,{foreign.name}")
        third = self._pay(self.invoice, 10, "2026-11-03", ref=self.invoice.name)
        self.assertFalse(self._line(first)["ref"])
        self.assertFalse(self._line(second)["ref"])
        self.assertEqual(self._line(third)["ref"], self.invoice.name)
        self.assertNotIn(first.name, self._names(search=hidden.name))
        self.assertIn(third.name, self._names(search=self.invoice.name))
        self._as(self.owner)
        for kind in ("csv", "pdf"):
            text = self.url_open(f"/my/statement/{kind}").text
            self.assertNotIn(hidden.name, text)
        self._force_state(hidden, "sent")
        self.env.invalidate_all()
        self.assertIn(hidden.name, self._line(first)["ref"])

    def test_queries_do_not_grow(self):
        """As many queries for 30 payments, some in another currency, as for 5."""
        counts = []
        dollars = self._dollars()
        hidden = self._invoice()
        for entries in (5, 30):
            while len(self._values()["lines"]) < entries:
                self._pay(dollars, 1, "2026-11-03", ref=hidden.name)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._values()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # -- receipts ----------------------------------------------------------------------

    def test_receipt_with_its_payment(self):
        """A sales receipt is on the account, as what paid it; of others it is not."""
        tax = [Command.clear()]
        receipt = self._invoice(
            move_type="out_receipt",
            invoice_line_ids=[
                Command.create({"name": "Pose", "price_unit": 60, "tax_ids": tax})
            ],
        )
        self.assertEqual(self._account()["balance"], 360)
        self.assertEqual(self._line(receipt)["open"], 60)
        self._pay(receipt, 60, "2026-11-04")
        account = self._account()
        self.assertEqual((account["balance"], account["credit"]), (300, 0))
        self.assertEqual(self._line(receipt)["open"], 0)
        self.assertFalse(self._values(self.neighbour)["lines"])
        self._as(self.owner)
        self.assertEqual(self._get(f"/my/invoices/{receipt.id}").status_code, 200)
        self.assertIn(receipt.name, self.url_open("/my/invoices").text)
        self._as(self.neighbour)
        self.assertNotEqual(self._get(f"/my/invoices/{receipt.id}").status_code, 200)
