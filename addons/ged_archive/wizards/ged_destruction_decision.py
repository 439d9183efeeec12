# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class GedDestructionDecision(models.TransientModel):
    """Form that takes one step of a list of destruction, with its comment."""

    _name = "ged.destruction.decision"
    _description = "Decision on a destruction"

    destruction_id = fields.Many2one("ged.destruction", required=True)
    line_id = fields.Many2one("ged.destruction.line")
    operation = fields.Selection(
        [
            ("propose", "Propose"),
            ("approve", "Approve"),
            ("refuse", "Refuse"),
            ("cancel", "Cancel the list"),
            ("leave_out", "Leave out"),
        ],
        required=True,
    )
    comment = fields.Char(help="Kept with the list.")
    document_count = fields.Integer(related="destruction_id.listed_count")

    def action_confirm(self):
        """Take the step; the rights are checked there, not here."""
        self.ensure_one()
        if self.operation == "leave_out":
            self.line_id._leave_out(self.comment)
        else:
            self.destruction_id._decide(self.operation, self.comment)
        return {"type": "ir.actions.act_window_close"}
