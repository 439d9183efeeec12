# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from .ged_document_guard import creation_allowed, without_chain


class GedEvent(models.Model):
    """One line of the journal of the archive: what happened to a document, when, by
    whom.

    Written by ``ged.document._record_event`` only; never changed, never deleted.
    """

    _name = "ged.event"
    _description = "Archive journal entry"
    _order = "id desc"
    _rec_name = "event_type"
    _log_access = False

    document_id = fields.Many2one(
        "ged.document", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    event_type = fields.Selection(
        [
            ("archived", "Archived"),
            ("viewed", "Viewed"),
            ("downloaded", "Downloaded"),
            ("exported", "Exported"),
            ("verified", "Verified"),
            ("hold", "Legal hold placed"),
            ("released", "Legal hold lifted"),
            ("reopened", "Reopened"),
            ("sent", "Sent"),
            ("published", "Shown on the portal"),
            ("withdrawn", "Hidden from the portal"),
            ("extended", "Retention extended"),
            ("destroyed", "Destroyed"),
            ("refiled", "Filed elsewhere"),
            ("timestamped", "Time-stamped later"),
            ("renewed", "Evidence renewed"),
            ("failed", "Verification failed"),
            ("acknowledged", "Alert acknowledged"),
            ("proposed", "Proposed for destruction"),
            ("imported", "Imported"),
        ],
        string="Event",
        required=True,
    )
    at = fields.Datetime(string="Date", required=True)
    user_id = fields.Many2one("res.users", ondelete="restrict")
    user_name = fields.Char(
        string="By", help="Name of the user at that time, kept as text."
    )
    ip = fields.Char(string="IP address")
    detail = fields.Char()
    data = fields.Char(
        string="Values",
        help="New values of what may change on the document, as JSON.",
    )
    partner_id = fields.Many2one(related="document_id.partner_id", string="Customer")
    evidence_format = fields.Integer(string="Archive format", required=True)
    chain_number = fields.Integer(
        string="Chain no.",
        aggregator=None,
        help="Position in the chain of events; empty for a moment, until it is linked.",
    )
    chain_hash = fields.Char(string="Chain hash")

    _pending_idx = models.Index("(id) WHERE chain_number IS NULL")
    _chain_uniq = models.UniqueIndex(
        "(company_id, chain_number) WHERE chain_number IS NOT NULL"
    )

    @api.model
    def default_get(self, names):
        return super().default_get(without_chain(names))

    @api.model_create_multi
    def create(self, vals_list):
        if not creation_allowed(self.env):
            raise UserError(
                self.env._("The journal of the archive is written by the archive only.")
            )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        # not even the superuser writes: super() is never right here
        raise UserError(
            self.env._("The journal of the archive cannot be changed or deleted.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("The journal of the archive cannot be changed or deleted.")
        )
