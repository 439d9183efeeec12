# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestLot(DematInvoiceCommon):
    @classmethod
    def _orders(cls, count):
        product = cls.env["product.product"].create(
            {"name": "Carrelage", "invoice_policy": "order", "list_price": 10}
        )
        partners = [cls._make_customer(f"C{i}", f"c{i}@x.fr") for i in range(count)]
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
                for partner in partners
            ]
        )
        orders.action_confirm()
        return orders

    def _vals(self, count=1):
        return [
            {"move_type": "out_invoice", "partner_id": self.customer.id}
            for _number in range(count)
        ]

    def test_a_single_invoice_has_none(self):
        self.assertFalse(self._invoice().lot_id)
        self.assertFalse(self._orders(1)._create_invoices().lot_id)

    def test_orders_invoiced_together_share_one_lot(self):
        moves = self._orders(3)._create_invoices()
        self.assertEqual(len(moves), 3)
        lot = moves.lot_id
        self.assertEqual((len(lot), lot.origin, lot.move_count), (1, "orders", 3))
        self.assertEqual(lot.company_id, self.company)

    def test_numbers_go_up_by_company(self):
        moves = self.env["account.move"]
        first = moves.create(self._vals(2)).lot_id
        second = moves.create(self._vals(2)).lot_id
        self.assertEqual(second.number, first.number + 1)
        found = self.env["demat.lot"].name_search(str(second.number))
        self.assertEqual(found, [(second.id, str(second.number))])

    def test_an_import_is_one_lot_however_it_creates(self):
        rows = [["out_invoice", self.customer.name, f"r{n}"] for n in range(3)]
        result = self.env["account.move"].load(["move_type", "partner_id", "ref"], rows)
        moves = self.env["account.move"].browse(result["ids"])
        self.assertEqual(len(moves), 3)
        self.assertEqual((len(moves.lot_id), moves.lot_id.origin), (1, "import"))

    def test_recurring_invoices_of_one_job_share_one_lot(self):
        moves = self.env["account.move"]
        for _number in range(2):
            move = self._invoice(
                post=False,
                invoice_date="2026-01-01",
                auto_post="monthly",
                date="2026-01-01",
            )
            moves |= move
        with self.enter_registry_test_mode():
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).method_direct_trigger()
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual((len(moves.lot_id), moves.lot_id.origin), (1, "recurring"))
        # the invoices of next month are drafts: they get theirs when they are posted
        following = self.env["account.move"].search(
            [("auto_post_origin_id", "in", moves.ids), ("state", "=", "draft")]
        )
        self.assertFalse(following.lot_id)

    def test_bills_and_companies_without_dematerialisation_have_none(self):
        bills = self.env["account.move"].create(
            [{"move_type": "in_invoice", "partner_id": self.customer.id}] * 2
        )
        self.assertFalse(bills.lot_id)
        self.company.demat_invoicing = False
        self.assertFalse(self.env["account.move"].create(self._vals(2)).lot_id)

    def test_nobody_writes_or_copies_a_lot(self):
        moves = self.env["account.move"].create(self._vals(2))
        lot = moves.lot_id
        self.assertFalse(moves[0].copy().lot_id)
        as_clerk = moves.with_user(self.clerk)
        with self.assertRaises(AccessError):
            as_clerk.write({"lot_id": False})
        forged = self._vals()[0] | {"lot_id": lot.id}
        with self.assertRaises(AccessError):
            self.env["account.move"].with_user(self.clerk).create(forged)
        with self.assertRaises(AccessError):
            lot.with_user(self.clerk).write({"number": 5})

    def test_who_sees_it(self):
        lot = self.env["account.move"].create(self._vals(2)).lot_id
        self.assertEqual(lot.with_user(self.clerk).number, lot.number)
        other = self.env["res.company"].create({"name": "Autre SARL"})
        stranger = new_test_user(
            self.env,
            "lot_stranger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(
            self.env["demat.lot"].with_user(stranger).search([("id", "=", lot.id)])
        )
        portal = new_test_user(self.env, "lot_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            lot.with_user(portal).read(["number"])
