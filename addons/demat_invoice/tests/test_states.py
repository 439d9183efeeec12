# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestStates(DematInvoiceCommon):
    def test_validation_enters_the_process(self):
        move = self._invoice(post=False)
        self.assertFalse(move.demat_state)
        move.with_user(self.clerk).action_post()
        self.assertEqual(move.demat_state, "waiting")
        change = move.demat_state_change_ids
        self.assertEqual(change.treatment, "enter")
        self.assertEqual(change.user_id, self.clerk)

    def test_credit_note_enters_too_bills_and_entries_do_not(self):
        self.assertEqual(self._invoice(move_type="out_refund").demat_state, "waiting")
        bill = self._invoice(move_type="in_invoice")
        self.assertFalse(bill.demat_state)

    def test_switched_off_nothing_enters(self):
        self.company.demat_invoicing = False
        self.assertFalse(self._invoice().demat_state)

    def test_treatments_move_and_are_logged(self):
        move = self._invoice().with_user(self.clerk)
        for action, state in (
            ("prepare", "ready"),
            ("hold", "waiting"),
            ("keep_internal", "internal"),
            ("release", "waiting"),
            ("prepare", "ready"),
            ("keep_internal", "internal"),
        ):
            getattr(move, f"action_demat_{action}")()
            self.assertEqual(move.demat_state, state)
            last = self._last_change(move)
            self.assertEqual((last.treatment, last.state_after), (action, state))
            self.assertEqual(last.user_id, self.clerk)

    def test_each_wrong_state_is_refused_with_the_name(self):
        accepted = {
            "prepare": {"waiting"},
            "hold": {"ready"},
            "keep_internal": {"waiting", "ready"},
            "release": {"internal"},
        }
        move = self._invoice()
        for action, states in accepted.items():
            for state in ("waiting", "ready", "sending", "sent", "internal", False):
                self._force_state(move, state)
                method = getattr(move.with_user(self.clerk), f"action_demat_{action}")
                if state in states:
                    method()
                else:
                    with self.assertRaisesRegex(UserError, move.name.replace("/", ".")):
                        method()
                    self.assertEqual(move.demat_state, state)

    def test_one_wrong_invoice_stops_the_selection_before_anything(self):
        good, bad = self._invoice(), self._invoice()
        self._force_state(bad, "internal")
        with self.assertRaises(UserError):
            (good | bad).with_user(self.clerk).action_demat_prepare()
        self.assertEqual(good.demat_state, "waiting")

    def test_state_cannot_be_written_from_outside(self):
        move = self._invoice().with_user(self.clerk)
        for values in (
            {"demat_state": "sent"},
            {"is_dematerialised": True},
            {"demat_sent_date": "2026-01-01"},
            {"demat_state": False},
        ):
            with self.assertRaises(AccessError):
                move.write(values)
        with self.assertRaises(AccessError):
            # what RPC can put into the context is no object of this process
            move.with_context(demat_transition=True).write({"demat_state": "sent"})

    def test_state_cannot_be_created_from_outside(self):
        with self.assertRaises(AccessError):
            self._invoice(post=False, demat_state="sent")

    def test_copy_starts_anew(self):
        move = self._invoice()
        self._force_state(move, "sent")
        copy = move.copy()
        self.assertFalse(copy.demat_state)
        self.assertFalse(copy.demat_state_change_ids)

    def test_a_reader_cannot_treat(self):
        reader = self._make_user("reader", "account.group_account_readonly")
        move = self._invoice().with_user(reader)
        with self.assertRaises(AccessError):
            move.action_demat_prepare()

    def test_other_company_cannot_treat(self):
        other = (
            self.company_data_2["company"]
            if hasattr(self, "company_data_2")
            else (self.env["res.company"].create({"name": "Autre"}))
        )
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "demat_stranger",
                "company_id": other.id,
                "company_ids": [(6, 0, other.ids)],
                "group_ids": [
                    (
                        6,
                        0,
                        [
                            self.env.ref("account.group_account_invoice").id,
                            self.env.ref("demat_base.group_demat_user").id,
                        ],
                    )
                ],
            }
        )
        with self.assertRaises(AccessError):
            self._invoice().with_user(stranger).action_demat_prepare()

    def test_back_to_draft_leaves_the_process(self):
        move = self._invoice().with_user(self.clerk)
        move.action_demat_prepare()
        move.button_draft()
        self.assertFalse(move.demat_state)
        self.assertEqual(self._last_change(move).treatment, "leave")
        move.action_post()
        self.assertEqual(move.demat_state, "waiting")

    def test_state_changes_are_nobodys_to_edit(self):
        change = self._invoice().demat_state_change_ids.with_user(self.manager)
        with self.assertRaises(AccessError):
            change.write({"reason": "other"})
        with self.assertRaises(AccessError):
            change.unlink()

    def test_treating_fifty_costs_as_many_queries_as_five(self):
        five = self.env["account.move"].concat(*[self._invoice() for _ in range(5)])
        twenty = self.env["account.move"].concat(*[self._invoice() for _ in range(20)])
        self.env.flush_all()

        def count(moves):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            moves.with_user(self.clerk).action_demat_prepare()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(self._invoice())
        few, many = count(five), count(twenty)
        self.assertLessEqual(many - few, 15 * 3, f"{few} then {many} queries")
