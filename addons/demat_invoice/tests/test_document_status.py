# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from itertools import product

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.demat_base.lib.document_status import INVOICE_RULES, STATUSES, decide

from .common_bill import DematBillCommon

PAYMENTS = ("not_paid", "partial", "in_payment", "paid", "reversed", "blocked")
SENDING = ("", "waiting", "ready", "sending", "sent", "internal")


@tagged("post_install", "-at_install")
class TestDocumentStatus(DematBillCommon):
    """What the form shows, what the filter finds and what the table says agree."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"]

    def _set(self, move, **columns):
        """Write columns as the host and the process would, without their ways."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET %s WHERE id = %s",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in columns.items()
                ),
                move.id,
            )
        )
        self.env.invalidate_all()

    def _found(self, moves):
        """{move: status}, by the filter."""
        found = {}
        for status in (*STATUSES, False):
            for move in self.moves.search(
                [("demat_status", "=", status), ("id", "in", moves.ids)]
            ):
                self.assertNotIn(move, found)
                found[move] = status
        return found

    def test_form_filter_and_table_agree_on_every_combination(self):
        """864 combinations of facts on one invoice: field, filter and table agree."""
        move = self._invoice(invoice_date_due="2026-11-10", post=False)
        with freeze_time("2026-11-20"):
            for state, sending, payment, sent, late in product(
                ("draft", "posted", "cancel"),
                SENDING,
                PAYMENTS,
                (True, False),
                (True, False),
            ):
                self._set(
                    move,
                    state=state,
                    demat_state=sending or None,
                    payment_state=payment,
                    is_move_sent=sent,
                    invoice_date_due="2026-11-19" if late else "2026-11-20",
                )
                expected = decide(
                    INVOICE_RULES,
                    {
                        "state": state,
                        "sending": sending,
                        "payment": payment,
                        "refused": False,
                        "transmitted": sent,
                        "late": late,
                    },
                )
                facts = (state, sending, payment, sent, late)
                self.assertEqual(move.demat_status, expected, facts)
                self.assertEqual(
                    self.moves.search(
                        [("id", "=", move.id), ("demat_status", "=", expected)]
                    ),
                    move,
                    facts,
                )

    def test_overdue_depends_on_today(self):
        """Nothing is written between the two days, and both answers change."""
        with freeze_time("2026-11-10"):
            move = self._invoice(invoice_date_due="2026-11-15")
            self._force_state(move, "sent")
            self.assertEqual(move.demat_status, "waiting")
            self.assertEqual(self._found(move), {move: "waiting"})
        self.env.invalidate_all()
        with freeze_time("2026-11-15"):
            self.assertEqual(move.demat_status, "waiting", "due today is not late")
        self.env.invalidate_all()
        with freeze_time("2026-11-16"):
            self.assertEqual(move.demat_status, "overdue")
            self.assertEqual(self._found(move), {move: "overdue"})

    def test_a_credit_note_is_never_overdue(self):
        move = self._invoice(move_type="out_refund", invoice_date_due="2026-11-03")
        self._force_state(move, "sent")
        with freeze_time("2026-12-24"):
            self.assertEqual(move.demat_status, "waiting")
            self.assertEqual(self._found(move), {move: "waiting"})

    def test_a_bill_that_came_back_unpaid(self):
        bill = self._bill(state="unpaid")
        move = bill.move_id
        self._force_state(move, "sent")
        self.assertEqual(move.demat_status, "rejected")
        self.assertEqual(self._found(move), {move: "rejected"})

    def test_a_deposit_that_was_refused(self):
        """Of the version sent last only, and a bounced mail is no refusal."""
        move = self._invoice()
        self._send(move)
        later = fields.Date.to_string(
            fields.Date.context_today(move) + timedelta(days=9)
        )
        self._set(move, invoice_date_due=later)
        [exchange] = move.sudo().demat_exchange_ids.filtered(
            lambda row: row.channel == "mail"
        )
        exchange._mark_sending()
        exchange._mark_failed("bounce", "No such user")
        self.assertEqual(move.demat_status, "waiting")
        self.env.flush_all()
        # a connector's channel; none is installed here
        self.env.cr.execute(
            SQL(
                "UPDATE demat_exchange SET channel = 'deposit' WHERE id = %s",
                exchange.id,
            )
        )
        self.env.invalidate_all()
        self.assertEqual(move.demat_status, "rejected")
        self.assertEqual(self._found(move), {move: "rejected"})

    def test_other_entries_have_no_status(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        vendor = self.init_invoice("in_invoice", products=self.product_a)
        self.assertEqual((entry | vendor).mapped("demat_status"), [False, False])
        found = self._found(entry | vendor)
        self.assertEqual(found, {entry: False, vendor: False})

    def test_filter_operators(self):
        draft, waiting = self._invoice(post=False), self._invoice()
        ours = ("id", "in", (draft | waiting).ids)
        search = self.moves.search
        self.assertEqual(search([ours, ("demat_status", "!=", "draft")]), waiting)
        self.assertEqual(
            search([ours, ("demat_status", "in", ["draft", "to_send"])]),
            draft | waiting,
        )
        self.assertFalse(search([ours, ("demat_status", "=", False)]))
        self.assertEqual(
            search([ours, "!", ("demat_status", "in", ["to_send"])]), draft
        )
        kept = (draft | waiting).filtered_domain([("demat_status", "=", "draft")])
        self.assertEqual(kept, draft)

    def test_grouped_and_sorted(self):
        draft, waiting = self._invoice(post=False), self._invoice()
        ours = [("id", "in", (draft | waiting).ids)]
        groups = self.moves.with_user(self.clerk).formatted_read_group(
            ours, ["demat_status"], ["__count"]
        )
        self.assertEqual(
            {group["demat_status"]: group["__count"] for group in groups},
            {"draft": 1, "to_send": 1},
        )
        self.assertTrue(
            self.moves.fields_get(["demat_status"])["demat_status"]["groupable"]
        )

    def test_the_number_of_queries_does_not_grow(self):
        few = self.moves.union(*(self._invoice() for _number in range(2)))
        many = self.moves.union(*(self._invoice() for _number in range(20)))

        def count(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves.with_user(self.clerk).mapped("demat_status")
            moves.with_user(self.clerk).mapped("demat_lock_reason")
            self.moves.with_user(self.clerk).search(
                [("demat_status", "=", "to_send"), ("id", "in", moves.ids)]
            )
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(few), count(many))
        self.assertLess(count(many), 12)

    def test_it_cannot_be_written(self):
        """A clerk who writes the status by RPC changes nothing."""
        move = self._invoice()
        move.with_user(self.clerk).write({"demat_status": "done"})
        self.env.invalidate_all()
        self.assertEqual(move.demat_status, "to_send")


@tagged("post_install", "-at_install")
class TestWarnings(DematBillCommon):
    """Padlock and indebted customer."""

    def test_padlock(self):
        move = self._invoice()
        self.assertFalse(move.demat_lock_reason)
        self._send(move)
        self.assertIn("Locked: sent to the recipient on", move.demat_lock_reason)
        self.assertIn(self.clerk.name, move.demat_lock_reason)
        self._force_state(move, "sending")
        self.assertIn("it is being sent", move.demat_lock_reason)

    def test_indebted_customer(self):
        with freeze_time("2026-11-20"):
            draft = self._invoice(post=False).with_user(self.clerk)
            self.assertFalse(draft.demat_debt_warning)
            self._invoice(invoice_date_due="2026-11-19")
            contact = self.env["res.partner"].create(
                {"name": "Site office", "parent_id": self.customer.id}
            )
            self._invoice(contact, invoice_date_due="2026-11-05")
            self._invoice(invoice_date_due="2026-11-20")  # due today: no debt
            self._invoice(self.silent, invoice_date_due="2026-11-05")
            self.env.invalidate_all()
            warning = draft.demat_debt_warning
            # two of 10 × 42.00 with 20 % VAT
            self.assertRegex(warning, r"1.008[.,]00")
            self.assertIn("2 invoices are overdue", warning)
            self.assertRegex(warning, r"since (11/05|05/11)/2026")
            action = draft.action_demat_view_debt()
            self.assertEqual(len(action["domain"][0][2]), 2)

    def test_no_warning_once_validated_or_paid(self):
        with freeze_time("2026-11-20"):
            late = self._invoice(invoice_date_due="2026-11-05")
            draft = self._invoice(post=False)
            self.assertIn("one invoice is overdue", draft.demat_debt_warning)
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=late.ids
            ).create({})._create_payments()
            self.env.invalidate_all()
            self.assertFalse(draft.demat_debt_warning)
            self.assertFalse(late.demat_debt_warning)

    def test_debt_of_another_company_is_not_told(self):
        other = self.setup_other_company()
        with freeze_time("2026-11-20"):
            self.init_invoice(
                "out_invoice",
                partner=self.customer,
                invoice_date="2026-10-01",
                post=True,
                amounts=[100],
                company=other["company"],
            )
            draft = self._invoice(post=False)
            self.assertFalse(draft.demat_debt_warning)
