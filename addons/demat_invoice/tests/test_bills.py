# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

import pypdf
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.account_move_transition import TRANSITION
from .common_bill import DematBillCommon


@tagged("post_install", "-at_install")
class TestBills(DematBillCommon):
    """From the invoice to the printed bill; what blocks it."""

    def _text(self, bills):
        reader = pypdf.PdfReader(io.BytesIO(bills._demat_render_pdf()))
        return "\n".join(page.extract_text() for page in reader.pages)

    def test_payment_method_of_the_customer_makes_the_kind(self):
        for kind, method in self.methods.items():
            self.customer.property_inbound_payment_method_line_id = method
            move = self._invoice()
            self.assertEqual(move.preferred_payment_method_line_id, method)
            self.assertEqual(move._demat_bill_kind(), kind)
        self.assertFalse(self._invoice(self.silent)._demat_bill_kind())

    def test_methods_are_offered_to_french_banks(self):
        method = self.env.ref("demat_invoice.account_payment_method_fr_lcr")
        self.assertIn(method, self.journal.available_payment_method_ids)
        cash = self.company_data["default_journal_cash"]
        self.assertNotIn(method, cash.available_payment_method_ids)

    def test_new_method_is_linked_to_the_banks_in_both_kinds(self):
        methods = self.env["account.payment.method"]
        lcr = self.env.ref("demat_invoice.account_payment_method_fr_lcr")
        self.journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.code == "fr_lcr"
        ).unlink()
        methods._auto_link_payment_methods(
            lcr, methods._get_payment_method_information()
        )
        lines = self.journal.inbound_payment_method_line_ids.filtered(
            lambda line: line.code == "fr_lcr"
        )
        self.assertEqual(
            sorted(line._demat_bill_kind() for line in lines),
            ["lcr_accepted", "lcr_not_accepted"],
        )

    def test_one_bill_for_each_instalment(self):
        move = self._bill_invoice(
            invoice_payment_term_id=self._term_of_three().id, invoice_date_due=False
        )
        bills = move.with_user(self.clerk)._demat_make_bills()
        self.assertEqual(len(bills), 3)
        self.assertAlmostEqual(sum(bills.mapped("amount")), move.amount_total)
        self.assertEqual(
            bills.sorted("due_date").mapped("due_date"),
            move._demat_open_instalments().mapped("date_maturity"),
        )
        self.assertEqual(len(set(bills.mapped("name"))), 3)
        self.assertTrue(all(len(name) == 10 for name in bills.mapped("name")))
        self.assertEqual(self._acts(bills[0]), ["create"])
        self.assertEqual(bills[0].change_ids.user_id, self.clerk)

    def test_never_twice(self):
        move = self._bill_invoice()
        first = move.with_user(self.clerk)._demat_make_bills()
        self.assertEqual(move.with_user(self.clerk)._demat_make_bills(), first)
        values = move._prepare_demat_bill_vals(first.line_id)
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.env["demat.bill"].sudo().with_context(
                demat_transition=TRANSITION
            ).create([values])

    def test_only_what_is_due_and_wanted(self):
        draft = self._bill_invoice(post=False)
        other = self._invoice(self.silent)
        credit = self._bill_invoice(move_type="out_refund")
        moves = draft + other + credit
        self.assertFalse(moves.with_user(self.clerk)._demat_make_bills())
        with self.assertRaisesRegex(UserError, "payment method"):
            moves.with_user(self.clerk).action_demat_make_bills()
        with self.assertRaisesRegex(UserError, "payment method"):
            moves.with_user(self.clerk).action_demat_print_bills()

    def test_partly_paid_instalment(self):
        move = self._bill_invoice()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"amount": 100})._create_payments()
        bill = move._demat_make_bills()
        self.assertAlmostEqual(bill.amount, move.amount_total - 100)

    def test_bulk_and_buttons(self):
        moves = self._bill_invoice() + self._bill_invoice("bor")
        action = moves.with_user(self.clerk).action_demat_make_bills()
        self.assertEqual(action["res_model"], "demat.bill")
        self.assertEqual(moves.mapped("demat_bill_count"), [1, 1])
        self.assertEqual(self.customer.demat_bill_count, 2)
        action = self.customer.with_user(self.clerk).action_view_demat_bills()
        self.assertEqual(
            self.env["demat.bill"].search_count(action["domain"]), len(moves)
        )
        self.assertEqual(
            moves[0].action_view_demat_bills()["res_id"], moves[0].demat_bill_ids.id
        )

    def test_issue_freezes_what_the_bill_says(self):
        bill = self._bill()
        self.assertFalse(bill.problem)
        bill.action_issue()
        self.assertEqual(bill.state, "issued")
        self.assertEqual(bill.rib, "20041 01005 0500013M026 06")
        self.assertEqual(bill.drawee_siren, "552100554")
        self.customer.write({"name": "Renamed", "street": "Elsewhere"})
        self.customer_account.demat_domiciliation = "Elsewhere"
        text = self._text(bill)
        self.assertIn("Client Accord SAS", text)
        self.assertIn("La Banque Postale Grenoble", text)
        self.assertNotIn("Renamed", text)

    def test_printed_mentions(self):
        bill = self._bill(state="issued")
        text = self._text(bill)
        for words in (
            "LETTRE DE CHANGE",
            "veuillez payer la somme",
            "Client Accord SAS",
            "1 place du Marché",
            "Bâti Test SARL",
            "Lyon",
            bill.name,
            bill.due_date.strftime("%d/%m/%Y"),
            bill.issue_date.strftime("%d/%m/%Y"),
            "504,00",
            "Cinq cent quatre euros",
            "0500013M026",
            "552100554",
            "ACCEPTATION OU AVAL",
            bill.move_id.name,
        ):
            self.assertIn(words, text)
        self.assertNotIn("SPÉCIMEN", text)
        self.assertEqual(self._acts(bill), ["create", "issue", "print"])
        self.assertEqual(bill.printed_uid, self.clerk)

    def test_queries_do_not_grow_much_with_the_bills(self):
        """Issuing costs a few queries a bill, not some ten."""

        def count(number):
            moves = self.env["account.move"]
            for _rank in range(number):
                moves |= self._bill_invoice()
            bills = moves.with_user(self.clerk)._demat_make_bills()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            bills._demat_issue_possible()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        few, many = count(2), count(12)
        self.assertLess(many - few, 10 * 6)

    def test_preview_of_a_draft_is_a_specimen_and_not_a_print(self):
        bill = self._bill()
        self.assertIn("SPÉCIMEN", self._text(bill))
        self.assertFalse(bill.printed_date)
        self.assertEqual(self._acts(bill), ["create"])

    def test_cancelled_bill_says_so(self):
        bill = self._bill(state="issued")
        bill._demat_cancel("Wrong amount")
        self.assertIn("ANNULÉ", self._text(bill))

    def test_place_of_a_promissory_note_is_the_customer_s(self):
        bill = self._bill("bor")
        self.assertEqual(bill.issue_place, "Grenoble")
        self.assertIn("BILLET À ORDRE", self._text(bill))

    def test_report_of_the_host(self):
        bills = self._bill(state="issued") + self._bill(state="issued")
        action = bills.action_print()
        self.assertEqual(action["report_name"], "demat_invoice.report_demat_bill")
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        data, kind = reports._render_qweb_pdf(action["report_name"], bills.ids)
        self.assertEqual(kind, "pdf")
        self.assertEqual(len(pypdf.PdfReader(io.BytesIO(data)).pages), 1)
        data, kind = reports._render_qweb_pdf(action["report_name"], bills[0].id)
        self.assertEqual(kind, "pdf")
        with self.assertRaisesRegex(UserError, "Nothing to print"):
            reports._render_qweb_pdf(action["report_name"], [])

    def test_print_from_invoices_makes_and_issues(self):
        good = self._bill_invoice()
        bad = self._bill_invoice(partner=self.silent)
        moves = (bad + good).with_user(self.clerk)
        action = moves.action_demat_print_bills()
        # the bad one is not dropped without a word
        told, printed = action["params"], action["params"]["next"]
        self.assertEqual(printed["context"]["active_ids"], good.demat_bill_ids.ids)
        self.assertIn(f"{bad.name}: ", told["message"])
        self.assertIn("no bank account", told["message"])
        self.assertTrue(told["sticky"])
        alone = good.with_user(self.clerk).action_demat_print_bills()
        self.assertEqual(alone["type"], "ir.actions.report")
        self.assertEqual(good.demat_bill_ids.state, "issued")
        self.assertEqual(bad.demat_bill_ids.state, "draft")
        bills, blocked = moves._demat_bills_to_print()
        self.assertEqual(bills, good.demat_bill_ids)
        self.assertIn("no bank account", blocked.problem)
        with self.assertRaisesRegex(UserError, "no bank account"):
            bad.with_user(self.clerk).action_demat_print_bills()

    # -- invoice ----------------------------------------------------------------------

    def test_reset_invoice_cancels_its_bills(self):
        bill = self._bill(state="issued")
        move = bill.move_id
        move.button_draft()
        self.assertEqual(bill.state, "cancelled")
        self.assertIn("reset", self._last(bill).reason)
        move.action_post()
        again = move.with_user(self.clerk)._demat_make_bills()
        self.assertNotEqual(again, bill)
        self.assertEqual(again.state, "draft")

    def test_cancelled_invoice_cancels_its_bills(self):
        bill = self._bill()
        bill.move_id.button_cancel()
        self.assertEqual(bill.state, "cancelled")

    def test_invoice_whose_bill_the_bank_has_is_not_reset(self):
        bill = self._bill(state="remitted")
        with self.assertRaisesRegex(UserError, "the bank has these bills"):
            bill.move_id.button_draft()

    def test_deleting_an_invoice(self):
        never = self._bill()
        move = never.move_id
        move.button_draft()
        move.name = False
        move.unlink()
        self.assertFalse(never.exists())
        issued = self._bill(state="issued")
        move = issued.move_id
        move.button_draft()
        move.name = False
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            move.unlink()

    # -- rights -----------------------------------------------------------------------

    def test_nobody_forges_a_bill(self):
        bill = self._bill()
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                bill.with_user(user).write({"amount": 1})
            with self.assertRaises(AccessError):
                bill.with_user(user).write({"state": "paid"})
            with self.assertRaises(AccessError):
                bill.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["demat.bill"].with_user(user).create({"name": "X"})
            with self.assertRaises(AccessError):
                self.env["demat.bill.change"].with_user(user).create(
                    {"bill_id": bill.id, "act": "pay"}
                )
            with self.assertRaises(AccessError):
                bill.change_ids.with_user(user).write({"reason": "X"})
        with self.assertRaisesRegex(AccessError, "button"):
            self.env["demat.bill"].sudo().create({"name": "X"})

    def test_context_from_outside_opens_nothing(self):
        bill = self._bill().with_user(self.manager)
        with self.assertRaises(AccessError):
            bill.with_context(demat_transition=True).write({"state": "paid"})

    def test_issued_bill_is_fixed(self):
        bill = self._bill(state="issued")
        with self.assertRaisesRegex(UserError, "issued"):
            bill.issue_place = "Paris"
        with self.assertRaisesRegex(UserError, "issued"):
            bill.partner_bank_id = False
        with self.assertRaisesRegex(UserError, "issued"):
            bill.sudo().unlink()

    def test_reader_of_the_books_sees_and_does_nothing(self):
        bill = self._bill()
        reader = self._make_user("reader", "account.group_account_readonly")
        self.assertEqual(bill.with_user(reader).state, "draft")
        with self.assertRaises(AccessError):
            bill.with_user(reader).action_issue()
        with self.assertRaises(AccessError):
            bill.with_user(reader).action_print()
        with self.assertRaises(AccessError):
            bill.move_id.with_user(reader)._demat_make_bills()

    def test_other_company_and_strangers(self):
        bill = self._bill(state="issued")
        other = self.env["res.company"].create({"name": "Other"})
        foreigner = self._make_user(
            "foreigner", "account.group_account_invoice", "demat_base.group_demat_user"
        )
        foreigner.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        stranger = self._make_user("stranger", "base.group_user")
        for user in (foreigner, stranger):
            with self.assertRaises(AccessError):
                bill.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                bill.with_user(user)._demat_render_pdf()
            with self.assertRaises(AccessError):
                bill.with_user(user).action_send()
        self.assertFalse(
            self.env["demat.bill"].with_user(foreigner).search([("id", "=", bill.id)])
        )
