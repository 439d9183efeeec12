# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib.resolution import Remark

from ..lib import states

#: Invoices whose remarks are shown above the list.
MAX_REMARKS = 10


class DematSendWizard(models.TransientModel):
    """What will be done, before it is done: channel, addresses, what blocks."""

    _name = "demat.send.wizard"
    _description = "Send Invoices"

    line_ids = fields.One2many("demat.send.wizard.line", "wizard_id", readonly=True)
    sendable_count = fields.Integer(compute="_compute_counts")
    blocked_count = fields.Integer(compute="_compute_counts")
    remarks = fields.Text(compute="_compute_remarks")

    @api.depends("line_ids.problem")
    def _compute_counts(self):
        for wizard in self:
            blocked = wizard.line_ids.filtered("problem")
            wizard.blocked_count = len(blocked)
            wizard.sendable_count = len(wizard.line_ids) - len(blocked)

    @api.depends("line_ids.remark")
    def _compute_remarks(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("remark")
            texts = [f"{one.move_id.display_name}: {one.remark}" for one in lines]
            more = len(texts) - MAX_REMARKS
            wizard.remarks = "\n".join(
                texts[:MAX_REMARKS] + ([f"… + {more}"] if more > 0 else [])
            )

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base: fill the preview from the invoices of the selection
        values = super().default_get(fields_list)
        moves = self.env["account.move"].browse(self.env.context.get("active_ids", []))
        if not moves:
            raise UserError(self.env._("Choose the invoices to send first."))
        moves.check_access("read")
        values["line_ids"] = [
            Command.create(line) for line in self._prepare_line_vals(moves)
        ]
        return values

    def _prepare_line_vals(self, moves):
        accepted = states.TREATMENTS["send"].accepts
        fitting = moves.filtered(lambda move: move.demat_state in accepted)
        resolutions = fitting._demat_resolve()
        findings = fitting._demat_sending_findings(resolutions=resolutions)
        lines = []
        for move in moves:
            if move not in fitting:
                lines.append(
                    {
                        "move_id": move.id,
                        "problem": self.env._("Not ready: prepare it first."),
                    }
                )
                continue
            resolution = resolutions[move.id]
            found = findings.get(move, ())
            lines.append(
                {
                    "move_id": move.id,
                    "channel": resolution.channel,
                    "recipients": ", ".join(resolution.to),
                    "origin": resolution.origin_name,
                    "attach_pdf": resolution.attach_pdf,
                    "problem": "\n".join(
                        one.message for one in found if not isinstance(one, Remark)
                    ),
                    "remark": "\n".join(
                        one.message for one in found if isinstance(one, Remark)
                    ),
                }
            )
        return lines

    def action_send(self):
        """Start the invoices that nothing blocks; the others stay as they are."""
        self.ensure_one()
        free = self.line_ids.filtered(lambda line: not line.problem).move_id
        if not free:
            raise UserError(
                self.env._(
                    "None of these invoices can be sent:\n%(reasons)s",
                    reasons="\n".join(
                        f"- {line.move_id.display_name}: {line.problem}"
                        for line in self.line_ids
                    ),
                )
            )
        started = free._demat_start()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Sending"),
                "message": self.env._(
                    "%(count)s invoices are on their way. Their state and the "
                    "notification show what became of them.",
                    count=len(started),
                )
                if len(started) > 1
                else self.env._("%(name)s is on its way.", name=started.display_name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class DematSendWizardLine(models.TransientModel):
    _name = "demat.send.wizard.line"
    _description = "Send Invoices: One Invoice"

    wizard_id = fields.Many2one("demat.send.wizard", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", required=True, ondelete="cascade")
    # read with the rights of the user: the invoice may be any
    partner_id = fields.Many2one(related="move_id.partner_id", related_sudo=False)
    amount_total = fields.Monetary(related="move_id.amount_total", related_sudo=False)
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    channel = fields.Selection(
        [("mail", "E-mail and portal"), ("print", "To be printed")], readonly=True
    )
    recipients = fields.Text(readonly=True)
    origin = fields.Char(string="Address from", readonly=True)
    attach_pdf = fields.Boolean(string="PDF attached", readonly=True)
    problem = fields.Text(string="Blocked because", readonly=True)
    remark = fields.Text(string="To look at", readonly=True)
