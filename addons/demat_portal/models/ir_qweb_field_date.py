# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.http import request

#: What the host tells each field; it changes nothing of a date.
_USUAL = {"tagName", "expression", "type", "inherit_branding", "translate"}


class IrQwebFieldDate(models.AbstractModel):
    """A long list of invoices has the same days again and again: each is written once.

    For the length of one request, and where its page says so (``request.demat_days``, a
    dictionary); dates with options of their own are left to the host.
    """

    _inherit = "ir.qweb.field.date"

    @api.model
    def value_to_html(self, value, options):
        # EXTENDS base
        days = getattr(request, "demat_days", None) if request else None
        if not isinstance(days, dict) or not value or set(options) - _USUAL:
            return super().value_to_html(value, options)
        key = self.env.lang, value
        if key not in days:
            days[key] = super().value_to_html(value, options)
        return days[key]
