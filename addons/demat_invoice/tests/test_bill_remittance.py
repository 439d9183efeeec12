# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib
import io

import pypdf

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..lib.cfonb_reader import read
from .common_bill import DematBillCommon


@tagged("post_install", "-at_install")
class TestBillRemittance(DematBillCommon):
    """The file for the bank, its slip, and what becomes of them."""

    def _content(self, remittance):
        return base64.b64decode(remittance.sudo().file_data)

    def test_file_says_what_the_bills_say(self):
        first = self._bill(state="accepted")
        second = self._bill("lcr_not_accepted", "issued")
        remittance = self._remit(first + second)
        content = self._content(remittance)
        file = read(content)
        self.assertEqual(file.reference, remittance.name)
        self.assertEqual(file.rib.text, "30006 00001 12345678901 89")
        self.assertEqual(file.domiciliation, "BNP LYON")
        self.assertEqual(file.siren, "334175221")
        self.assertEqual(file.name, "BATI TEST SARL")
        self.assertEqual(file.entry, "collection")
        self.assertEqual(file.total, 100800)
        self.assertTrue(file.crlf)
        self.assertEqual(
            [bill.reference for bill in file.bills], (first + second).mapped("name")
        )
        row = file.bills[0]
        self.assertEqual(row.kind, "lcr_accepted")
        self.assertEqual(row.amount, 50400)
        self.assertEqual(row.due_date, first.due_date)
        self.assertEqual(row.issue_date, first.issue_date)
        self.assertEqual(row.siren, "552100554")
        self.assertEqual(row.drawee_name, "CLIENT ACCORD SAS")
        self.assertEqual(row.rib.text, first.rib)
        self.assertEqual(file.bills[1].kind, "lcr_not_accepted")
        self.assertEqual(remittance.file_sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(remittance.file_name, f"LCR_{remittance.name}.txt")
        self.assertEqual(len(remittance.name), 11)
        self.assertEqual((remittance.bill_count, remittance.amount_total), (2, 1008.0))
        self.assertEqual((first + second).mapped("state"), ["remitted"] * 2)

    def test_bank_without_line_ends(self):
        self.company_account.demat_cfonb_crlf = False
        content = self._content(self._remit(self._bill(state="accepted")))
        self.assertEqual(len(content), 480)

    def test_promissory_notes(self):
        remittance = self._remit(self._bill("bor", "accepted"))
        self.assertEqual(read(self._content(remittance)).bills[0].kind, "bor")
        self.assertTrue(remittance.file_name.startswith("BOR_"))

    def test_discount(self):
        bill = self._bill(state="accepted")
        action = bill.action_remit()
        remittance = (
            self.env["demat.bill.remittance"]
            .with_user(self.clerk)
            .browse(action["res_id"])
        )
        self.assertEqual(remittance.state, "draft")
        self.assertEqual(remittance.partner_bank_id, self.company_account)
        self.assertEqual(remittance.journal_id, self.journal)
        remittance.entry = "discount"
        with self.assertRaisesRegex(UserError, "value date"):
            remittance.action_make()
        self.assertEqual(bill.state, "accepted")
        remittance.value_date = self.today
        remittance.action_make()
        file = read(self._content(remittance))
        self.assertEqual((file.entry, file.value_date), ("discount", self.today))

    def test_slip(self):
        bills = self._bill(state="accepted") + self._bill(state="accepted")
        remittance = self._remit(bills)
        action = remittance.action_print_slip()
        data, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            ._render_qweb_pdf(action["report_name"], remittance.ids)
        )
        text = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
        for words in (
            remittance.name,
            "1 008,00 EUR",
            "Total : 2 effets",
            remittance.file_sha256,
            *bills.mapped("name"),
        ):
            self.assertIn(words, text)
        self.assertNotIn("PROJET", text)

    def test_slips_of_several_and_of_a_draft(self):
        made = self._remit(self._bill(state="accepted"))
        draft = (
            self.env["demat.bill.remittance"]
            .with_user(self.clerk)
            ._demat_make(self._bill(state="accepted"))
        )
        data, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "demat_invoice.report_demat_bill_remittance", (made + draft).ids
        )
        pages = pypdf.PdfReader(io.BytesIO(data)).pages
        self.assertEqual(len(pages), 2)
        self.assertIn("PROJET", pages[1].extract_text())
        empty = self.env["demat.bill.remittance"].create({})
        with self.assertRaisesRegex(UserError, "Add bills"):
            empty._demat_render_slip()

    # -- what does not go -------------------------------------------------------------

    def test_empty_remittance(self):
        remittance = self.env["demat.bill.remittance"].with_user(self.clerk).create({})
        with self.assertRaisesRegex(UserError, "Add bills"):
            remittance.action_make()
        with self.assertRaisesRegex(UserError, "not made"):
            remittance.action_download()
        with self.assertRaisesRegex(UserError, "not made"):
            remittance._demat_download()

    def test_lcr_and_promissory_notes_apart(self):
        bills = self._bill(state="accepted") + self._bill("bor", "accepted")
        with self.assertRaisesRegex(UserError, "separate"):
            self._remit(bills)

    def test_one_bad_bill_is_named_and_nothing_is_made(self):
        good = self._bill(state="accepted")
        paid = self._bill(state="accepted")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.move_id.ids
        ).create({})._create_payments()
        remittance = (
            self.env["demat.bill.remittance"]
            .with_user(self.clerk)
            ._demat_make(good + paid)
        )
        with self.assertRaisesRegex(UserError, paid.name) as caught:
            remittance.action_make()
        self.assertNotIn(good.name, str(caught.exception))
        self.assertEqual(good.state, "accepted")
        self.assertFalse(remittance.file_sha256)
        remittance.bill_ids = [Command.unlink(paid.id)]
        self.assertFalse(paid.remittance_id)
        remittance.action_make()

    def test_bill_past_due(self):
        bill = self._bill(state="accepted")
        late = fields.Date.add(bill.due_date, days=1)
        remittance = (
            self.env["demat.bill.remittance"].with_user(self.clerk)._demat_make(bill)
        )
        remittance.date = late
        with self.assertRaisesRegex(UserError, "due date is over"):
            remittance.action_make()
        self.company_account.demat_past_due = True
        remittance.action_make()

    def test_one_remittance_for_a_bill(self):
        bill = self._bill(state="accepted")
        bill.action_remit()
        with self.assertRaisesRegex(UserError, bill.remittance_id.name):
            bill.action_remit()

    def test_wrong_account_of_the_company(self):
        bill = self._bill(state="accepted")
        remittance = (
            self.env["demat.bill.remittance"].with_user(self.clerk)._demat_make(bill)
        )
        with self.assertRaises(ValidationError):
            remittance.partner_bank_id = self.customer_account
        self.company_account.sudo().acc_number = "DE89370400440532013000"
        with self.assertRaisesRegex(UserError, "RIB key"):
            remittance.action_make()

    def test_company_without_a_french_account(self):
        bill = self._bill(state="accepted")
        self.journal.bank_account_id = False
        self.company_account.allow_out_payment = False
        self.company_account.acc_number = "DE89370400440532013000"
        with self.assertRaisesRegex(UserError, "no bank account in France"):
            bill.action_remit()

    def test_wrong_siren_of_the_company(self):
        bill = self._bill(state="accepted")
        self.company.partner_id.company_registry = "552100555"
        with self.assertRaisesRegex(UserError, "company"):
            self._remit(bill)

    # -- life -------------------------------------------------------------------------

    def test_made_file_never_changes(self):
        bill = self._bill(state="accepted")
        remittance = self._remit(bill)
        for values in (
            {"date": "2026-01-01"},
            {"entry": "discount"},
            {"bill_ids": [Command.unlink(bill.id)]},
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                remittance.write(values)
        for values in (
            {"file_data": base64.b64encode(b"other")},
            {"file_sha256": "0" * 64},
            {"state": "draft"},
        ):
            with self.assertRaises(AccessError):
                remittance.with_user(self.manager).write(values)
        with self.assertRaises(UserError):
            remittance.action_make()
        with self.assertRaises(UserError):
            remittance.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["demat.bill.remittance"].with_user(self.clerk).create(
                {"state": "made"}
            )

    def test_bills_are_not_edited_from_the_remittance(self):
        bill = self._bill(state="accepted")
        remittance = self.env["demat.bill.remittance"].with_user(self.clerk).create({})
        remittance.bill_ids = [Command.link(bill.id)]
        self.assertEqual(bill.remittance_id, remittance)
        with self.assertRaises(UserError):
            remittance.bill_ids = [Command.update(bill.id, {"amount": 1})]
        with self.assertRaises(UserError):
            remittance.bill_ids = [Command.create({"amount": 1})]
        remittance.bill_ids = [Command.clear()]
        self.assertFalse(bill.remittance_id)

    def test_clerk_cancels_a_draft(self):
        bill = self._bill(state="accepted")
        remittance = (
            self.env["demat.bill.remittance"].with_user(self.clerk)._demat_make(bill)
        )
        remittance._demat_cancel("Tomorrow")
        self.assertEqual(remittance.state, "cancelled")
        self.assertFalse(bill.remittance_id)
        self.assertEqual(bill.state, "accepted")

    def test_administrator_cancels_what_is_made(self):
        bills = self._bill(state="accepted") + self._bill("lcr_not_accepted", "issued")
        remittance = self._remit(bills)
        with self.assertRaisesRegex(AccessError, "administrator"):
            remittance.action_cancel()
        with self.assertRaisesRegex(AccessError, "administrator"):
            remittance._demat_cancel("Because")
        action = remittance.with_user(self.manager).action_cancel()
        self.env[action["res_model"]].with_user(self.manager).with_context(
            **action["context"]
        ).create({"reason": "Wrong account"}).action_apply()
        self.assertEqual(remittance.state, "cancelled")
        self.assertEqual(bills.mapped("state"), ["accepted", "issued"])
        self.assertFalse(bills.remittance_id)
        self.assertTrue(remittance.file_sha256)
        self.assertEqual(self._acts(remittance), ["create", "make", "cancel"])
        self.assertEqual(self._acts(bills[0])[-2:], ["remit", "withdraw"])
        again = self._remit(bills)
        self.assertEqual(again.bill_count, 2)

    def test_confirmed_is_not_cancelled(self):
        remittance = self._remit(self._bill(state="accepted"))
        with self.assertRaisesRegex(UserError, "Say why"):
            remittance.with_user(self.manager)._demat_cancel(" ")
        remittance.action_confirm()
        self.assertEqual(remittance.state, "confirmed")
        with self.assertRaises(UserError):
            remittance.action_confirm()
        with self.assertRaises(UserError):
            remittance.with_user(self.manager)._demat_cancel("Because")

    def test_not_cancelled_once_the_bank_has_answered(self):
        bills = self._bill(state="accepted") + self._bill(state="accepted")
        remittance = self._remit(bills)
        bills[0].action_pay()
        with self.assertRaisesRegex(UserError, bills[0].name):
            remittance.with_user(self.manager)._demat_cancel("Because")
        self.assertEqual(bills[1].state, "remitted")

    def test_all_paid(self):
        bills = self._bill(state="accepted") + self._bill(state="accepted")
        remittance = self._remit(bills)
        remittance.action_pay()
        self.assertEqual(bills.mapped("state"), ["paid"] * 2)
        with self.assertRaisesRegex(UserError, "No bill"):
            remittance.action_pay()

    def test_other_company_sees_nothing(self):
        remittance = self._remit(self._bill(state="accepted"))
        other = self.env["res.company"].create({"name": "Other"})
        user = self._make_user(
            "foreigner", "account.group_account_invoice", "demat_base.group_demat_user"
        )
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            remittance.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            remittance.with_user(user)._demat_download()
        with self.assertRaises(AccessError):
            remittance.change_ids.with_user(user).read(["act"])

    def test_reader_of_the_books(self):
        remittance = self._remit(self._bill(state="accepted"))
        reader = self._make_user("reader", "account.group_account_readonly")
        self.assertTrue(remittance.with_user(reader).file_sha256)
        for act in ("action_download", "action_confirm", "_demat_download"):
            with self.assertRaises(AccessError):
                getattr(remittance.with_user(reader), act)()

    def test_nobody_reads_the_bytes_past_the_download(self):
        remittance = self._remit(self._bill(state="accepted"))
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "demat.bill.remittance"),
                    ("res_id", "=", remittance.id),
                    ("res_field", "=", "file_data"),
                ]
            )
        )
        self.assertEqual(len(attachment), 1)
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                remittance.with_user(user).read(["file_data"])
            with self.assertRaises(AccessError):
                attachment.with_user(user).read(["datas"])

    def test_changed_bytes_are_not_given_out(self):
        remittance = self._remit(self._bill(state="accepted"))
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "demat.bill.remittance"),
                    ("res_id", "=", remittance.id),
                    ("res_field", "=", "file_data"),
                ]
            )
        )
        attachment.raw = b"other"
        remittance.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "not the one"):
            remittance._demat_download()


@tagged("post_install", "-at_install")
class TestBillDownload(DematBillCommon, HttpCase):
    def test_download_gives_the_bytes_and_is_noted(self):
        remittance = self._remit(self._bill(state="accepted"))
        action = remittance.action_download()
        self.authenticate(self.clerk.login, self.clerk.login)
        response = self.url_open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            hashlib.sha256(response.content).hexdigest(), remittance.file_sha256
        )
        self.assertIn(remittance.file_name, response.headers["Content-Disposition"])
        self.assertEqual(self._acts(remittance)[-1], "download")
        self.assertEqual(self._last(remittance).user_id, self.clerk)

    def test_all_refusals_are_alike(self):
        remittance = self._remit(self._bill(state="accepted"))
        url = f"/demat/bill/remittance/{remittance.id}/file"
        self._make_user("stranger", "base.group_user")
        self._make_user("reader", "account.group_account_readonly")
        for login in ("demat_stranger", "demat_reader"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404)
            missing = url.replace(str(remittance.id), "999999999")
            self.assertEqual(self.url_open(missing).status_code, 404)
        self.assertNotIn("download", self._acts(remittance))
