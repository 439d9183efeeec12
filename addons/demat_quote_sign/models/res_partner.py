# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain

from .sale_order_sign import AT_STAKE

#: What the quote shows of its customer and addresses.
SHOWN = {"name", "vat", "phone", "lang", "parent_id", "is_company", "type"}


class ResPartner(models.Model):
    """A name or an address that changes stands on the quotes that wait."""

    _inherit = "res.partner"

    def write(self, vals):
        # EXTENDS base
        result = super().write(vals)
        if (SHOWN | set(self._address_fields())) & set(vals):
            self._demat_sign_recheck()
        return result

    def _demat_sign_recheck(self):
        """Void the open requests whose quote shows one of these contacts otherwise."""
        requests = self.env["demat.sign.request"].sudo()
        if not requests.search_count(AT_STAKE, limit=1):
            return
        # an address is copied to the contacts below
        family = self.sudo().with_context(active_test=False)
        family = family.search([("id", "child_of", self.ids)])
        requests.search(
            AT_STAKE
            & (
                Domain("order_id.partner_id", "in", family.ids)
                | Domain("order_id.partner_invoice_id", "in", family.ids)
                | Domain("order_id.partner_shipping_id", "in", family.ids)
            )
        ).order_id._demat_sign_recheck()
