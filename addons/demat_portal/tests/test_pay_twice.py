# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.ged_archive.models import ged_throttle

from .common_pay import PayCase


@tagged("post_install", "-at_install")
class TestPayTwice(PayCase):
    """Nobody pays an invoice twice. Two windows at the very same moment need two
    connections: see tests/test_portal_pay_twice.py.
    """

    def test_what_was_taken_but_not_booked_is_not_offered(self):
        move = self._published(amount=50)
        self._as(self.owner)
        old, _amount = self._offer(self._ids(move))
        transaction = self._take(self._ids(move))
        self.assertEqual(transaction.state, "done")
        self.assertFalse(transaction.is_post_processed)
        self.assertEqual(move.amount_residual, 50)
        page = self._page(self._ids(move))
        self.assertFalse(page.xpath("//form[@id='o_payment_form']"))
        self.assertIn("on its way", page.text_content())
        _result, error = self._start(old)
        self.assertIn("has changed", error["data"]["message"])
        # the host's own page of the invoice
        self.assertFalse(move._has_to_be_paid())
        self.assertNotIn("o_payment_form", self._get(f"/my/invoices/{move.id}").text)
        _result, error = self._pay_on_host_page(move)
        self.assertIn("on its way", error["data"]["message"])
        self.assertEqual(len(move.transaction_ids), 1)
        self._book(transaction)
        self.assertFalse(move.amount_residual)
        # a page of the host that was left open
        _result, error = self._pay_on_host_page(move)
        self.assertIn("paid already", error["data"]["message"])

    def test_host_page_offers_again_what_failed(self):
        move = self._published(amount=50)
        self._as(self.owner)
        self._pay(self._ids(move), "error")
        self.assertTrue(move._has_to_be_paid())
        values, error = self._pay_on_host_page(move)
        self.assertFalse(error)
        self._book(self._answer(self._transaction(values["reference"])))
        self.assertFalse(move.amount_residual)

    def test_unconfirmed_promises_nothing(self):
        move = self._published(amount=50)
        self._as(self.owner)
        token, _amount = self._offer(self._ids(move))
        values, _error = self._start(token)
        transaction = self._transaction(values["reference"])
        self.assertEqual(transaction.state, "draft")
        page = self._get(f"/my/statement/paid/{transaction.id}").text
        self.assertIn("not confirmed yet", page)
        self.assertIn("the account of your bank", page)
        self.assertNotIn("Nothing was taken", page)
        self.assertNotIn("Try again", page)

    def test_too_many_payments_are_stopped(self):
        move = self._published(amount=50)
        self._as(self.owner)
        token, _amount = self._offer(self._ids(move))
        with patch.dict(ged_throttle.LIMITS, {"pay_start": (2, 100, 600)}):
            for _number in range(2):
                self.assertFalse(self._start(token)[1])
            _result, error = self._start(token)
        self.assertIn("Too many payments", error["data"]["message"])
        self.assertEqual(len(move.transaction_ids), 2)
