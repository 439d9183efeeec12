# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..lib import states


class AccountMove(models.Model):
    """A customer invoice that waits, is prepared, leaves, and is locked.

    Life: see ``lib/states.py``. Entry points: the ``action_demat_*`` buttons,
    ``_demat_start`` and the job ``_cron_demat_dispatch``.
    """

    _name = "account.move"
    _inherit = ["account.move", "demat.document.mixin"]

    project_id = fields.Many2one(
        "project.project",
        string="Site",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        help="The work site. Its own notification address, if it has one, wins over "
        "the customer's.",
    )
    demat_state = fields.Selection(
        [
            (states.WAITING, "Waiting"),
            (states.READY, "Ready"),
            (states.SENDING, "Being sent"),
            (states.SENT, "Sent to the recipient"),
            (states.INTERNAL, "Kept internal"),
        ],
        string="Send state",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    is_dematerialised = fields.Boolean(
        string="Dematerialised", copy=False, readonly=True
    )
    demat_sent_date = fields.Datetime(string="Sent on", copy=False, readonly=True)
    demat_sent_uid = fields.Many2one(
        "res.users", string="Sent by", copy=False, readonly=True
    )
    demat_document_id = fields.Many2one(
        "ged.document",
        string="Archived document",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The sealed file in the archive: the last version that was sent.",
    )
    demat_document_version = fields.Integer(related="demat_document_id.version")
    demat_state_change_ids = fields.One2many(
        "demat.state.change", "move_id", string="Who and when", readonly=True
    )
    demat_delivery = fields.Selection(
        [
            ("none", "Nobody told"),
            ("to_print", "To be printed"),
            ("pending", "Notification pending"),
            ("delivered", "Notified"),
            ("failed", "Notification failed"),
            ("unknown", "Outcome unknown"),
        ],
        string="Notification outcome",
        compute="_compute_demat_delivery",
        store=True,
        copy=False,
        help="What became of the notification: told by the exchanges of the invoice.",
    )
    demat_locked = fields.Boolean(compute="_compute_demat_locked")
    demat_error = fields.Char(string="Last sending error", copy=False, readonly=True)

    @api.depends("demat_state")
    def _compute_demat_locked(self):
        for move in self:
            move.demat_locked = move.demat_state in states.LOCKED_STATES

    @api.depends("demat_document_id")
    def _compute_demat_delivery(self):
        """Read the outcome off the exchanges of the version that was sent last.

        ``demat.exchange`` asks for it again when one of them changes,
        ``_demat_move_to`` when the state *sent* comes or goes: with ``demat_state``
        among the dependencies, preparing 10,000 invoices would write 10,000 outcomes
        that stay empty.

        Of several exchanges the one that needs a human wins.
        """
        severity = ("none", "delivered", "to_print", "pending", "unknown", "failed")
        meaning = {
            ("mail", "pending"): "pending",
            ("mail", "sending"): "pending",
            ("mail", "done"): "delivered",
            ("mail", "failed"): "failed",
            ("mail", "unknown"): "unknown",
            ("print", "pending"): "to_print",
            ("print", "done"): "delivered",
            ("none", "done"): "none",
        }
        worst = dict.fromkeys(self.ids, False)
        for move_id, channel, state in self._demat_read_exchange_states():
            outcome = meaning.get((channel, state))
            if outcome and (
                not worst[move_id]
                or severity.index(outcome) > severity.index(worst[move_id])
            ):
                worst[move_id] = outcome
        for move in self:
            move.demat_delivery = worst.get(move.id, False)

    def _demat_read_exchange_states(self):
        """Return ``[(move id, channel, state)]`` in one query."""
        sent = self.filtered(lambda move: move.demat_state == states.SENT)
        if not sent.ids:
            return []
        return (
            self.env["demat.exchange"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", sent.ids),
                    ("document_id", "in", sent.demat_document_id.ids),
                    # a copy that does not arrive takes nothing from the first sending
                    ("is_copy", "=", False),
                ],
                ["res_id", "channel", "state"],
            )
        )

    @api.depends("demat_state")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS account: the button would only answer with a refusal
        result = super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.demat_state in states.LOCKED_STATES:
                move.show_reset_to_draft_button = False
        return result

    def _compute_highlight_send_button(self):
        # EXTENDS account: the button of the process is the one to press
        result = super()._compute_highlight_send_button()
        for move in self:
            if move.demat_state:
                move.highlight_send_button = False
        return result

    # -- what the mixin of demat_base asks of a document ------------------------------

    def _demat_partner(self):
        # IMPLEMENTS demat_base
        return self.partner_id

    def _demat_contact(self):
        # IMPLEMENTS demat_base: the invoice address of the customer
        partners = self.env["res.partner"]
        contact = partners.browse(self.partner_id.address_get(["invoice"])["invoice"])
        return contact if contact.type == "invoice" else partners

    def _demat_site(self):
        # IMPLEMENTS demat_base
        return self.project_id

    def _demat_company(self):
        # IMPLEMENTS demat_base
        return self.company_id

    def _demat_document_kind(self):
        # IMPLEMENTS demat_base
        return "invoice"

    # -- visibility -------------------------------------------------------------------

    def _is_demat_applicable(self):
        """Say whether this move enters the process when it is validated.

        TO EXTEND where other documents should be dematerialised.
        """
        self.ensure_one()
        return self.company_id.demat_invoicing and self.move_type in (
            "out_invoice",
            "out_refund",
        )

    def _demat_is_published(self):
        """Say whether a customer may see this move (design, section 4).

        What never entered the process is left to the host, except for what is to enter
        it: the draft of an invoice that was sent and reopened has a link already.
        """
        self.ensure_one()
        if not self.demat_state and self._is_demat_applicable():
            return self.state == "posted"
        return self.demat_state in states.PUBLISHED_STATES

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        # EXTENDS mail, portal: a token opens the chatter of what was sent, and of
        # nothing else
        thread = super()._get_thread_with_access(thread_id, **kwargs)
        if (
            thread
            and not self.env.user._is_internal()
            and not thread.sudo()._demat_is_published()
        ):
            return self.browse()
        return thread
