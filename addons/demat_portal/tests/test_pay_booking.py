# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common_pay import PayCase


@tagged("post_install", "-at_install")
class TestPayBooking(PayCase):
    """On whose account a payment is booked, whatever happened in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._published(amount=100)
        cls.theirs = cls._published(cls.subsidiary, amount=40)

    def _settle(self, move, amount):
        """A clerk books what came by another way."""
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"amount": amount})._create_payments()

    def _booked(self, transaction):
        return {(one.partner_id, one.amount) for one in self._payments(transaction)}

    def _move_to_another_account(self, move):
        account = move._demat_receivable_account().copy()
        lines = move.line_ids.filtered(lambda x: x.display_type == "payment_term")
        lines.with_context(skip_readonly_check=True).account_id = account

    def test_host_page_of_the_subsidiary_books_on_the_subsidiary(self):
        self._as(self.owner)
        values, error = self._pay_on_host_page(self.theirs)
        self.assertFalse(error)
        transaction = self._answer(self._transaction(values["reference"]))
        self._book(transaction)
        self.assertEqual(transaction.partner_id, self.owner.partner_id)
        self.assertEqual(self._booked(transaction), {(self.subsidiary, 40.0)})
        self.assertFalse(self.theirs.amount_residual)

    def test_what_was_settled_meanwhile_is_a_credit_of_who_paid(self):
        self._as(self.owner)
        transaction = self._take(self._ids(self.mine, self.theirs))
        self._settle(self.theirs, 30)
        self._book(transaction)
        self.assertEqual(
            self._booked(transaction),
            {(self.customer, 100.0), (self.subsidiary, 10.0), (self.customer, 30.0)},
        )
        self.assertFalse((self.mine | self.theirs).filtered("amount_residual"))
        credit = self._payments(transaction).filtered(lambda one: one.amount == 30)
        self.assertEqual(credit.partner_id, self.customer)
        open_lines = credit.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(open_lines.amount_residual, -30, "left open for the clerk")
        for record in (credit, self.mine, self.theirs):
            notes = " ".join(record.message_ids.mapped("body"))
            self.assertIn("is more than was left to pay", notes)
            self.assertIn("30.00", notes)

    def test_all_was_settled_meanwhile(self):
        self._as(self.owner)
        transaction = self._take(self._ids(self.theirs))
        self._settle(self.theirs, 40)
        self._book(transaction)
        # one customer only: the credit is his
        self.assertEqual(self._booked(transaction), {(self.subsidiary, 40.0)})
        self.assertTrue(transaction.is_post_processed)

    def test_part_of_an_authorisation_is_booked_within_its_shares(self):
        # the demo provider captures by parts once the host lets it
        self.provider.capture_manually = True
        self._as(self.owner)
        transaction = self._take(self._ids(self.mine, self.theirs))
        self.assertEqual(transaction.state, "authorized")
        for amount, expected in ((100, 40), (40, 0)):
            child = transaction._capture(amount)
            child._post_process()
            self.env.invalidate_all()
            self.assertEqual(
                sum((self.mine | self.theirs).mapped("amount_residual")), expected
            )
        for partner, move in (
            (self.customer, self.mine),
            (self.subsidiary, self.theirs),
        ):
            paid = self.env["account.payment"].search([("partner_id", "=", partner.id)])
            self.assertEqual(sum(paid.mapped("amount")), move.amount_total)

    def test_a_credit_note_on_another_account_is_refused_before(self):
        note = self._published(amount=30, move_type="out_refund")
        self._as(self.owner)
        self._page(self._ids(self.mine, note))
        token, amount = self._offer(self._ids(self.mine, note))
        self.assertEqual(amount, 70)
        self._move_to_another_account(note)
        page = self._page(self._ids(self.mine, note))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
        self.assertIn(f"{note.name} cannot be deducted", page.text_content())
        _result, error = self._start(token)
        self.assertIn("has changed", error["data"]["message"])
