# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common_pay import PayCase

_INSTALMENTS = "due in instalments"


@tagged("post_install", "-at_install")
class TestPayInstalments(PayCase):
    """What is overdue is the same on the statement, on the home page and to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls.env["account.payment.term"].create(
            {
                "name": "Half now, half in a hundred years",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 36500)
                ],
            }
        )
        cls.move = cls._invoice(
            invoice_line_ids=[
                Command.create(
                    {"name": "Pose", "price_unit": 80, "tax_ids": [Command.clear()]}
                )
            ],
            invoice_payment_term_id=terms.id,
            invoice_date="2026-09-01",
        )
        cls._force_state(cls.move, "sent")

    def test_a_late_instalment_is_overdue_and_the_whole_is_charged(self):
        self._as(self.owner)
        statement = self._get("/my/statement?show=overdue&year=all").text
        self.assertIn(self.move.name, statement)
        self.assertIn("scope=overdue", statement)
        [card] = self._home("demat_card_overdue")
        self.assertIn("40.00", card.text_content())
        self.assertIn("1 invoice", card.text_content())
        [card] = self._home("demat_card_to_pay")
        self.assertIn("80.00", card.text_content())
        listed = self._get("/my/invoices?filterby=overdue_invoices").text
        self.assertIn(self.move.name, listed)
        page = self._page("scope=overdue")
        self.assertEqual(float(self._form(page).get("data-amount")), 80)
        self.assertIn(_INSTALMENTS, page.text_content())
        self.assertIn("days late", page.text_content())
        self._pay("scope=overdue")
        self.assertFalse(self.move.amount_residual)
        self.assertNotIn("scope=overdue", self._get("/my/statement").text)

    def test_an_instalment_that_was_paid_is_not_overdue(self):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        ).create({"amount": 40})._create_payments()
        plain = self._published(amount=7)
        self._as(self.owner)
        page = self._page("scope=overdue")
        self.assertEqual(float(self._form(page).get("data-amount")), 7)
        self.assertIn(plain.name, page.text_content())
        self.assertNotIn(_INSTALMENTS, page.text_content())
        [card] = self._home("demat_card_overdue")
        self.assertIn("7.00", card.text_content())

    def _home(self, name):
        return self._tree("/my").xpath(f"//a[@name='{name}']")

    def test_who_only_reads_is_offered_no_payment(self):
        firm = self._make_customer("Cabinet Chiffre", "cabinet@chiffre.example")
        accountant = self._portal_user("accountant", firm)
        today = fields.Date.today()
        self.env["demat.portal.access"].sudo().create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "name": "Paul Chiffre",
                "email": accountant.email,
                "reason": "Bilan",
                "state": "granted",
                "accountant_id": accountant.partner_id.id,
                "date_from": today - timedelta(days=30),
                "date_to": today,
            }
        )
        for user, offered in ((self.owner, True), (accountant, False)):
            with self.subTest(user.login):
                self._as(user)
                page = self._get("/my/statement?year=all").text
                self.assertIn(self.move.name, page)
                self.assertEqual("Pay what is overdue" in page, offered)
                self.assertEqual("Pay those ticked" in page, offered)
