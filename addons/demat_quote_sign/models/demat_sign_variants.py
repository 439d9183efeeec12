# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from .demat_sign_guard import committing


class DematSignRequest(models.Model):
    """Variants in the ceremony: one of each choice, at the price that was shown."""

    _inherit = "demat.sign.request"

    def _variant_groups(self):
        """``{section: its alternatives}`` of the quote, for the ceremony."""
        self.ensure_one()
        return committing(self.order_id)._demat_sign_variant_groups()

    def _variant_choices(self):
        """What the page of the ceremony shows of each choice.

        :return: ``[{"section", "variants": [{"line", "is_taken", "quantity", "untaxed",
            "total", "difference"}, …]}, …]``; the difference is that of the totals,
            taxes included, to the variant that is taken now
        """
        choices = []
        for section, lines in self._variant_groups().items():
            taken = lines.filtered("product_uom_qty")[:1]
            now = taken._demat_sign_offer()["total"] if taken else 0.0
            variants = []
            for line in lines:
                offer = line._demat_sign_offer()
                difference = self.order_id.currency_id.round(offer["total"] - now)
                variants.append(
                    {
                        "line": line,
                        "is_taken": line == taken,
                        "difference": difference,
                        **offer,
                    }
                )
            choices.append({"section": section, "variants": variants})
        return choices

    def _take_variants(self, chosen):
        """Take one line of each choice that is named; the words for the journal.

        The quantity is the offered one and the price stays that of the frozen quote:
        nothing of them comes from outside.

        :param chosen: {id of a section: id of one of its lines}
        :raise UserError: not a choice of this quote, not one of its lines, too many
            versions already
        """
        groups = self._variant_groups()
        changed = []
        for section_id, line_id in chosen.items():
            section = next((one for one in groups if one.id == section_id), None)
            if section is None:
                raise UserError(self.env._("This line is not an option of this quote."))
            line = groups[section].filtered(
                lambda one, wanted=line_id: one.id == wanted
            )
            title = section._demat_sign_title()
            if not line:
                raise UserError(
                    self.env._(
                        "Take exactly one of the variants that “%(section)s” offers.",
                        section=title,
                    )
                )
            if not line.product_uom_qty:
                self._check_versions()
                line._demat_sign_set_quantity(line.demat_sign_offered_qty)
                changed.append(f"{title}: {line._demat_sign_title()}")
        return changed
