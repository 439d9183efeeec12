# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io

import zxingcpp
from PIL import Image

from odoo.tests import tagged

from .common_pay import PAY, PayCase


@tagged("post_install", "-at_install")
class TestPay(PayCase):
    """From the choice of the customer to the entries, with the host's demo provider."""

    def test_selection_of_two_entities_is_booked_for_each(self):
        mine = self._published(amount=100)
        theirs = self._published(self.subsidiary, amount=40.5)
        note = self._published(amount=30, move_type="out_refund")
        self._as(self.owner)
        token, amount = self._offer(self._ids(mine, theirs, note))
        self.assertEqual(amount, 110.5)
        transaction = self._pay(self._ids(mine, theirs, note))
        self.assertEqual(transaction.amount, 110.5, "what the form says is ignored")
        payments = self.env["account.payment"].search(
            [("payment_transaction_id", "=", transaction.id)]
        )
        self.assertEqual(
            {(one.partner_id, one.amount) for one in payments},
            {(self.customer, 70.0), (self.subsidiary, 40.5)},
        )
        for move in mine | theirs | note:
            self.assertFalse(move.amount_residual)
        self.assertEqual(
            transaction.landing_route, f"/my/statement/paid/{transaction.id}"
        )
        page = self._get(transaction.landing_route).text
        self.assertIn("Paid, thank you", page)
        self.assertIn(mine.name, page)
        # the old page offers nothing any more
        _result, error = self._start(token)
        self.assertIn("has changed", error["data"]["message"])

    def test_one_invoice_of_the_subsidiary_is_booked_on_its_own_account(self):
        theirs = self._published(self.subsidiary, amount=40)
        account = theirs._demat_receivable_account().copy()
        lines = theirs.line_ids.filtered(lambda x: x.display_type == "payment_term")
        lines.with_context(skip_readonly_check=True).account_id = account
        self._as(self.owner)
        transaction = self._pay(self._ids(theirs))
        self.assertEqual(transaction.payment_id.partner_id, self.subsidiary)
        self.assertEqual(transaction.payment_id.destination_account_id, account)
        self.assertFalse(theirs.amount_residual)

    def test_all_that_is_overdue_and_nothing_else(self):
        late = self._published(amount=10)
        later = self._published(self.subsidiary, amount=20)
        self._published(amount=1000, due="2199-01-01")
        self._published(amount=5, move_type="out_refund")
        self._as(self.colleague)
        moved = self._get("/my/invoices/overdue")
        self.assertTrue(moved.headers["Location"].endswith(f"{PAY}?scope=overdue"))
        _token, amount = self._offer("scope=overdue")
        self.assertEqual(amount, 30)
        home = self._get("/my").text
        self.assertIn("30.00", home)
        self.assertIn("1,030.00", home)
        self._pay("scope=overdue")
        self.assertFalse((late | later).filtered("amount_residual"))
        self.assertIn("Nothing is overdue", self._get(f"{PAY}?scope=overdue").text)

    def test_what_failed_was_cancelled_or_waits_is_said(self):
        self._as(self.owner)
        for state, words in (
            ("error", "The payment failed"),
            ("cancel", "The payment was cancelled"),
            ("pending", "do not pay a second time"),
        ):
            with self.subTest(state=state):
                move = self._published(amount=50)
                transaction = self._pay(self._ids(move), state)
                page = self._get(f"/my/statement/paid/{transaction.id}").text
                self.assertIn(words, page)
                self.assertEqual(move.amount_residual, 50)
                again = self._page(self._ids(move))
                forms = again.xpath("//form[@id='o_payment_form']")
                self.assertEqual(bool(forms), state != "pending")
                self.assertEqual("Try again" in page, state != "pending")

    def test_companies_and_currencies_are_paid_apart(self):
        euro = self._published(amount=10)
        dollar = self._published(amount=10, currency_id=self._usd().id)
        self._as(self.owner)
        page = self._page(self._ids(euro, dollar))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
        offers = page.xpath(f"//form[@action='{PAY}'][.//input[@name='ids']]")
        self.assertEqual(
            sorted(one.xpath(".//input[@name='ids']/@value") for one in offers),
            sorted([[str(euro.id)], [str(dollar.id)]]),
        )
        fields = {
            one.get("name"): one.get("value") for one in offers[0].xpath(".//input")
        }
        follow = self.url_open(PAY, data=fields)
        self.assertIn("o_payment_form", follow.text)

    def _usd(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        return dollar

    def test_credit_note_reduces_its_own_entity_only(self):
        theirs = self._published(self.subsidiary, amount=40)
        note = self._published(amount=30, move_type="out_refund")
        self._as(self.owner)
        page = self._page(self._ids(theirs, note))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
        self.assertIn("leave out a credit note", page.text_content())

    def test_transfer_with_its_qr_code(self):
        # unrounded, these make 30.299999999999997
        moves = [self._published(amount=10.1), self._published(amount=20.2)]
        self._as(self.owner)
        page = self._page(self._ids(*moves))
        text = page.text_content()
        self.assertIn(
            "FR76 3000 6000 0112 3456 7890 189".replace(" ", ""), text.replace(" ", "")
        )
        for move in moves:
            self.assertIn(move.name, text)
        [image] = page.xpath("//figure/img/@src")
        kind, _comma, content = image.partition(",")
        self.assertEqual(kind, "data:image/png;base64")
        picture = Image.open(io.BytesIO(base64.b64decode(content)))
        # a bank's app reads this (EPC069-12)
        [code] = zxingcpp.read_barcodes(picture)
        lines = code.text.split("\n")
        self.assertEqual(lines[:4], ["BCD", "002", "1", "SCT"])
        self.assertEqual(lines[5], self.company.name)
        self.assertEqual(lines[6], "FR7630006000011234567890189")
        self.assertEqual(lines[7], "EUR30.3")
        self.assertEqual(lines[10], " ".join(move.name for move in moves))

    def test_reference_of_a_transfer_keeps_to_its_140_characters(self):
        moves = self.env["account.move"].create(
            [
                {"move_type": "out_invoice", "name": f"FAC/2026/{n:05}"}
                for n in range(30)
            ]
        )
        text = moves._demat_pay_reference()
        self.assertLessEqual(len(text), 140)
        self.assertTrue(text.startswith("FAC/2026/00000 FAC/2026/00001"))
        shown = text.count("FAC/")
        self.assertTrue(text.endswith(f"+{30 - shown}"))

    def test_what_is_overdue_is_offered_wherever_it_is(self):
        """On the page that shows it, and on one that does not."""
        self._as(self.owner)
        self._published(amount=10, due="2099-01-31")
        offered = "scope=overdue"
        self.assertNotIn(offered, self._get("/my/statement").text)
        late = self._published(amount=20, invoice_date="2025-03-01", due="2025-03-31")
        for query in ("year=2025", "year=2026", "search=nothing", "year=all"):
            page = self._get(f"/my/statement?{query}").text
            self.assertEqual(late.name in page, query in ("year=2025", "year=all"))
            self.assertIn(offered, page)
        self._as(self.neighbour)
        self.assertNotIn(offered, self._get("/my/statement").text)

    def test_forged_offers_start_nothing(self):
        mine = self._published(amount=100)
        foreign = self._published(self.silent, amount=1)
        hidden = self._invoice()
        self._as(self.neighbour)
        foreign_token, _amount = self._offer(self._ids(foreign))
        self._as(self.owner)
        token, _amount = self._offer(self._ids(mine, foreign, hidden))
        self.assertEqual(_amount, 100, "what is not his is not there")
        before = self.env["payment.transaction"].search_count([])
        for name, forged, values in (
            ("of another user", foreign_token, {}),
            ("changed", token[:-4] + "AAAA", {}),
            ("no token", None, {}),
            ("no text", 7, {}),
            ("nonsense", "§", {}),
            ("provider", token, {"provider_id": 0}),
            ("unknown value", token, {"partner_id": self.silent.id}),
        ):
            with self.subTest(name):
                result, error = self._start(forged, **values)
                self.assertTrue(error)
                self.assertFalse(result)
        self.assertEqual(self.env["payment.transaction"].search_count([]), before)
        self._force_state(mine, "waiting")
        _result, error = self._start(token)
        self.assertIn("has changed", error["data"]["message"])

    def test_result_is_for_the_group_only(self):
        move = self._published(amount=10)
        self._as(self.owner)
        transaction = self._pay(self._ids(move))
        url = f"/my/statement/paid/{transaction.id}"
        self._as(self.colleague)
        self.assertEqual(self._get(url).status_code, 200)
        self._as(self.neighbour)
        refusals = {
            self._get(one).status_code for one in (url, "/my/statement/paid/999999999")
        }
        self.assertEqual(refusals, {404})
