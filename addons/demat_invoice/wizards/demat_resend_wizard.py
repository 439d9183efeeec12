# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class DematResendWizard(models.TransientModel):
    """To whom a copy goes, before it goes (seed 002: "Renvoyer par mail")."""

    _name = "demat.resend.wizard"
    _description = "Send Invoices Again"

    line_ids = fields.One2many("demat.resend.wizard.line", "wizard_id", readonly=True)
    address = fields.Char(
        string="To another address",
        help="Only for this copy: the address of the customer stays as it is. Separate "
        "several addresses with commas.",
    )
    attach_pdf = fields.Boolean(string="Attach the PDF", default=True)
    free_count = fields.Integer(compute="_compute_counts")
    blocked_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.problem")
    def _compute_counts(self):
        for wizard in self:
            blocked = wizard.line_ids.filtered("problem")
            wizard.blocked_count = len(blocked)
            wizard.free_count = len(wizard.line_ids) - len(blocked)

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base: fill the preview from the invoices of the selection
        values = super().default_get(fields_list)
        moves = self.env["account.move"].browse(self.env.context.get("active_ids", []))
        if not moves:
            raise UserError(self.env._("Choose the invoices first."))
        moves.check_access("read")
        values["line_ids"] = [
            Command.create(line) for line in self._prepare_line_vals(moves)
        ]
        return values

    def _prepare_line_vals(self, moves, address=None):
        resolutions = moves._demat_copy_resolutions(address)
        problems = moves._demat_copy_problems(resolutions)
        return [
            {
                "move_id": move.id,
                "recipients": ", ".join(resolutions[move.id].to),
                "origin": resolutions[move.id].origin_name,
                "copy_count": move.demat_copy_count,
                "problem": problems.get(move, False),
            }
            for move in moves
        ]

    @api.onchange("address")
    def _onchange_address(self):
        """Show where the copies go with the address that is typed."""
        moves = self.line_ids.move_id
        address = moves._demat_check_address(self.address)
        self.address = address
        found = {
            line["move_id"]: line for line in self._prepare_line_vals(moves, address)
        }
        for line in self.line_ids:
            values = found[line.move_id.id]
            line.recipients = values["recipients"]
            line.origin = values["origin"] or (
                address and self.env._("typed by hand") or False
            )
            line.problem = values["problem"]

    def action_resend(self):
        """Send a copy of each invoice that nothing blocks."""
        self.ensure_one()
        free = self.line_ids.filtered(lambda line: not line.problem)
        if not free:
            raise UserError(
                self.env._(
                    "None of these invoices can be sent again:\n%(reasons)s",
                    reasons="\n".join(
                        f"- {line.move_id.display_name}: {line.problem}"
                        for line in self.line_ids
                    ),
                )
            )
        exchanges = free.move_id._demat_resend(
            self.address,
            attach_pdf=self.attach_pdf,
            seen={line.move_id.id: line.copy_count for line in free},
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Sent again"),
                "message": self.env._(
                    "%(count)s copies are on their way.", count=len(exchanges)
                )
                if len(exchanges) > 1
                else self.env._(
                    "A copy is on its way to %(to)s.", to=exchanges.recipients
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class DematResendWizardLine(models.TransientModel):
    _name = "demat.resend.wizard.line"
    _description = "Send Invoices Again: One Invoice"

    wizard_id = fields.Many2one(
        "demat.resend.wizard", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    # read with the rights of the user: the invoice may be any
    partner_id = fields.Many2one(related="move_id.partner_id", related_sudo=False)
    demat_sent_date = fields.Datetime(
        related="move_id.demat_sent_date", related_sudo=False
    )
    recipients = fields.Text(readonly=True)
    origin = fields.Char(string="Address from", readonly=True)
    copy_count = fields.Integer(string="Copies before", readonly=True)
    problem = fields.Text(string="Not possible because", readonly=True)
