# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .ged_destruction import ARCHIVIST


class GedDestructionLine(models.Model):
    """One document on a list of destruction, and what became of it."""

    _name = "ged.destruction.line"
    _description = "Document to destroy"
    # as made: by id of the documents
    _order = "id"
    _rec_name = "document_id"
    _check_company_auto = True

    destruction_id = fields.Many2one(
        "ged.destruction", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="destruction_id.company_id", store=True)
    document_id = fields.Many2one(
        "ged.document",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    state = fields.Selection(
        [
            ("listed", "To destroy"),
            ("left_out", "Left out"),
            ("destroyed", "Destroyed"),
        ],
        required=True,
        default="listed",
    )
    reason = fields.Char(string="Why it is left out")
    copies = fields.Text(
        string="Copies kept at",
        help="Files of other applications with the same bytes. They are not destroyed "
        "here; the certificate names them.",
    )
    list_state = fields.Selection(related="destruction_id.state", string="List")
    document_date = fields.Date(related="document_id.document_date")
    kind_id = fields.Many2one(related="document_id.kind_id")
    partner_name = fields.Char(related="document_id.partner_name", string="Customer")
    retention_until = fields.Date(related="document_id.retention_until")

    _document_uniq = models.Constraint(
        "UNIQUE (destruction_id, document_id)", "A document is on a list once."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Lines of a list of destruction are kept."))

    def action_leave_out(self):
        """Take this document off the list while it is a draft, with a reason."""
        self.ensure_one()
        action = self.destruction_id._ask("leave_out")
        action["context"]["default_line_id"] = self.id
        return action

    def _leave_out(self, reason):
        """Keep this document although its retention has ended, for ``reason``."""
        self.ensure_one()
        self.destruction_id._check_group(ARCHIVIST)
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason for leaving it out."))
        line = self.sudo()
        line.destruction_id.lock_for_update()
        line.invalidate_recordset()
        if line.destruction_id.state != "draft" or line.state != "listed":
            raise UserError(
                self.env._(
                    "%(document)s cannot be taken off any more: the list has been "
                    "proposed. Refuse or cancel it.",
                    document=line.document_id.display_name,
                )
            )
        line.write({"state": "left_out", "reason": reason.strip()})


class GedDestructionStep(models.Model):
    """Who took which step of a list, when, with which words. Written once."""

    _name = "ged.destruction.step"
    _description = "Step of a destruction"
    _order = "id"
    _rec_name = "operation"
    _log_access = False

    destruction_id = fields.Many2one(
        "ged.destruction", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="destruction_id.company_id", store=True)
    operation = fields.Selection(
        [
            ("propose", "Proposed"),
            ("approve", "Approved"),
            ("refuse", "Refused"),
            ("cancel", "Cancelled"),
            ("execute", "Execution ordered"),
        ],
        string="Step",
        required=True,
    )
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    user_name = fields.Char(string="By", required=True)
    at = fields.Datetime(string="Date", required=True)
    comment = fields.Char()

    def write(self, vals):  # pylint: disable=method-required-super
        # what a person decided is not rewritten, not even by the superuser
        raise UserError(self.env._("The steps of a destruction cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The steps of a destruction cannot be changed."))
