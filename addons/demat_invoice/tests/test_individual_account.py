# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestIndividualAccount(DematInvoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"demat_individual_account": True, "demat_account_prefix": "411"}
        )

    def _receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id

    def test_first_validation_creates_the_account_and_uses_it(self):
        move = self._invoice(post=False)
        shared = self._receivable(move)
        move.with_user(self.clerk).action_post()
        account = self._receivable(move)
        self.assertNotEqual(account, shared)
        self.assertEqual(account.account_type, "asset_receivable")
        self.assertTrue(account.reconcile)
        self.assertEqual(account.name, self.customer.name)
        self.assertTrue(account.code.startswith("411"))
        self.assertEqual(
            self.customer.with_company(self.company).property_account_receivable_id,
            account,
        )

    def test_second_invoice_uses_the_same_account(self):
        first, second = self._invoice(), self._invoice()
        self.assertEqual(self._receivable(first), self._receivable(second))

    def test_two_customers_two_accounts(self):
        one, two = self._invoice(), self._invoice(self.silent)
        self.assertNotEqual(self._receivable(one), self._receivable(two))

    def test_reference_numbering(self):
        self.company.demat_account_numbering = "reference"
        self.customer.ref = "du-35"
        self.assertEqual(self._receivable(self._invoice()).code, "411DU35")

    def test_taken_or_missing_reference_falls_back_to_the_counter(self):
        self.company.demat_account_numbering = "reference"
        self.customer.ref = self.silent.ref = "35"
        first = self._receivable(self._invoice())
        second = self._receivable(self._invoice(self.silent))
        self.assertEqual(first.code, "41135")
        self.assertNotEqual(second.code, first.code)
        self.assertTrue(second.code.startswith("411"))

    def test_an_account_chosen_by_the_accountant_is_kept(self):
        chosen = self.env["account.account"].create(
            {
                "code": "411VIP",
                "name": "Chosen",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        self.customer.property_account_receivable_id = chosen
        self.assertEqual(self._receivable(self._invoice()), chosen)

    def test_an_account_chosen_on_the_invoice_is_kept(self):
        chosen = self.company_data["default_account_receivable"].copy({"code": "411X"})
        move = self._invoice(post=False)
        line = move.line_ids.filtered(lambda row: row.display_type == "payment_term")
        line.account_id = chosen
        move.action_post()
        self.assertEqual(self._receivable(move), chosen)

    def test_contact_of_a_customer_shares_his_account(self):
        contact = self.env["res.partner"].create(
            {"name": "Comptabilité", "parent_id": self.customer.id, "type": "invoice"}
        )
        own = self._receivable(self._invoice())
        self.assertEqual(self._receivable(self._invoice(contact)), own)

    def test_switched_off_nothing_is_created(self):
        self.company.demat_individual_account = False
        count = self.env["account.account"].search_count([])
        self._invoice()
        self.assertEqual(self.env["account.account"].search_count([]), count)
