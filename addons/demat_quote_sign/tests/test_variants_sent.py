# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.demat_sign_freeze import REPORT
from ..models.demat_sign_options import MOST_VERSIONS
from .common import VariantCase


@tagged("post_install", "-at_install")
class TestVariantsSent(VariantCase):
    """What can be sent, what the customer takes, and what it changes."""

    # -- before ------------------------------------------------------------------------

    def test_only_one_variant(self):
        (self.oak | self.composite).unlink()
        self.assertUnsendable("in “Revêtement” .* but it holds 1: add the other")
        self.standard.unlink()
        self.assertUnsendable("in “Revêtement” .* but it holds 0: add the other")

    def test_two_are_taken(self):
        """By a way that no code of ours saw."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_qty = 2 WHERE id = %s",
            [self.oak.id],
        )
        self.env.invalidate_all()
        self.assertUnsendable("“Revêtement” .* 2 lines have a quantity: leave it on")

    def test_none_is_taken(self):
        self.lines.unlink()
        self.order.order_line = [
            Command.create(
                {"product_id": self.product_b.id, "product_uom_qty": 0, "sequence": 30}
            )
            for _number in range(2)
        ]
        self.assertUnsendable("“Revêtement” .* none has a quantity: enter one")

    def test_variant_without_quantity(self):
        self.oak.demat_sign_offered_qty = 0
        self.assertUnsendable("“Chêne” has no quantity to take: enter it in the column")
        self.oak.demat_sign_offered_qty = -1
        self.assertUnsendable("“Chêne” has no quantity to take")

    def test_choice_that_cannot_be_seen(self):
        for field in ("collapse_prices", "collapse_composition"):
            self.section.write({field: True})
            self.assertUnsendable("the section hides its prices or its lines: show")
            self.section.write({field: False})

    def test_choice_that_cannot_be_seen_in_a_part(self):
        """The document would leave these lines out, or their prices."""
        self.order.order_line = [
            Command.create(
                {"display_type": "line_subsection", "name": "Premium", "sequence": 21}
            ),
            Command.update(self.oak.id, {"sequence": 22}),
        ]
        part = self.order.order_line.filtered(lambda line: line.name == "Premium")
        for field in ("collapse_prices", "collapse_composition"):
            part.write({field: True})
            self.assertUnsendable(
                "in “Revêtement” .* its part “Premium” hides its prices or its lines: "
                "show them"
            )
            part.write({field: False})
        self.send(self.order)

    def test_choice_that_is_optional(self):
        self.section.is_optional = True
        self.assertUnsendable("the section is optional: take one of the two marks off")

    def test_choice_in_a_choice(self):
        self.order.order_line = [
            Command.create(
                {
                    "display_type": "line_subsection",
                    "name": "Bois",
                    "demat_sign_variant": True,
                    "sequence": 21,
                }
            ),
            *(
                Command.create(
                    {"product_id": self.product_a.id, "sequence": 20, "name": name}
                )
                for name in ("Un", "Deux")
            ),
        ]
        self.assertUnsendable("in “Bois” .* it is a part of “Revêtement”, which is")

    # -- the choice --------------------------------------------------------------------

    def test_chosen(self):
        request = self.send(self.order)
        self.assertTrue(request.choose_options)
        self.assertTrue(request._options_are_open())
        self.assertFalse(request._option_lines())
        first, total = request.document_id, request.amount_total
        # typed by hand, or of a list that has another price for another quantity
        self.assertNotEqual(self.oak.product_id.list_price, self.oak.price_unit)
        changed = request._choose_options(
            request.signatory_ids, {}, {self.section.id: self.oak.id}
        )
        self.assertTrue(changed)
        self.assertTaken(self.oak)
        self.assertEqual(self.lines.mapped("price_unit"), [45, 60, 52])
        self.assertEqual(self.order.amount_untaxed, 10 * 42 + 40 * 60)
        self.assertGreater(request.amount_total, total)
        self.assertEqual(request.amount_total, self.order.amount_total)
        self.assertEqual(request.document_id.predecessor_id, first)
        self.assertEqual(request.state, "sent")
        self.assertEqual(request._settle(), "sent")
        self.assertEqual(self.event_types(request)[-2:], ["option_chosen", "frozen"])
        [event] = request.event_ids.filtered(lambda one: one.type == "option_chosen")
        self.assertEqual(event.detail, "Revêtement: Chêne")
        self.assertEqual(event._evidence()["detail"], event.detail)

    def test_same_choice_makes_no_file(self):
        request = self.send(self.order)
        document = request.document_id
        changed = request._choose_options(
            request.signatory_ids, {}, {self.section.id: self.standard.id}
        )
        self.assertFalse(changed)
        self.assertEqual(request.document_id, document)
        self.assertEqual(self.event_types(request)[-1], "option_chosen")

    def test_what_the_page_shows(self):
        self.oak.demat_sign_offered_qty = 10
        [choice] = self.send(self.order)._variant_choices()
        self.assertEqual(choice["section"], self.section)
        shown = choice["variants"]
        self.assertEqual([one["line"] for one in shown], list(self.lines))
        self.assertEqual([one["is_taken"] for one in shown], [True, False, False])
        self.assertEqual([one["quantity"] for one in shown], [40, 10, 40])
        self.assertEqual([one["untaxed"] for one in shown], [1800, 600, 2080])
        for one in shown:
            difference = one["total"] - shown[0]["total"]
            self.assertAlmostEqual(one["difference"], difference, 2)
        self.assertEqual(shown[0]["total"], self.standard.price_total)

    def test_forged(self):
        request = self.send(self.order)
        foreign = self.quote_with_variants()
        fixed = self.order.order_line[0]
        number = self.section.id
        for quantities, variants, words in (
            ({}, {number: fixed.id}, "exactly one of the variants that “Revêtement”"),
            ({}, {number: foreign.order_line[3].id}, "exactly one of the variants"),
            ({}, {number: number}, "exactly one of the variants"),
            ({}, {number: 0}, "exactly one of the variants"),
            ({}, {number: None}, "exactly one of the variants"),
            ({}, {number: [self.oak.id]}, "exactly one of the variants"),
            ({}, {foreign.order_line[1].id: self.oak.id}, "not an option"),
            ({}, {fixed.id: self.oak.id}, "not an option"),
            ({self.oak.id: 40}, {}, "not an option"),
            ({self.standard.id: 0}, {}, "not an option"),
        ):
            with (
                self.subTest(quantities=quantities, variants=variants),
                self.assertRaisesRegex(UserError, words),
            ):
                request._choose_options(request.signatory_ids, quantities, variants)
        self.assertTaken(self.standard)
        self.assertNotIn("option_chosen", self.event_types(request))

    def test_two_choices_and_an_option(self):
        self.order.order_line = [
            self.optional_section(),
            Command.create(
                {"product_id": self.product_a.id, "product_uom_qty": 0, "sequence": 51}
            ),
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "Plinthes",
                    "demat_sign_variant": True,
                    "sequence": 60,
                }
            ),
            *(
                Command.create(
                    {"product_id": self.product_a.id, "name": name, "sequence": 61}
                )
                for name in ("Bois", "Métal")
            ),
        ]
        option, skirting, wood, metal = (
            self.order.order_line[index] for index in (6, 7, 8, 9)
        )
        request = self.send(self.order)
        self.assertEqual(request._option_lines(), option)
        with self.assertRaisesRegex(UserError, "exactly one of the variants"):
            request._choose_options(
                request.signatory_ids, {}, {self.section.id: metal.id}
            )
        request._choose_options(
            request.signatory_ids,
            {option.id: 2},
            {self.section.id: self.oak.id, skirting.id: metal.id},
        )
        self.assertTaken(self.oak)
        self.assertEqual((option | wood | metal).mapped("product_uom_qty"), [2, 0, 1])
        self.assertEqual(self.event_types(request).count("frozen"), 2)

    def test_code_when_the_choice_passes_the_threshold(self):
        self.company.demat_sign_code_threshold = self.order.amount_total + 20
        self.company.demat_sign_code = "threshold"
        request = self.send(self.order)
        self.assertFalse(request.require_code)
        request._choose_options(
            request.signatory_ids, {}, {self.section.id: self.oak.id}
        )
        self.assertTrue(request.require_code)

    def test_not_without_end(self):
        request = self.send(self.order)
        for _number in range(MOST_VERSIONS - 1):
            request._record_event("frozen", detail="SHA-256 …")
        with self.assertRaisesRegex(UserError, "changed too many times"):
            request._choose_options(
                request.signatory_ids, {}, {self.section.id: self.oak.id}
            )
        self.assertTaken(self.standard)

    def test_not_after_a_signature(self):
        request = self.send(self.order, people=[("Bob", "bob@accord.example")])
        self.mark_signed(request.signatory_ids[0])
        self.assertFalse(request._options_are_open())
        with self.assertRaisesRegex(UserError, "cannot be chosen any more"):
            request._choose_options(
                request.signatory_ids[1], {}, {self.section.id: self.oak.id}
            )
        self.assertTaken(self.standard)

    # -- later -------------------------------------------------------------------------

    def test_changes_make_the_request_void(self):
        for change in (
            lambda: self.section.write({"demat_sign_variant": False}),
            lambda: self.oak.write({"demat_sign_offered_qty": 39}),
            lambda: self.oak.write({"product_uom_qty": 40}),
            lambda: self.oak.write({"price_unit": 1}),
            lambda: self.composite.unlink(),
        ):
            request = self.send(self.order)
            change()
            self.assertEqual(request.state, "void")
            self.section.demat_sign_variant = True

    def test_none_is_put_right_before_it_is_void(self):
        request = self.send(self.order)
        # a price that was typed by hand: the host asks no list
        self.standard.write({"technical_price_unit": 0, "price_unit": 45})
        self.standard.with_user(self.seller).product_uom_qty = 0
        self.assertEqual(request.state, "sent")
        self.assertTaken(self.standard)

    def test_digest_of_quotes_without_variants_stays(self):
        """Those that wait since before there were any are not void."""
        facts = self.quote().order_line._demat_sign_facts()
        self.assertFalse({"variants", "offered"} & set(facts))

    def test_combined_product(self):
        """The host prints it in a row of its own, which says what the others say."""
        line, part = self.add_combo(product_uom_qty=5)
        part.price_unit = 20
        report = self.env["ir.actions.report"]
        for taken, retained in ((self.standard, 0), (line, 1)):
            taken.product_uom_qty = 5
            html, _kind = report._render_qweb_html(REPORT, self.order.ids)
            row = html.decode().partition('name="td_combo_name"')[2].partition("</td>")
            self.assertEqual(row[0].count('name="demat_variant_retained"'), retained)
            self.assertEqual(row[0].count('name="demat_variant_offered"'), 1 - retained)
        request = self.send(self.order)
        html = self.env["ir.qweb"]._render(
            "demat_quote_sign.sign_variants",
            {"choice": request._variant_choices()[0], "deal": request},
        )
        words = [" ".join(row.split()) for row in html.split("</label>")]
        self.assertIn("×", words[0])
        self.assertNotIn("×", words[3], "its own price is 0 by design")
        self.assertRegex(words[3], r"5[.,]00.*100[.,]00")

    def test_document(self):
        """The frozen quote says what is offered, and which one is retained."""
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(REPORT, self.order.ids)
        html = html.decode()
        self.assertEqual(html.count('name="demat_variants"'), 1)
        self.assertEqual(html.count('name="demat_variant_retained"'), 1)
        self.assertEqual(html.count('name="demat_variant_offered"'), 2)
        self.assertRegex(html, r"2.400[.,]00")
