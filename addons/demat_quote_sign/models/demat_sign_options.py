# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import math

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare, float_repr
from odoo.tools.misc import get_lang

from .demat_sign_guard import committing

#: More of an option than that is a slip of the finger, or an attack.
MOST = 100_000
#: Versions of one request: each is drawn, sealed and kept for years.
MOST_VERSIONS = 20


class DematSignRequest(models.Model):
    """Optional lines and variants, chosen by the customer before anybody signs."""

    _inherit = "demat.sign.request"

    def _option_lines(self):
        """The lines that the customer may still choose, in the order of the quote."""
        self.ensure_one()
        lines = committing(self.order_id).order_line
        return lines.filtered(
            lambda line: not line.display_type and line._can_be_edited_on_portal()
        ).sorted(lambda line: (line.sequence, line.id))

    def _options_are_open(self):
        """Whether options can still be chosen: there are some, nobody has signed."""
        self.ensure_one()
        signed = self.sudo().signatory_ids.filtered(lambda one: one.state == "signed")
        return bool(
            self.state == "sent"
            and not signed
            and (self._option_lines() or self._variant_groups())
        )

    def _choose_options(self, signatory, quantities, variants=None):
        """Write what a signatory chose; a new frozen document is made.

        Prices, taxes and totals are the server's own: nothing but the quantities of
        options, and which of the variants it shall be, is taken.
        The request stays open under its digest of now; who reads the version before is
        shown the new one.

        :param quantities: {id of an optional line: number}; lines left out stay
        :param variants: {id of a section of variants: id of the one that is taken};
            sections left out stay
        :return: whether anything changed
        :raise UserError: not his turn, not an option or a variant of this quote, not a
            quantity, too many versions already
        """
        self.ensure_one()
        request = self.sudo()
        request._lock()
        request._check_current(signatory)
        if not request._options_are_open():
            raise UserError(
                self.env._("The options of this quote cannot be chosen any more.")
            )
        needs_code = request._needs_code_now()
        changed = request._take_variants(variants or {})
        changed += request._take_quantities(quantities)
        if changed:
            # prices that follow from quantities are written while flushing: that is
            # no change by somebody else
            committing(request).env.flush_all()
        request._record_event(
            "option_chosen", signatory=signatory, detail="; ".join(changed) or "="
        )
        if changed:
            if request._needs_code_now() and not needs_code:
                # the options took the amount over the threshold
                request.require_code = True
            request._freeze()
        return bool(changed)

    def _take_quantities(self, quantities):
        """Write the quantities of optional lines; the words for the journal."""
        options = {line.id: line for line in self._option_lines()}
        changed = []
        for line_id, given in quantities.items():
            line = options.get(line_id)
            if line is None:
                raise UserError(self.env._("This line is not an option of this quote."))
            quantity = self._check_quantity(given)
            digits = self._quantity_digits()
            if float_compare(quantity, line.product_uom_qty, precision_digits=digits):
                self._check_versions()
                line.product_uom_qty = quantity
                for part in line._demat_sign_combo_items():
                    part.product_uom_qty = quantity
                words = self._quantity_text(quantity, point=".")
                changed.append(f"{line._demat_sign_title()}: {words}")
        return changed

    def _quantity_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def _quantity_text(self, quantity, point=None):
        """A quantity with all its decimals and no other, as it is typed.

        :param point: between units and decimals; of the language of the page if None
        """
        if point is None:
            point = get_lang(self.env).decimal_point
        text = float_repr(quantity, self._quantity_digits())
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", point)

    def _needs_code_now(self):
        return self.company_id._demat_sign_needs_code(self.order_id)

    def _check_versions(self):
        """:raise UserError: this request was frozen as often as it may be"""
        versions = self.event_ids.filtered(lambda event: event.type == "frozen")
        if len(versions) >= MOST_VERSIONS:
            raise UserError(
                self.env._(
                    "The options of this quote were changed too many times: ask "
                    "%(company)s to change them. You can still sign the quote as it "
                    "is.",
                    company=self.company_id.name,
                )
            )

    def _check_quantity(self, value):
        """Return ``value`` as a quantity.

        :raise UserError: it is not a number that can be ordered
        """
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if isinstance(value, bool):
            number = math.nan
        if not (math.isfinite(number) and 0 <= number <= MOST):
            raise UserError(self.env._("This is not a quantity that can be ordered."))
        return number
