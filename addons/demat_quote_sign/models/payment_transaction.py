# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class PaymentTransaction(models.Model):
    """A deposit confirms what was signed: neither what still waits for a signature, nor
    what was changed since.
    """

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        # EXTENDS sale: the host confirms by the amount alone
        held = self.filtered(
            lambda payment: any(
                order._demat_sign_lost_signature() or order._demat_open_request()
                for order in payment.sale_order_ids
            )
        )
        for order in held.sale_order_ids:
            order._demat_sign_tell_paid()
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
