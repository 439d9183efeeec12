# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A section of variants, and its alternatives; see ``sale_order_variants.py``."""

    _inherit = "sale.order.line"

    demat_sign_variant = fields.Boolean(
        string="Customer Takes Exactly One",
        help="The lines of this section are variants: the customer takes exactly one "
        "of them. The one that has a quantity is proposed; the others have 0 and "
        "remember the quantity they are offered in.",
    )
    demat_sign_offered_qty = fields.Float(
        string="Offered Quantity",
        digits="Product Unit",
        help="The quantity of this variant if the customer takes it.",
    )

    demat_sign_is_alternative = fields.Boolean(
        string="Can Be a Variant", compute="_compute_demat_sign_is_alternative"
    )

    _demat_sign_variant_is_section = models.Constraint(
        "CHECK (NOT COALESCE(demat_sign_variant, FALSE)"
        " OR COALESCE(display_type, '') IN ('line_section', 'line_subsection'))",
        "Only a section can be one of which the customer takes exactly one line.",
    )

    @api.depends("combo_item_id", "display_type", "is_downpayment", "product_id")
    def _compute_demat_sign_is_alternative(self):
        for line in self:
            line.demat_sign_is_alternative = line._demat_sign_is_alternative()

    def _demat_sign_is_alternative(self):
        """Whether this line can be a variant. Lines that the host adds at the end of a
        quote, below whatever section is the last, are none.

        TO EXTEND by addons that add other lines by themselves.
        """
        self.ensure_one()
        return not (
            self.display_type
            or self.combo_item_id
            or self.is_downpayment
            or self._is_delivery()
            or self._is_global_discount()
            # of the addon of vouchers, if it is there
            or ("is_reward_line" in self._fields and self.is_reward_line)
        )

    def _demat_sign_variant_section(self):
        """The section of variants that this line is an alternative of, else none."""
        self.ensure_one()
        if not self._demat_sign_is_alternative():
            return self.browse()
        parent = self.parent_id
        if parent.demat_sign_variant:
            return parent
        above = parent.parent_id
        return above if above.demat_sign_variant else self.browse()

    def _is_line_optional(self):
        # EXTENDS sale_management: a variant that is not taken is no work to be done
        return super()._is_line_optional() or bool(self._demat_sign_variant_section())

    def _can_be_edited_on_portal(self):
        # EXTENDS sale: the host's page would take two of them, or none; a variant is
        # taken in the ceremony only
        return super()._can_be_edited_on_portal() and not (
            self._demat_sign_variant_section()
        )

    def _get_pricelist_kwargs(self):
        # EXTENDS sale: a variant that is not taken has the price of the quantity it is
        # offered in; the host asks for that of 1
        values = super()._get_pricelist_kwargs()
        if not self.product_uom_qty and self.demat_sign_offered_qty:
            values["quantity"] = self.demat_sign_offered_qty
        return values

    # -- taking one -------------------------------------------------------------------

    def _demat_sign_take_one(self, ranks):
        """Leave one of these alternatives with its quantity, and 0 to the others.

        :param ranks: sets of ids, the lines first that come first
        """
        possible = self.filtered("product_uom_qty")
        possible = possible or self.filtered("demat_sign_offered_qty")
        kept = next(
            (line for ids in ranks for line in possible if line.id in ids),
            possible[:1],
        )
        for line in self:
            quantity = line.product_uom_qty or line.demat_sign_offered_qty
            line._demat_sign_set_quantity(
                quantity if line == kept else 0.0, demat_sign_offered_qty=quantity
            )

    def _demat_sign_leave_variants(self):
        """These lines are no variants any more: they stand in the quote with the
        quantity they were offered in."""
        for line in self:
            line._demat_sign_set_quantity(
                line.product_uom_qty or line.demat_sign_offered_qty,
                demat_sign_offered_qty=0.0,
            )

    def _demat_sign_set_quantity(self, quantity, **values):
        """Set the quantity of a line, and of what it is composed of; the price stays.

        A price of a list may depend on the quantity, and 0 is none: the price of an
        alternative is that of the quantity it is offered in.

        :param values: other fields of this line
        """
        self.ensure_one()
        values["product_uom_qty"] = quantity
        values = {key: new for key, new in values.items() if self[key] != new}
        if "product_uom_qty" in values:
            values.update(price_unit=self.price_unit, discount=self.discount)
        if values:
            self.write(values)
        for part in self._demat_sign_combo_items():
            part._demat_sign_set_quantity(quantity)

    def _demat_sign_combo_items(self):
        """The lines that a combined product is composed of; none of any other."""
        self.ensure_one()
        if self.product_type != "combo":
            return self.browse()
        return self._get_linked_lines().filtered("combo_item_id")

    # -- what is said of them ---------------------------------------------------------

    def _demat_sign_title(self):
        """First line of the words of a line; its product if it has none."""
        self.ensure_one()
        words = (self.name or "").strip()
        return words.splitlines()[0] if words else self.product_id.display_name or "—"

    def _demat_sign_shape_problem(self, lines):
        """Why this section can be no choice; None if it can.

        :param lines: its alternatives
        """
        self.ensure_one()
        above = self.parent_id
        if len(lines) < 2:
            return self.env._(
                "it holds %(count)s: add the other variants, or take the mark off the "
                "section.",
                count=len(lines),
            )
        if above.demat_sign_variant:
            return self.env._(
                "it is a part of “%(section)s”, which is such a choice itself: take "
                "the mark off one of the two.",
                section=above._demat_sign_title(),
            )
        if self.is_optional or above.is_optional:
            return self.env._(
                "the section is optional: take one of the two marks off. To let the "
                "customer take nothing, add a line that says so."
            )
        shown = self | above
        if any(shown.mapped("collapse_prices") + shown.mapped("collapse_composition")):
            return self.env._(
                "the section hides its prices or its lines: show them, or he cannot "
                "choose."
            )
        for part in lines.parent_id - shown:
            if part.collapse_prices or part.collapse_composition:
                return self.env._(
                    "its part “%(part)s” hides its prices or its lines: show them, or "
                    "he cannot choose.",
                    part=part._demat_sign_title(),
                )
        return None

    def _demat_sign_offer(self):
        """What this alternative costs in the quantity it is offered in.

        :return: ``{"quantity", "untaxed", "total"}``, amounts in the currency of the
            quote
        """
        self.ensure_one()
        quantity = self.product_uom_qty or self.demat_sign_offered_qty
        taxes, company = self.env["account.tax"], self.order_id.company_id
        amounts = {"untaxed": 0.0, "total": 0.0}
        for line in self | self._demat_sign_combo_items():
            base = line._prepare_base_line_for_taxes_computation(quantity=quantity)
            taxes._add_tax_details_in_base_line(base, company)
            taxes._round_base_lines_tax_details([base], company)
            amounts["untaxed"] += base["tax_details"]["total_excluded_currency"]
            amounts["total"] += base["tax_details"]["total_included_currency"]
        return {"quantity": quantity, **amounts}
