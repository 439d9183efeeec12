# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from ..hooks import _keep_used_methods
from ..lib import bill_states as states
from .common_bill import DematBillCommon


@tagged("post_install", "-at_install")
class TestBillLife(DematBillCommon):
    """Every state change, by the clerk and by the administrator."""

    def flush_tracking(self):
        """What the host writes before it commits."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _wizard(self, action, user, **values):
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create(values)
        )

    def test_accepted_lcr_from_draft_to_paid(self):
        # the host's tests switch tracking off
        bill = self._bill().with_context(tracking_disable=False, mail_notrack=False)
        self.flush_tracking()
        bill.action_issue()
        bill.action_send()
        self.assertEqual(bill.state, "sent")
        bill.action_accept()
        self.assertEqual(bill.state, "accepted")
        self._remit(bill)
        self.assertEqual(bill.state, "remitted")
        bill.action_pay()
        self.assertEqual(bill.state, "paid")
        self.assertEqual(
            self._acts(bill),
            ["create", "issue", "send", "accept", "remit", "pay"],
        )
        self.assertEqual(bill.change_ids.user_id, self.clerk)
        self.flush_tracking()
        tracked = bill.message_ids.sudo().tracking_value_ids.filtered(
            lambda row: row.field_id.name == "state"
        )
        self.assertTrue(tracked)

    def test_lcr_without_acceptance_goes_straight_to_the_bank(self):
        bill = self._bill("lcr_not_accepted", "issued")
        for act in ("action_send", "action_accept"):
            with self.assertRaisesRegex(UserError, bill.name):
                getattr(bill, act)()
        self._remit(bill)
        self.assertEqual(bill.state, "remitted")
        self.assertEqual(self._acts(bill), ["create", "issue", "remit"])

    def test_unsigned_bill_does_not_go_to_the_bank(self):
        for kind in sorted(states.SIGNED_KINDS):
            bill = self._bill(kind, "issued")
            with self.assertRaisesRegex(UserError, "returned accepted"):
                bill.action_remit()

    def test_promissory_note_gets_its_account_when_it_comes_back(self):
        """The customer writes his account on the note that he signs."""
        bill = self._bill("bor", partner=self.silent)
        self.assertFalse(bill.problem)
        bill.action_issue()
        with self.assertRaises(RedirectWarning):
            bill.action_accept()
        account = self.customer_account.copy({"partner_id": self.silent.id})
        bill.partner_bank_id = account
        self.assertFalse(bill.rib)
        bill.action_accept()
        self.assertEqual(bill.rib, "20041 01005 0500013M026 06")
        with self.assertRaisesRegex(UserError, "issued"):
            bill.partner_bank_id = False

    def test_acts_refuse_the_wrong_state(self):
        """Each act on a bill of each other state, both kinds of paper."""
        acts = {
            "issue": lambda bill: bill.action_issue(),
            "send": lambda bill: bill.action_send(),
            "accept": lambda bill: bill.action_accept(),
            "pay": lambda bill: bill.action_pay(),
            "refuse": lambda bill: bill._demat_refuse("Why"),
            "cancel": lambda bill: bill._demat_cancel("Why"),
        }
        for state in ("draft", "issued", "accepted", "remitted", "paid", "unpaid"):
            bill = self._bill(state=state)
            self.assertEqual(bill.state, state)
            for act, call in acts.items():
                if states.can_move(act, bill.kind, state):
                    continue
                with self.assertRaisesRegex(UserError, bill.name), self.cr.savepoint():
                    call(bill)
                self.assertEqual(bill.state, state, act)

    def test_bulk_refuses_all_and_names_those_that_do_not_fit(self):
        issued = self._bill(state="issued")
        draft = self._bill()
        with self.assertRaisesRegex(UserError, draft.name):
            (issued + draft).action_send()
        self.assertEqual(issued.state, "issued")

    # -- payment ----------------------------------------------------------------------

    def test_paid_books_the_payment(self):
        bill = self._bill(state="remitted")
        bill.action_pay()
        self.assertEqual(bill.payment_id.amount, bill.amount)
        self.assertEqual(bill.payment_id.journal_id, self.journal)
        self.assertEqual(
            bill.payment_id.payment_method_line_id, self.methods["lcr_accepted"]
        )
        self.assertIn(bill.move_id.payment_state, ("paid", "in_payment"))

    def test_paid_books_nothing_where_the_statement_was_reconciled(self):
        bill = self._bill(state="remitted")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.move_id.ids
        ).create({})._create_payments()
        before = self.env["account.payment"].search_count([])
        bill.action_pay()
        self.assertEqual(bill.state, "paid")
        self.assertFalse(bill.payment_id)
        self.assertEqual(self.env["account.payment"].search_count([]), before)

    def test_one_instalment_of_three(self):
        move = self._bill_invoice(
            invoice_payment_term_id=self._term_of_three().id, invoice_date_due=False
        )
        bills = move.with_user(self.clerk)._demat_make_bills()
        bills.action_issue()
        bills.action_accept()
        self._remit(bills)
        bills[0].action_pay()
        self.assertEqual(move.payment_state, "partial")
        self.assertAlmostEqual(
            move.amount_residual, move.amount_total - bills[0].amount
        )
        self.assertTrue(bills[0].line_id.reconciled)

    def test_unpaid_opens_the_debt_again(self):
        # an account that waits for the bank: the payment is an entry, as in practice
        self.methods[
            "lcr_accepted"
        ].payment_account_id = self.inbound_payment_method_line.payment_account_id
        bill = self._bill(state="paid")
        self.assertFalse(bill.move_id.amount_residual)
        action = bill.action_refuse()
        self._wizard(action, self.clerk, reason="Insufficient funds").action_apply()
        self.assertEqual(bill.state, "unpaid")
        self.assertEqual(bill.payment_id.state, "canceled")
        self.assertEqual(bill.move_id.amount_residual, bill.amount)
        message = bill.move_id.message_ids[0].body
        self.assertIn("came back unpaid", message)
        self.assertIn("Insufficient funds", message)
        self.assertNotIn("undo", message)
        self.assertEqual(self._last(bill).reason, "Insufficient funds")

    def test_unpaid_says_what_is_still_reconciled(self):
        bill = self._bill(state="remitted")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.move_id.ids
        ).create({})._create_payments()
        bill.action_pay()
        bill._demat_refuse("Contested")
        self.assertIn("undo the reconciliation", bill.move_id.message_ids[0].body)

    def test_unpaid_before_it_was_credited(self):
        bill = self._bill(state="remitted")
        bill._demat_refuse("Account closed")
        self.assertEqual(bill.state, "unpaid")
        self.assertFalse(bill.payment_id)

    # -- cancel -----------------------------------------------------------------------

    def test_clerk_cancels_before_the_bank(self):
        for state in ("draft", "issued", "accepted"):
            bill = self._bill(state=state)
            action = bill.action_cancel()
            self._wizard(action, self.clerk, reason="Refused").action_apply()
            self.assertEqual(bill.state, "cancelled")
            self.assertEqual(self._last(bill).reason, "Refused")

    def test_only_an_administrator_cancels_what_the_bank_has(self):
        for state in ("remitted", "unpaid"):
            bill = self._bill(state=state)
            remittance = bill.remittance_id
            with self.assertRaisesRegex(AccessError, "administrator"):
                bill.action_cancel()
            with self.assertRaisesRegex(AccessError, "administrator"):
                bill._demat_cancel("Because")
            self.assertEqual(bill.state, state)
            action = bill.with_user(self.manager).action_cancel()
            self._wizard(action, self.manager, reason="Agreed").action_apply()
            self.assertEqual(bill.state, "cancelled")
            # the file of the bank names it
            self.assertEqual(bill.remittance_id, remittance)

    def test_paid_bill_is_not_cancelled(self):
        bill = self._bill(state="paid")
        with self.assertRaises(UserError):
            bill.with_user(self.manager).action_cancel()

    def test_reason_is_needed(self):
        bill = self._bill(state="issued")
        with self.assertRaisesRegex(UserError, "Say why"):
            bill._demat_cancel("  ")
        remitted = self._bill(state="remitted")
        with self.assertRaisesRegex(UserError, "Say why"):
            remitted._demat_refuse(False)

    def test_another_bill_after_a_cancelled_one(self):
        bill = self._bill(state="issued")
        bill._demat_cancel("Wrong place")
        again = bill.move_id.with_user(self.clerk)._demat_make_bills()
        self.assertEqual(again.line_id, bill.line_id)
        self.assertNotEqual(again, bill)

    def test_bill_that_somebody_else_is_treating(self):
        bill = self._bill(state="issued")
        self.env.flush_all()
        # a lock of another session is shown by its effect: no row could be locked
        self.patch(
            type(bill),
            "_demat_try_lock",
            lambda records, **_options: records.browse(),
        )
        with self.assertRaisesRegex(UserError, "somebody else"):
            bill.action_send()

    def test_removal_of_the_addon_keeps_the_payments(self):
        bill = self._bill(state="paid")
        line = bill.payment_id.payment_method_line_id
        name = line.name
        _keep_used_methods(self.env)
        self.assertEqual(line.code, "manual")
        self.assertEqual(line.name, name)
        self.methods["bor"].invalidate_recordset()
        self.assertEqual(self.methods["bor"].code, "fr_bor")

    def test_filters(self):
        draft = self._bill()
        blocked = self._bill(partner=self.silent)
        issued = self._bill(state="issued")
        accepted = self._bill(state="accepted")
        direct = self._bill("lcr_not_accepted", "issued")
        soon = self._bill(
            "lcr_not_accepted",
            "issued",
            invoice_date_due=fields.Date.add(self.today, days=5),
        )
        unpaid = self._bill(state="unpaid")
        ours = draft + blocked + issued + accepted + direct + soon + unpaid
        arch = self.env["demat.bill"].get_view(
            self.env.ref("demat_invoice.demat_bill_view_search").id, "search"
        )["arch"]
        for name, expected in (
            ("draft", draft + blocked),
            ("blocked", blocked),
            ("to_accept", issued),
            ("to_remit", accepted + direct + soon),
            ("to_remit_week", soon),
            ("unpaid", unpaid),
        ):
            domain = self._domain_of(arch, name)
            found = self.env["demat.bill"].search(domain) & ours
            self.assertEqual(found.sorted("id"), expected.sorted("id"), name)

    def _domain_of(self, arch, name):
        from ast import literal_eval

        from lxml import etree

        (node,) = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return literal_eval(node.get("domain"))
