# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class GedHold(models.TransientModel):
    """Form that places or lifts the legal hold, with its reason."""

    _name = "ged.hold"
    _description = "Legal hold"

    document_ids = fields.Many2many("ged.document", string="Documents", required=True)
    operation = fields.Selection(
        [("hold", "Place the legal hold"), ("released", "Lift the legal hold")],
        required=True,
        default="hold",
    )
    reason = fields.Char(required=True, help="Kept in the journal of each document.")

    def action_confirm(self):
        """Apply to the documents that the user may read."""
        self.ensure_one()
        # Access: the form itself is for archivists (access list and rule).
        documents = self.document_ids
        documents.check_access("read")
        if not documents:
            raise UserError(self.env._("Select at least one document."))
        documents._set_legal_hold(self.operation == "hold", self.reason)
        return {"type": "ir.actions.act_window_close"}
