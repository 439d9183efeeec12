# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from itertools import product

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.demat_base.lib.document_status import QUOTE_RULES, STATUSES, decide

from .common import SignCommon

SIGNING = ("", "sent", "signed", "declined", "expired", "cancelled", "void")


@tagged("post_install", "-at_install")
class TestStatus(SignCommon):
    """The status of a quote: form, filter and table agree (seed 004)."""

    def _found(self, order):
        """The statuses by which the filter finds the quote."""
        orders = self.env["sale.order"]
        return [
            status
            for status in (*STATUSES, False)
            if orders.search([("demat_status", "=", status), ("id", "=", order.id)])
        ]

    def test_form_filter_and_table_agree_on_every_combination(self):
        """56 combinations of facts on one quote."""
        order = self.quote()
        self.env.flush_all()
        with freeze_time("2026-11-20"):
            for state, signing, late in product(
                ("draft", "sent", "sale", "cancel"), SIGNING, (True, False)
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE sale_order SET state = %s, demat_sign_state = %s,"
                        " validity_date = %s WHERE id = %s",
                        state,
                        signing or None,
                        "2026-11-19" if late else "2026-11-20",
                        order.id,
                    )
                )
                self.env.invalidate_all()
                facts = {"state": state, "signing": signing, "late": late}
                expected = decide(QUOTE_RULES, facts)
                self.assertEqual(order.demat_status, expected, facts)
                self.assertEqual(self._found(order), [expected], facts)

    def test_life_of_a_quote(self):
        """Draft, waiting, to be sent again, waiting, done."""
        order = self.quote()
        self.assertEqual(order.demat_status, "draft")
        self.send(order)
        self.assertEqual(order.demat_status, "waiting")
        order.order_line[0].price_unit += 1
        self.assertEqual(order.demat_status, "to_send")
        self.send(order)
        self.assertEqual(order.demat_status, "waiting")
        order.action_confirm()
        self.assertEqual(order.demat_status, "done")
        self.assertEqual(self._found(order), ["done"])

    def test_no_answer_in_time(self):
        """Nothing is written between the two days, and both answers change."""
        order = self.quote()
        order.state = "sent"
        order.validity_date = "2026-11-15"
        self.env.flush_all()
        for day, status in (("2026-11-15", "waiting"), ("2026-11-16", "overdue")):
            self.env.invalidate_all()
            with freeze_time(day):
                self.assertEqual(order.demat_status, status)
                self.assertEqual(self._found(order), [status])

    def test_request_that_expired_or_was_taken_back(self):
        expired, cancelled = self.quote(), self.quote()
        request = self.send(expired)
        with (
            freeze_time(request.expires_on + timedelta(days=1)),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("demat_quote_sign.ir_cron_daily").method_direct_trigger()
        self.assertEqual(expired.demat_status, "overdue")
        self.send(cancelled).action_cancel()
        self.assertEqual(cancelled.demat_status, "to_send")

    def test_grouped_in_one_query(self):
        """However many quotes; the seller sees the groups of his own."""
        orders = self.quote() + self.quote()
        orders[1].state = "sent"
        self.env.flush_all()
        groups = self.env["sale.order"].formatted_read_group(
            [("id", "in", orders.ids)], ["demat_status"], ["__count"]
        )
        self.assertEqual(
            {group["demat_status"]: group["__count"] for group in groups},
            {"draft": 1, "waiting": 1},
        )
