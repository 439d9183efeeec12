# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class SaleOrderTemplateLine(models.Model):
    """A section of variants in a template of quotes. There each line has its quantity;
    a quote that is made of it proposes the first."""

    _inherit = "sale.order.template.line"

    demat_sign_variant = fields.Boolean(
        string="Customer Takes Exactly One",
        help="The lines of this section are variants: the customer takes exactly one "
        "of them. A quote proposes the first that has a quantity.",
    )

    _demat_sign_variant_is_section = models.Constraint(
        "CHECK (NOT COALESCE(demat_sign_variant, FALSE)"
        " OR COALESCE(display_type, '') IN ('line_section', 'line_subsection'))",
        "Only a section can be one of which the customer takes exactly one line.",
    )

    def _demat_sign_variant_section(self):
        """The section of variants that this line stands in, else none."""
        self.ensure_one()
        parent = self.parent_id
        if self.display_type:
            return self.browse()
        for section in (parent, parent.parent_id):
            if section.demat_sign_variant:
                return section
        return self.browse()

    def _prepare_order_line_values(self):
        # EXTENDS sale_management: the total of a new quote is that of one variant,
        # before it is saved too
        values = super()._prepare_order_line_values()
        values["demat_sign_variant"] = self.demat_sign_variant
        section = self._demat_sign_variant_section()
        if section:
            lines = self.sale_order_template_id.sale_order_template_line_ids
            proposed = lines.filtered(
                lambda line: (
                    line.product_uom_qty
                    and line._demat_sign_variant_section() == section
                )
            ).sorted("sequence")[:1]
            values["demat_sign_offered_qty"] = self.product_uom_qty
            if self != proposed:
                values["product_uom_qty"] = 0.0
        return values

    def _demat_sign_made(self, line):
        """Whether a line of a quote is as this line of its template made it.

        The fields of the host's own comparison, and what makes variants.

        :param line: ``sale.order.line``, saved or not
        """
        self.ensure_one()
        values = self._prepare_order_line_values()
        return (
            line.product_id == self.product_id
            and line.product_uom_id == self.product_uom_id
            and all(
                (line[name] or False) == (values.get(name) or False)
                for name in (
                    "demat_sign_offered_qty",
                    "demat_sign_variant",
                    "display_type",
                    "product_uom_qty",
                )
            )
        )
