# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain

from .demat_sign_guard import settling
from .sale_order_digest import QUOTE_STATES


class SaleOrder(models.Model):
    """Variants: sections of which the customer takes exactly one line.

    One line of such a section holds its quantity, the others hold 0 and remember the
    quantity they are offered in: totals, taxes, invoices and deliveries know the one
    that is taken only, by the host's own code. One is taken at all times, never none:
    the total of a quote is that of a quote that can be signed as it stands, so the
    deposit and the threshold of the code are computed on a real amount. Who wants to
    leave it to the customer to take nothing offers a line of that name, at 0.00.
    """

    _inherit = "sale.order"

    demat_sign_has_variants = fields.Boolean(
        string="Holds Variants", compute="_compute_demat_sign_has_variants"
    )

    @api.depends("order_line.demat_sign_variant")
    def _compute_demat_sign_has_variants(self):
        for order in self:
            order.demat_sign_has_variants = any(
                line.demat_sign_variant for line in order.order_line
            )

    def _demat_sign_variant_groups(self):
        """The choices of this quote, in its order.

        Read from the order of the lines: ``parent_id`` of the host is not computed
        anew when they move.

        :return: {section: its alternatives, possibly none}
        """
        self.ensure_one()
        groups = {}
        section = subsection = self.env["sale.order.line"]
        for line in self.order_line.sorted(lambda one: (one.sequence, one.id)):
            if line.display_type == "line_section":
                section, subsection = line, line.browse()
            elif line.display_type == "line_subsection":
                subsection = line
            if line.display_type and line.demat_sign_variant:
                groups[line] = line.browse()
            marked = (subsection if subsection.demat_sign_variant else section)[:1]
            if marked in groups and line._demat_sign_is_alternative():
                groups[marked] |= line
        return groups

    def _demat_sign_settle_variants(self, *, prefer=(), new=()):
        """Make it exactly one in each choice of these quotes, whoever wrote whatever.

        A line that left its choice gets its quantity back. Orders are left alone: what
        was agreed is not changed by itself.

        :param prefer: lines that were given a quantity: they are taken
        :param new: lines that were added: they are taken if no other is
        """
        found = self.env["sale.order.line"].sudo()
        found = found.search(
            Domain("order_id", "in", self.ids)
            & (
                Domain("demat_sign_variant", "=", True)
                | Domain("demat_sign_offered_qty", "!=", 0)
            )
        )
        for order in (self & found.order_id).filtered(
            lambda one: one.state in QUOTE_STATES
        ):
            groups = order._demat_sign_variant_groups()
            first = prefer or (order.order_line - new if new else self.order_line[:0])
            for lines in groups.values():
                settling(lines)._demat_sign_take_one(first)
            left = order.order_line.filtered("demat_sign_offered_qty")
            for lines in groups.values():
                left -= lines
            settling(left)._demat_sign_leave_variants()

    # -- before it is sent ------------------------------------------------------------

    def _demat_sign_variant_problems(self):
        """Why the choices of this quote cannot be put before a customer: messages that
        say where, why and what to do."""
        self.ensure_one()
        problems = []
        for section, lines in self._demat_sign_variant_groups().items():
            words = section._demat_sign_shape_problem(lines)
            words = words or self._demat_sign_quantity_problem(lines)
            if words:
                problems.append(
                    self.env._(
                        "in “%(section)s” the customer takes exactly one line, but "
                        "%(why)s",
                        section=section._demat_sign_title(),
                        why=words,
                    )
                )
        return problems

    def _demat_sign_quantity_problem(self, lines):
        """What is wrong with the quantities of the alternatives; None if nothing is."""
        taken = lines.filtered("product_uom_qty")
        if len(taken) > 1:
            return self.env._(
                "%(count)s lines have a quantity: leave it on the one that you propose "
                "and set the others to 0.",
                count=len(taken),
            )
        if not taken:
            return self.env._(
                "none has a quantity: enter one on the line that you propose."
            )
        for line in lines:
            if line.product_uom_qty < 0 or line.demat_sign_offered_qty <= 0:
                return self.env._(
                    "“%(line)s” has no quantity to take: enter it in the column "
                    "Offered Quantity.",
                    line=line._demat_sign_title(),
                )
        return None
