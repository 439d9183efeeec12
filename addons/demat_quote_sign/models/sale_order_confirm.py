# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .demat_sign_guard import is_committing


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _send_order_confirmation_mail(self):
        # EXTENDS sale: who has just signed online gets the signed document; a second
        # mail with a reprint beside it would only make him wonder which one counts
        if is_committing(self.env):
            return None
        return super()._send_order_confirmation_mail()
