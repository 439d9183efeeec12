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
    address_problem = fields.Char(compute="_compute_address_problem")
    recipients = fields.Char(string="Goes to", compute="_compute_counts")
    free_count = fields.Integer(compute="_compute_counts")
    blocked_count = fields.Integer(compute="_compute_counts")

    @api.depends("address")
    def _compute_address_problem(self):
        """Say what is wrong with the address while it is typed."""
        for wizard in self:
            try:
                self.env["account.move"]._demat_check_address(wizard.address)
                wizard.address_problem = False
            except UserError as error:
                wizard.address_problem = error.args[0]

    @api.depends("line_ids.problem", "line_ids.recipients")
    def _compute_counts(self):
        for wizard in self:
            blocked = wizard.line_ids.filtered("problem")
            free = wizard.line_ids - blocked
            found = list(dict.fromkeys(line.recipients for line in free))
            wizard.recipients = "; ".join(found[:5]) + ("…" if found[5:] else "")
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
            Command.create({"move_id": move.id, "copy_count": move.demat_copy_count})
            for move in moves
        ]
        return values

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
    # not readonly: what the clerk saw comes back with the window
    copy_count = fields.Integer(string="Copies before")
    recipients = fields.Text(compute="_compute_outcome")
    origin = fields.Char(string="Address from", compute="_compute_outcome")
    problem = fields.Text(string="Not possible because", compute="_compute_outcome")

    @api.depends("move_id", "wizard_id.address")
    def _compute_outcome(self):
        """Say where the copies go with the address that is typed, in sets."""
        for typed, lines in self.grouped(lambda line: line.wizard_id.address).items():
            moves = lines.move_id._origin
            try:
                address = moves._demat_check_address(typed)
            except UserError:
                # the window says so once; the button refuses it
                address = False
            resolutions = moves._demat_copy_resolutions(address)
            problems = moves._demat_copy_problems(resolutions)
            for line in lines:
                move = line.move_id._origin
                resolution = resolutions[move.id]
                line.recipients = ", ".join(resolution.to)
                line.problem = problems.get(move)
                line.origin = (
                    self.env._("typed by hand")
                    if resolution.origin == "typed"
                    else resolution.origin_name
                )
