# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..lib.copies import resolution_of_copy


class DematExchange(models.Model):
    """A copy of what was sent (seed 002, "Renvoyer une facture par mail").

    Its row holds what the clerk chose, so that whoever carries it out, at once or after
    a restart, sends the same.
    """

    _inherit = "demat.exchange"

    is_copy = fields.Boolean(string="Copy", readonly=True)
    copy_to = fields.Char(
        string="Address typed",
        readonly=True,
        help="The copy goes there instead of to the address of the customer.",
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _demat_resolve_for(self, exchanges):
        # EXTENDS demat_base
        resolutions = super()._demat_resolve_for(exchanges)
        for move_id, exchange in exchanges.items():
            if exchange.is_copy:
                resolutions[move_id] = resolution_of_copy(
                    resolutions[move_id], exchange.copy_to
                )
        return resolutions
