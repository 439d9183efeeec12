# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DematStateChange(models.Model):
    """Who moved an invoice from one send state to another, when and why (seed 001).

    Rows are written by the transitions of ``account.move`` and by nothing else; nobody
    edits them.
    """

    _name = "demat.state.change"
    _description = "Send State Change"
    _order = "id desc"
    _rec_name = "treatment"

    move_id = fields.Many2one(
        "account.move", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    treatment = fields.Selection(
        [
            ("enter", "Validated"),
            ("prepare", "Prepared"),
            ("hold", "Put on hold"),
            ("keep_internal", "Kept internal"),
            ("release", "Released"),
            ("start", "Sending started"),
            ("publish", "Sent"),
            ("print", "Printed"),
            ("preview", "Previewed"),
            ("print_files", "Print file exported"),
            ("resend", "Sent again"),
            ("give_back", "Sending stopped by an error"),
            ("reopen", "Reopened"),
            ("leave", "Reset to draft"),
        ],
        required=True,
        readonly=True,
    )
    state_before = fields.Selection(selection="_selection_demat_state", readonly=True)
    state_after = fields.Selection(selection="_selection_demat_state", readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    reason = fields.Char(readonly=True)

    def _selection_demat_state(self):
        return (
            self.env["account.move"]
            ._fields["demat_state"]
            ._description_selection(self.env)
        )
