# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestSites(DematInvoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Carrelage", "invoice_policy": "order", "type": "consu"}
        )
        cls.other_site = cls.env["project.project"].create({"name": "Chantier du Port"})

    def _order(self, site):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "project_id": site.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 10})
                ],
            }
        )
        order.action_confirm()
        return order

    def test_the_site_travels_to_the_invoice(self):
        invoice = self._order(self.site)._create_invoices()
        self.assertEqual(invoice.project_id, self.site)
        invoice.project_id = self.other_site
        self.assertEqual(invoice.project_id, self.other_site)

    def test_two_sites_never_share_an_invoice(self):
        orders = self._order(self.site) | self._order(self.other_site)
        invoices = orders._create_invoices()
        self.assertEqual(invoices.project_id, self.site | self.other_site)
        self.assertEqual(len(invoices), 2)

    def test_same_site_still_shares(self):
        orders = self._order(self.site) | self._order(self.site)
        self.assertEqual(len(orders._create_invoices()), 1)

    def test_site_of_the_lines_when_the_order_has_none(self):
        order = self._order(self.env["project.project"])
        self.assertFalse(order._demat_get_site())
        order.order_line.project_id = self.site
        self.assertEqual(order._demat_get_site(), self.site)

    def test_the_sites_address_wins_and_says_so(self):
        move = self._invoice(project_id=self.site.id)
        resolution = move._demat_resolve()[move.id]
        self.assertEqual(resolution.to, ("tilleuls@site.example",))
        self.assertEqual(resolution.origin, "site")
        self.assertIn("tilleuls@site.example", move.demat_notification_html)

    def test_without_site_the_customer_is_told(self):
        move = self._invoice()
        resolution = move._demat_resolve()[move.id]
        self.assertEqual(resolution.to, ("client@accord.example",))
