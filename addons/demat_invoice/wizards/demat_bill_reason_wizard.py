# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DematBillReasonWizard(models.TransientModel):
    """Why bills come back unpaid or are cancelled, or a remittance is."""

    _name = "demat.bill.reason.wizard"
    _description = "Reason for a Bill of Exchange"

    act = fields.Selection(
        [("refuse", "Returned unpaid"), ("cancel", "Cancel")], required=True
    )
    bill_ids = fields.Many2many("demat.bill", string="Bills")
    remittance_id = fields.Many2one("demat.bill.remittance")
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        if self.remittance_id:
            self.remittance_id._demat_cancel(self.reason)
        elif self.act == "refuse":
            self.bill_ids._demat_refuse(self.reason)
        else:
            self.bill_ids._demat_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
