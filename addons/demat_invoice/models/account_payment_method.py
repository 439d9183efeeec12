# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..lib import bill_states

#: Payment methods of the host that are settled by a bill of exchange.
LCR = "fr_lcr"
BOR = "fr_bor"


class AccountPaymentMethod(models.Model):
    _inherit = "account.payment.method"

    @api.model
    def _get_payment_method_information(self):
        # EXTENDS account: bills are drawn in euros, on a bank, by a French company
        result = super()._get_payment_method_information()
        france = self.env.ref("base.fr", raise_if_not_found=False)
        euro = self.env.ref("base.EUR", raise_if_not_found=False)
        information = {
            "mode": "multi",
            "type": ("bank",),
            "currency_ids": euro.ids if euro else [],
            "country_id": france.id if france else False,
        }
        return {**result, LCR: dict(information), BOR: dict(information)}

    def _auto_link_payment_methods(self, payment_methods, methods_info):
        # EXTENDS account: each bank gets the two kinds of LCR, to choose from on
        # customers and invoices
        result = super()._auto_link_payment_methods(payment_methods, methods_info)
        lines = self.env["account.payment.method.line"].search(
            [("payment_method_id", "in", payment_methods.ids), ("code", "=", LCR)]
        )
        for line in lines:
            line.copy(
                {
                    "name": self.env._("LCR without acceptance"),
                    "journal_id": line.journal_id.id,
                    "demat_acceptance": "not_accepted",
                }
            )
        return result


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    demat_acceptance = fields.Selection(
        [
            ("accepted", "The customer accepts"),
            ("not_accepted", "Without acceptance"),
        ],
        string="Acceptance of the bill",
        default="accepted",
        help="Of a bill of exchange (LCR): whether the customer signs it before it "
        "goes to the bank.",
    )

    def _demat_bill_kind(self):
        """Return the kind of bill (``bill_states.KINDS``) of this method, or False."""
        self.ensure_one()
        if self.code == BOR:
            return bill_states.BOR
        if self.code == LCR:
            accepted = self.demat_acceptance != "not_accepted"
            return (
                bill_states.LCR_ACCEPTED if accepted else bill_states.LCR_NOT_ACCEPTED
            )
        return False
