# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from itertools import zip_longest

from odoo import api, fields, models
from odoo.fields import Domain

from .demat_sign_guard import VariantNote, noting, open_note, settling
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

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        # EXTENDS sale_management: it fills a new quote anew for the customer if all its
        # quantities are those of the template; of variants one only is
        result = super()._onchange_partner_id()
        template = self.sale_order_template_id
        if not self._origin and template and self.demat_sign_has_variants:
            made = template.sale_order_template_line_ids
            pairs = zip_longest(self.order_line, made)
            if all(line and one and one._demat_sign_made(line) for line, one in pairs):
                self._onchange_sale_order_template_id()
        return result

    # -- whoever writes ---------------------------------------------------------------

    def write(self, vals):
        # EXTENDS sale
        if "order_line" not in vals:
            return super().write(vals)
        with self._demat_sign_writing(self) as (orders, _note):
            return super(SaleOrder, orders).write(vals)

    @contextmanager
    def _demat_sign_writing(self, records):
        """Put the variants of quotes right once, when all that is written inside is.

        The host writes the commands of a form one by one: in between a section has
        moved by half, and lines stand where nobody put them.

        :param records: what is written
        :return: these in the context to write them in, and the note of the writing
        """
        note = open_note(self.env)
        if note:
            self._demat_sign_note_taken(note)
            yield records, note
            return
        note = VariantNote()
        self._demat_sign_note_taken(note)
        try:
            yield noting(records, note), note
        finally:
            note.is_open = False
        # a part of the writing may have been done in system mode
        self.sudo().browse(note.order_ids)._demat_sign_settle_variants(note)
        self.browse(note.order_ids | note.changed_ids)._demat_sign_recheck()

    def _demat_sign_having(self, domain):
        """Those of these quotes that have lines of ``domain``: one query."""
        lines = self.env["sale.order.line"].sudo()
        found = lines.search(Domain("order_id", "in", self.ids) & domain)
        return self & found.order_id

    def _demat_sign_note_taken(self, note):
        """Note which variants are taken, before any line of these quotes changes."""
        new = self.browse([one for one in self.ids if one not in note.order_ids])
        note.order_ids.update(new.ids)
        for order in new._demat_sign_having(Domain("demat_sign_variant", "=", True)):
            for section, lines in order._demat_sign_variant_groups().items():
                for line in lines.filtered("product_uom_qty"):
                    note.taken[line.id] = section.id

    def _demat_sign_settle_variants(self, note):
        """Make it exactly one in each choice of these quotes, whoever wrote whatever.

        A line that left its choice gets its quantity back. Orders are left alone: what
        was agreed is not changed by itself.

        :param note: what was written
        """
        found = self._demat_sign_having(
            Domain("demat_sign_variant", "=", True)
            | Domain("demat_sign_offered_qty", "!=", 0)
        )
        for order in found.filtered(lambda one: one.state in QUOTE_STATES):
            groups = order._demat_sign_variant_groups()
            left = order.order_line.filtered("demat_sign_offered_qty")
            for section, lines in groups.items():
                ranks = note.ranks(section.id, lines.ids)
                settling(lines)._demat_sign_take_one(ranks)
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
