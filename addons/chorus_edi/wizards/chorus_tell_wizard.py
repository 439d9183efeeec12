# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class ChorusTellWizard(models.TransientModel):
    """A person says what became of an invoice, under his name and with his reason."""

    _name = "chorus.tell.wizard"
    _description = "What Became of an Invoice at Chorus Pro"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
    outcome = fields.Selection(
        [("taken", "Chorus Pro has it"), ("refused", "Chorus Pro refused it")],
        string="What you saw",
        required=True,
    )
    reason = fields.Text(string="Where you saw it, and why", required=True)

    def action_tell(self):
        """Settle the invoice, and its flow if no other one waits."""
        self.ensure_one()
        self.check_access("write")
        move = self.move_id
        move._demat_check_user()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say where you saw it: it stays on record."))
        move.sudo().chorus_invoice_ids._tell(self.outcome == "taken", reason)
        return {"type": "ir.actions.act_window_close"}
