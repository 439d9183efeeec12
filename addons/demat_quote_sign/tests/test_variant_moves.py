# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .common import VariantCase


@tagged("post_install", "-at_install")
class TestVariantMoves(VariantCase):
    """Lines of a quote that move: the web client sends one command for each of them,
    and the host writes these one by one."""

    def setUp(self):
        super().setUp()
        for line in self.lines:
            # typed by hand: the host asks no list
            line.write({"technical_price_unit": 0, "price_unit": line.price_unit})
        self.oak.product_uom_qty = 40
        self.order.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Pose", "sequence": 30}
            ),
            *(
                Command.create(
                    {
                        "product_id": self.product_a.id,
                        "name": name,
                        "product_uom_qty": 5,
                        "price_unit": 10,
                        "sequence": 31 + position,
                    }
                )
                for position, name in enumerate(["Ponçage", "Plinthes"])
            ),
        ]
        self.work, *fixed = self.order.order_line[5:]
        self.sanding, self.skirting = fixed
        self.variants = [self.section, *self.lines]
        self.other = [self.work, *fixed]
        self.total = self.order.amount_total
        self.assertTaken(self.oak)

    def arrange(self, *lines, first=20, commands=()):
        """Put these lines one below the other, as a drag or a menu of the list does."""
        self.order.with_user(self.seller).order_line = [
            *(
                Command.update(line.id, {"sequence": first + position})
                for position, line in enumerate(lines)
            ),
            *commands,
        ]

    def assertSame(self):  # noqa: N802 - as its siblings
        self.assertTaken(self.oak)
        self.assertEqual(self.lines.mapped("demat_sign_offered_qty"), [40, 40, 40])
        self.assertEqual(self.lines.mapped("price_unit"), [45, 60, 52])
        fixed = self.sanding | self.skirting
        self.assertEqual(fixed.mapped("product_uom_qty"), [5, 5])
        self.assertEqual(fixed.mapped("demat_sign_offered_qty"), [0, 0])
        self.assertEqual(self.order.amount_total, self.total)

    def test_section_down_and_up(self):
        self.arrange(*self.other, *self.variants)
        self.assertSame()
        self.arrange(*self.variants, *self.other)
        self.assertSame()

    def test_sections_that_change_places(self):
        """Both are choices."""
        self.work.demat_sign_variant = True
        self.skirting.product_uom_qty = 6
        for lines in (
            [*self.other, *self.variants],
            [*self.variants, *self.other],
        ):
            self.arrange(*lines)
            self.assertTaken(self.oak)
            self.assertEqual(self.sanding.product_uom_qty, 0)
            self.assertEqual(self.skirting.product_uom_qty, 6)

    def test_section_above_is_duplicated(self):
        self.arrange(*self.other, *self.variants, first=11)
        copies = [
            Command.create(
                {
                    "display_type": line.display_type,
                    "product_id": line.product_id.id,
                    "name": line.name,
                    "product_uom_qty": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "sequence": 14 + position,
                }
            )
            for position, line in enumerate(self.other)
        ]
        self.arrange(*self.variants, first=17, commands=copies)
        self.total = self.order.amount_total
        self.assertSame()
        self.assertEqual(sum(self.order.order_line.mapped("product_uom_qty")), 70)

    def test_choice_is_duplicated(self):
        copies = [
            Command.create(
                {
                    "display_type": line.display_type,
                    "demat_sign_variant": line.demat_sign_variant,
                    "product_id": line.product_id.id,
                    "name": line.name,
                    "product_uom_qty": line.product_uom_qty,
                    "demat_sign_offered_qty": line.demat_sign_offered_qty,
                    "price_unit": line.price_unit,
                    "sequence": 24 + position,
                }
            )
            for position, line in enumerate(self.variants)
        ]
        self.arrange(*self.other, first=28, commands=copies)
        self.total = self.order.amount_total
        self.assertSame()
        lines = self.order.order_line[6:9]
        self.assertEqual(lines.mapped("product_uom_qty"), [0, 40, 0])

    def test_one_line_is_dragged(self):
        # inside of its section
        self.arrange(self.section, self.composite, self.oak, self.standard)
        self.assertSame()
        # out of it
        self.arrange(self.section, self.oak, self.standard, self.work, self.composite)
        self.assertEqual(self.composite.product_uom_qty, 40)
        self.assertEqual(self.oak.product_uom_qty, 40)
        self.assertEqual(self.standard.product_uom_qty, 0)
        # and back
        self.arrange(self.section, self.composite, self.oak, self.standard, self.work)
        self.assertSame()

    def test_line_with_a_quantity_is_dragged_in(self):
        """It is one more: what is proposed stays."""
        self.arrange(self.section, self.sanding, *self.lines, self.work)
        self.assertTaken(self.oak)
        self.assertEqual(self.sanding.product_uom_qty, 0)
        self.assertEqual(self.sanding.demat_sign_offered_qty, 5)
        # written on the line itself too
        self.skirting.sequence = self.section.sequence
        self.assertTaken(self.oak)

    def test_proposed_one_is_dragged_into_another_choice(self):
        self.work.demat_sign_variant = True
        self.arrange(self.section, self.standard, self.composite, self.work, self.oak)
        self.assertEqual(self.lines.mapped("product_uom_qty"), [40, 0, 0])
        self.assertEqual(self.sanding.product_uom_qty, 5)

    def test_moved_and_chosen_at_once(self):
        self.arrange(
            *self.other,
            *self.variants,
            commands=[Command.update(self.composite.id, {"product_uom_qty": 41})],
        )
        self.assertTaken(self.composite, 41)

    def test_to_another_quote(self):
        other = self.quote_with_variants()
        self.oak.write({"order_id": other.id, "sequence": 30})
        self.lines -= self.oak
        self.assertTaken(self.standard)
        self.assertEqual(self.oak.product_uom_qty, 0)
        self.lines = other.order_line - other.order_line[:2]
        self.assertTaken(self.lines.filtered(lambda line: line.price_unit == 45))

    def test_zero_and_a_new_one(self):
        """The seller says which one it shall be."""
        self.order.with_user(self.seller).order_line = [
            Command.update(self.oak.id, {"product_uom_qty": 0}),
            Command.create(
                {
                    "product_id": self.product_b.id,
                    "product_uom_qty": 38,
                    "price_unit": 70,
                    "sequence": 24,
                }
            ),
        ]
        new = self.order.order_line.filtered(lambda line: line.price_unit == 70)
        self.lines |= new
        self.assertTaken(new, 38)
        self.assertEqual(self.oak.demat_sign_offered_qty, 40)

    def test_zero_and_no_other(self):
        """One is always proposed: the one that was."""
        for commands in (
            [Command.update(self.oak.id, {"product_uom_qty": 0})],
            [Command.update(line.id, {"product_uom_qty": 0}) for line in self.lines],
        ):
            self.order.order_line = commands
            self.assertSame()

    def test_zero_voids_nothing_that_is_put_right(self):
        request = self.send(self.order)
        self.order.order_line = [
            Command.update(line.id, {"product_uom_qty": 0}) for line in self.lines
        ]
        self.assertSame()
        self.assertEqual(request.state, "sent")
        self.order.order_line = [Command.update(self.oak.id, {"product_uom_qty": 41})]
        self.assertEqual(request.state, "void")

    def test_price_of_a_list_is_that_of_the_offered_quantity(self):
        """Never that of none, whether it is proposed or not."""
        prices = self.env["product.pricelist"].create(
            {
                "name": "Quantités",
                "currency_id": self.order.currency_id.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "fixed",
                            "fixed_price": price,
                            "min_quantity": quantity,
                        }
                    )
                    for quantity, price in ((0, 100), (30, 80), (60, 70))
                ],
            }
        )
        self.order.pricelist_id = prices
        self.order._recompute_prices()
        self.assertEqual(self.lines.mapped("price_unit"), [80, 80, 80])
        self.oak.product_uom_qty = 0
        self.assertTaken(self.oak)
        self.assertEqual(self.oak.price_unit, 80)
        self.order.order_line = [
            Command.update(self.oak.id, {"product_uom_qty": 0}),
            Command.update(self.standard.id, {"product_uom_qty": 60}),
        ]
        self.assertTaken(self.standard, 60)
        self.assertEqual(self.lines.mapped("price_unit"), [70, 80, 80])

    def test_writing_that_fails(self):
        """It leaves nothing behind: the next one is put right."""
        with self.assertRaisesRegex(ValueError, "no_such_field"):
            self.order.order_line = [
                Command.update(self.oak.id, {"product_uom_qty": 0}),
                Command.update(self.oak.id, {"no_such_field": 1}),
            ]
        self.lines.write({"product_uom_qty": 40})
        self.assertTaken(self.standard)
