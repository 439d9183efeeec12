# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from .common_bill import DematBillCommon

CUSTOMER_FOREIGN = "DE89370400440532013000"


@tagged("post_install", "-at_install")
class TestBillProblems(DematBillCommon):
    """What blocks a bill, why, and where it is mended; the others go on."""

    def test_missing_account_blocks_that_bill_and_the_others_go_on(self):
        good = self._bill()
        bad = self._bill(partner=self.silent)
        self.assertIn("no bank account", bad.problem)
        result = (good + bad).action_issue()
        self.assertEqual((good.state, bad.state), ("issued", "draft"))
        self.assertIn("no bank account", result["params"]["message"])
        self.assertEqual(result["params"]["type"], "warning")
        with self.assertRaises(RedirectWarning) as caught:
            bad.action_issue()
        _message, action, _button = caught.exception.args[:3]
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["res_id"], self.silent.id)

    def test_mended_account_frees_the_bill(self):
        bill = self._bill(partner=self.silent)
        self.assertEqual(bill.problem_code, "iban:missing")
        blocked = self.env["demat.bill"].search([("problem_code", "!=", False)])
        self.assertIn(bill, blocked)
        self.env["res.partner.bank"].create(
            {"acc_number": CUSTOMER_FOREIGN, "partner_id": self.silent.id}
        )
        self.assertEqual(bill.problem_code, "iban:foreign_account")
        self.assertEqual(bill.action_fix()["res_model"], "res.partner.bank")
        account = self.env["res.partner.bank"].create(
            {
                "acc_number": self.customer_account.acc_number,
                "partner_id": self.silent.id,
            }
        )
        bill.partner_bank_id = account
        self.assertFalse(bill.problem_code)
        self.assertFalse(bill.problem)
        bill.action_issue()

    def test_causes_and_where_they_are_mended(self):
        for values, record, code, model in (
            (
                {"company_registry": "123"},
                self.customer,
                "drawee_siren:siren",
                "partner",
            ),
            (
                {"company_registry": "552100555"},
                self.company.partner_id,
                "drawer_siren:siren",
                "partner",
            ),
            ({"acc_number": "123"}, self.customer_account, "iban:not_iban", "bank"),
        ):
            with self.cr.savepoint() as savepoint:
                bill = self._bill()
                record.write(values)
                self.assertEqual(bill.problem_code, code)
                self.assertTrue(bill.problem)
                self.assertIn(model, bill.action_fix()["res_model"])
                with self.assertRaises(RedirectWarning):
                    bill.action_issue()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_wrong_rib_key(self):
        # right for the world (ISO 13616), wrong for the bank
        self.customer_account.acc_number = "FR8420041010050500013M02607"
        bill = self._bill()
        self.assertEqual(bill.problem_code, "iban:rib_key")
        self.assertIn("RIB key", bill.problem)

    def test_place_is_missing(self):
        bill = self._bill()
        bill.issue_place = False
        self.assertEqual(bill.problem_code, "place:missing")
        self.assertEqual(bill.action_fix()["res_model"], "demat.bill")

    def test_due_date_is_over(self):
        bill = self._bill(invoice_date="2026-01-02", invoice_date_due="2026-02-02")
        self.assertEqual(bill.problem_code, "due_date:past_due")
        self.assertEqual(bill.action_fix()["res_model"], "account.move")

    def test_other_currency_is_blocked(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        bill = self._bill(currency_id=dollar.id)
        self.assertIn("euros only", bill.problem)
        with self.assertRaises(RedirectWarning):
            bill.action_issue()

    def test_paid_meanwhile(self):
        bill = self._bill()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.move_id.ids
        ).create({})._create_payments()
        with self.assertRaisesRegex(RedirectWarning, "paid"):
            bill.action_issue()
        (bill + self._bill()).action_issue()
        self.assertEqual(bill.problem_code, "line:unknown")

    def test_message_is_in_the_language_of_the_reader(self):
        """The cause is stored as a code, so nobody reads it in another's language."""
        bill = self._bill(partner=self.silent)
        self.assertEqual(bill.problem_code, "iban:missing")
        self.assertFalse(bill._fields["problem"].store)
