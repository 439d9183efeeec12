# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.account_payment.controllers.payment import PaymentPortal


class DematPaymentPortal(PaymentPortal):
    @http.route()
    def payment_pay(self, *args, invoice_id=None, **kwargs):
        # EXTENDS account_payment: the page shows number and amount of the invoice, and
        # its token knows the partner and the amount only, not the invoice. The refusal
        # is the host's for an invoice that does not exist.
        move_id = self._cast_as_int(invoice_id)
        if move_id and not request.env.user._is_internal():
            move_sudo = request.env["account.move"].sudo().browse(move_id).exists()
            if move_sudo and not move_sudo._demat_is_published():
                raise ValidationError(
                    request.env._("The provided parameters are invalid.")
                )
        return super().payment_pay(*args, invoice_id=invoice_id, **kwargs)
