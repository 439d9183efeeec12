# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import VariantCase


@tagged("post_install", "-at_install")
class TestVariants(VariantCase):
    """Exactly one line of a section of variants has its quantity, whoever writes."""

    def test_first_is_proposed(self):
        """All were created with a quantity; totals hold one."""
        self.assertTaken(self.standard)
        self.assertEqual(self.lines.mapped("demat_sign_offered_qty"), [40, 40, 40])
        self.assertEqual(self.order.amount_untaxed, 10 * 42 + 40 * 45)
        self.assertTrue(self.order.demat_sign_has_variants)
        self.assertFalse(self.quote().demat_sign_has_variants)

    def test_who_is_given_a_quantity_is_taken(self):
        seller = self.order.with_user(self.seller)
        seller.order_line = [Command.update(self.oak.id, {"product_uom_qty": 38})]
        self.assertTaken(self.oak, 38)
        self.assertEqual(self.lines.mapped("demat_sign_offered_qty"), [40, 38, 40])
        self.assertEqual(self.standard.price_unit, 45, "not asked of the list at 0")
        seller.order_line = [
            Command.update(self.oak.id, {"product_uom_qty": 0}),
            Command.update(self.composite.id, {"product_uom_qty": 41}),
        ]
        self.assertTaken(self.composite, 41)

    def test_two_or_none_are_put_right(self):
        self.lines.write({"product_uom_qty": 7})
        self.assertTaken(self.standard, 7)
        self.oak.product_uom_qty = 7
        self.oak.write({"product_uom_qty": 0})
        self.assertTaken(self.oak, 7)
        self.lines.write({"product_uom_qty": 0})
        self.assertTaken(self.standard, 7)
        self.standard.unlink()
        self.lines -= self.standard
        self.assertTaken(self.oak, 7)

    def test_line_that_is_added_is_one_more(self):
        """Even above the one that is taken."""
        self.order.order_line = [
            Command.create(
                {
                    "product_id": self.product_a.id,
                    "product_uom_qty": 12,
                    "price_unit": 5,
                    "sequence": 20,
                }
            )
        ]
        new = self.order.order_line - self.lines
        new = new.filtered(lambda line: line.price_unit == 5)
        self.lines = new | self.lines
        self.assertTaken(self.standard)
        self.assertEqual(new.demat_sign_offered_qty, 12)
        self.assertEqual(new._demat_sign_offer()["untaxed"], 60)

    def test_offered_quantity_of_the_taken_one_is_its_quantity(self):
        self.standard.demat_sign_offered_qty = 3
        self.assertTaken(self.standard)
        self.assertEqual(self.standard.demat_sign_offered_qty, 40)
        self.oak.demat_sign_offered_qty = 3
        self.assertTaken(self.standard)
        self.assertEqual(self.oak.demat_sign_offered_qty, 3)

    def test_lines_that_leave_get_their_quantity_back(self):
        self.composite.sequence = 1
        self.assertEqual(self.composite.product_uom_qty, 40)
        self.assertEqual(self.composite.demat_sign_offered_qty, 0)
        self.lines -= self.composite
        self.assertTaken(self.standard)
        self.section.demat_sign_variant = False
        self.assertEqual(self.lines.mapped("product_uom_qty"), [40, 40])
        self.assertEqual(self.oak.price_unit, 60)
        self.section.demat_sign_variant = True
        self.assertTaken(self.standard)

    def test_subsection(self):
        self.order.order_line = [
            Command.create(
                {"display_type": "line_subsection", "name": "Divers", "sequence": 22}
            )
        ]
        self.assertTaken(self.standard)
        self.section.demat_sign_variant = False
        divers = self.order.order_line.filtered(lambda line: line.name == "Divers")
        divers.demat_sign_variant = True
        groups = self.order._demat_sign_variant_groups()
        self.assertEqual(groups, {divers: self.composite})
        self.assertEqual(self.composite._demat_sign_variant_section(), divers)
        self.assertFalse(self.oak._demat_sign_variant_section())

    def test_mark_is_one_of_sections(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.standard.demat_sign_variant = True
            self.env.flush_all()

    def test_copy(self):
        self.oak.product_uom_qty = 38
        copied = self.order.copy().order_line
        self.assertTrue(copied[1].demat_sign_variant)
        self.assertEqual(copied[2:].mapped("product_uom_qty"), [0, 38, 0])
        self.assertEqual(copied[2:].mapped("demat_sign_offered_qty"), [40, 38, 40])
        prices = self.lines.mapped("price_unit")
        self.assertEqual(copied[2:].mapped("price_unit"), prices)

    def test_order_is_left_alone(self):
        self.order.action_confirm()
        self.oak.product_uom_qty = 2
        self.assertEqual(self.lines.mapped("product_uom_qty"), [40, 2, 0])

    def test_what_the_host_adds_is_no_variant(self):
        """A deposit or a discount at the end, below the section of variants."""
        discount = self.env["sale.order.discount"].create(
            {
                "sale_order_id": self.order.id,
                "discount_type": "amount",
                "discount_amount": 100,
            }
        )
        discount.action_apply_discount()
        added = self.order.order_line - self.lines
        added = added.filtered(lambda line: line.price_unit < 0)
        self.assertTrue(added)
        self.assertTrue(all(added.mapped("product_uom_qty")))
        self.assertTaken(self.standard)

    def test_no_work_for_what_is_not_taken(self):
        """The host makes no task of an option of which there is none."""
        self.assertTrue(self.oak._is_line_optional())
        self.assertFalse(self.order.order_line[0]._is_line_optional())

    def test_combined_product(self):
        """What it is composed of follows, as a variant and as an option."""
        combo, part = self.add_combo(product_uom_qty=5)
        self.assertEqual(combo.product_uom_qty, 0)
        # created after the line it belongs to, which is not taken
        combo.product_uom_qty = 6
        self.assertEqual(part.product_uom_qty, 6)
        self.oak.product_uom_qty = 40
        self.assertEqual(part.product_uom_qty, 0)
        self.assertEqual(combo._demat_sign_offer()["untaxed"], 120)
        self.section.write({"demat_sign_variant": False, "is_optional": True})
        request = self.send(self.order)
        request._choose_options(request.signatory_ids, {combo.id: 3})
        self.assertEqual(part.product_uom_qty, 3)

    def make_template(self):
        """A choice of three, of which the first has no quantity, and a fixed line."""
        return self.env["sale.order.template"].create(
            {
                "name": "Sol",
                "sale_order_template_line_ids": [
                    Command.create(
                        {
                            "display_type": "line_section",
                            "name": "Revêtement",
                            "demat_sign_variant": True,
                        }
                    ),
                    *(
                        Command.create(
                            {"product_id": product.id, "product_uom_qty": quantity}
                        )
                        for product, quantity in (
                            (self.product_a, 0),
                            (self.product_a, 4),
                            (self.product_b, 6),
                        )
                    ),
                    Command.create({"display_type": "line_section", "name": "Reste"}),
                    Command.create(
                        {"product_id": self.product_a.id, "product_uom_qty": 2}
                    ),
                ],
            }
        )

    def test_template_of_quotes(self):
        template = self.make_template()
        values = [
            line._prepare_order_line_values()
            for line in template.sale_order_template_line_ids
        ]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(one) for one in values],
            }
        )
        self.assertEqual([one["product_uom_qty"] for one in values], [0, 0, 4, 0, 0, 2])
        lines = order.order_line
        self.assertEqual(lines.mapped("product_uom_qty"), [0, 0, 4, 0, 0, 2])
        self.assertEqual(lines.mapped("demat_sign_offered_qty"), [0, 0, 4, 6, 0, 0])
        self.assertEqual(lines.mapped("demat_sign_variant"), [True, *[False] * 5])

    def test_template_of_the_company(self):
        """A new quote has its lines before it has a customer: for him it is filled
        anew, with his prices and taxes, as the host does without variants."""
        group = self.env.ref("sale_management.group_sale_order_template")
        self.env.user.group_ids |= group
        self.company.sale_order_template_id = self.make_template()
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Client",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "fixed",
                            "fixed_price": price,
                            "min_quantity": quantity,
                        }
                    )
                    for quantity, price in ((0, 33), (6, 31))
                ],
            }
        )
        form = Form(self.env["sale.order"].with_company(self.company))
        self.assertEqual(len(form.order_line), 6)
        form.partner_id = self.customer
        prices = [line["price_unit"] for line in form.order_line._records]
        self.assertEqual(prices, [0, 33, 33, 31, 0, 33])
        lines = form.save().order_line
        self.assertEqual(lines.mapped("price_unit"), [0, 33, 33, 31, 0, 33])
        self.assertEqual(lines.mapped("product_uom_qty"), [0, 0, 4, 0, 0, 2])
        self.assertEqual(lines.mapped("demat_sign_offered_qty"), [0, 0, 4, 6, 0, 0])
        # one that the seller changed stays as he made it
        form = Form(self.env["sale.order"].with_company(self.company))
        with form.order_line.edit(2) as line:
            line.product_uom_qty = 5
        form.partner_id = self.customer
        self.assertEqual(form.save().order_line[2].product_uom_qty, 5)
