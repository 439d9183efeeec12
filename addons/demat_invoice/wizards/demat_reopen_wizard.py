# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DematReopenWizard(models.TransientModel):
    """The administrator says why a sent invoice is opened again."""

    _name = "demat.reopen.wizard"
    _description = "Reopen a Sent Invoice"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        self.ensure_one()
        self.move_id._demat_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
