# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ChorusRecycleWizard(models.TransientModel):
    """The same invoice for another entity, service or engagement.

    The platform is withdrawing this (chorus_pro.md 6.6): only where the account says
    that it still works.
    """

    _name = "chorus.recycle.wizard"
    _inherit = "chorus.act.wizard"
    _description = "Other Recipient of an Invoice"

    structure_id = fields.Many2one(
        "chorus.structure",
        string="Public entity",
        required=True,
        compute="_compute_recipient",
        store=True,
        readonly=False,
        precompute=True,
    )
    service_id = fields.Many2one(
        "chorus.service",
        domain="[('structure_id', '=', structure_id)]",
    )
    engagement = fields.Char(
        compute="_compute_recipient",
        store=True,
        readonly=False,
        precompute=True,
        size=50,
    )
    comment = fields.Text()

    @api.depends("move_id")
    def _compute_recipient(self):
        for wizard in self:
            wizard.structure_id = wizard.move_id._chorus_structure()
            wizard.engagement = wizard.move_id.purchase_order_reference

    def action_recycle(self):
        """Send it to the other recipient, then ask where it is."""
        self.ensure_one()
        self.check_access("write")
        move = self.move_id
        # the button checks the setting again
        move.action_chorus_recycle()
        _client, row = self._act(
            self._recycle,
            "to_recycle",
            self.env._(
                "Chorus Pro did not answer: it is not known whether the invoice "
                "went to the other recipient. Press “Ask Chorus now” in a moment; "
                "send it again only if it is still at the wrong recipient."
            ),
            self.env._(
                "Chorus Pro did not answer, and the invoice is still at the wrong "
                "recipient: try again."
            ),
        )
        move.sudo().message_post(
            body=self.env._(
                "Sent to another recipient at Chorus Pro: %(recipient)s",
                recipient=self._recipient_words(),
            )
        )
        move._chorus_todo_done()
        row.history_due = True
        self.env["chorus.flow"]._call_follow()
        return {"type": "ir.actions.act_window_close"}

    def _recycle(self, client, row):
        client.recycle(
            row.external_id,
            self.structure_id.siret,
            self.service_id.code or "",
            self.engagement or "",
            self.comment or "",
        )

    def _recipient_words(self):
        parts = (
            self.structure_id.name,
            self.structure_id.siret,
            self.service_id.code,
            self.engagement,
        )
        return " ".join(part for part in parts if part)
