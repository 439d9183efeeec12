# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..lib import states
from .rights import check_demat_user

#: Passed in the context by our own code only. An object of this process cannot come
#: through RPC, so nobody outside can claim to be a transition.
TRANSITION = object()


#: What the transitions may write past the host's ``write``.
SENDING_FIELDS = {
    "access_token",
    "demat_document_id",
    "demat_edition_count",
    "demat_edition_date",
    "demat_edition_uid",
    "demat_error",
    "demat_sent_date",
    "demat_sent_uid",
    "demat_state",
    "is_dematerialised",
    "is_move_sent",
    "lot_id",
    "message_main_attachment_id",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    # -- buttons ----------------------------------------------------------------------

    def action_demat_prepare(self):
        self._demat_apply("prepare")

    def action_demat_hold(self):
        self._demat_apply("hold")

    def action_demat_keep_internal(self):
        self._demat_apply("keep_internal")

    def action_demat_release(self):
        self._demat_apply("release")

    def action_demat_send(self):
        """Open the confirmation (words of seed 001) with what will be done."""
        self._demat_check_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send invoices"),
            "res_model": "demat.send.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids, "dialog_size": "extra-large"},
        }

    def action_demat_reopen(self):
        """Ask the administrator for the reason."""
        self.ensure_one()
        self._demat_check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reopen %(name)s", name=self.display_name),
            "res_model": "demat.reopen.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def action_view_demat_document(self):
        self.ensure_one()
        documents = self.env["ged.document"].search(
            [("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        action = documents._get_records_action(name=self.env._("Archive"))
        return action

    # -- rights -----------------------------------------------------------------------

    def _demat_check_user(self):
        """:raises AccessError: who asks is not an invoicing clerk"""
        check_demat_user(self)

    def _demat_check_manager(self):
        """:raises AccessError: who asks is not a dematerialisation administrator"""
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only a dematerialisation administrator may reopen a sent invoice."
                )
            )
        self.check_access("write")

    # -- transitions ------------------------------------------------------------------

    def _demat_lock(self):
        """Lock the rows that nobody else holds and read their state anew.

        :return: the recordset that could be locked; use this one only
        """
        locked = self._demat_try_lock()
        locked.invalidate_recordset(["demat_state", "demat_document_id"])
        # one query for all, not one for each thousand
        locked.fetch(["demat_state", "demat_document_id"])
        return locked

    def _demat_apply(self, code):
        """Apply one treatment to all invoices, or refuse all with the reasons.

        :param code: key of ``states.TREATMENTS`` that has a target state
        :raises UserError: names each invoice that is not in a fitting state, or that
            somebody else is treating
        """
        self._demat_check_user()
        moves = self._demat_lock()
        (self - moves)._demat_raise_if_busy()
        moves._demat_check_states(states.TREATMENTS[code].accepts)
        moves._demat_move_to(code, states.TREATMENTS[code].target)

    def _demat_raise_if_busy(self):
        if self:
            raise UserError(
                self.env._(
                    "%(names)s: somebody else is treating this right now. Wait a "
                    "moment, then look at the state again.",
                    names=", ".join(self.mapped("display_name")),
                )
            )

    def _demat_check_states(self, accepted):
        """:raises UserError: one line for each invoice that is not in these states"""
        wrong = self.filtered(lambda move: move.demat_state not in accepted)
        if not wrong:
            return
        labels = dict(self._fields["demat_state"]._description_selection(self.env))
        labels[False] = self.env._("Not validated, or not dematerialised")
        lines = "\n".join(
            f"- {move.display_name}: {labels[move.demat_state]}" for move in wrong
        )
        raise UserError(
            self.env._(
                "This treatment takes invoices that are: %(accepted)s.\n"
                "These are not:\n%(lines)s",
                accepted=", ".join(labels[state] for state in accepted),
                lines=lines,
            )
        )

    def _demat_move_to(self, treatment, target, *, reason=None, **values):
        """Write the state and the journal of it. The rows are locked by the caller.

        :param treatment: value of ``demat.state.change.treatment``
        :param target: the new state or False
        :param reason: text for the journal
        :param values: further fields of the move to write along
        :raises UserError: the table does not know this way
        """
        if not self:
            return
        for move in self:
            if not states.can_move(move.demat_state, target):
                raise UserError(
                    self.env._(
                        "%(name)s cannot go from the state %(source)s to %(target)s.",
                        name=move.display_name,
                        source=move.demat_state or "-",
                        target=target or "-",
                    )
                )
        shown = {target, *self.mapped("demat_state")} & {states.SENT}
        self._demat_log_change(treatment, target, reason=reason)
        self._demat_write_state(target)
        if values:
            self._demat_write(values)
        if shown:
            self.env.add_to_compute(self._fields["demat_delivery"], self)

    def _demat_log_change(self, treatment, target=None, *, reason=None):
        """Write one line of the journal for each invoice, all in one statement.

        :param treatment: value of ``demat.state.change.treatment``
        :param target: the new state or False; None for an event that changes none
        """
        if not self.ids:
            return
        self.flush_recordset(["demat_state", "company_id"])
        after = SQL("m.demat_state") if target is None else SQL("%s", target or None)
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO demat_state_change (
                    move_id, company_id, treatment, state_before, state_after, date,
                    reason, user_id, create_uid, write_uid, create_date, write_date)
                SELECT m.id, m.company_id, %(treatment)s, m.demat_state, %(after)s,
                       %(now)s, %(reason)s, %(uid)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(ids)s) WITH ORDINALITY AS wanted (id, place)
                  JOIN account_move m ON m.id = wanted.id
                 ORDER BY wanted.place
                """,
                treatment=treatment,
                after=after,
                now=now,
                reason=reason or None,
                uid=self.env.uid,
                ids=self.ids,
            )
        )
        self.invalidate_recordset(
            ["demat_state_change_ids", "demat_timeline_ids"], flush=False
        )

    def _demat_write_state(self, target):
        """Write the state of all rows in one statement, however many they are."""
        self.flush_recordset(["demat_state"])
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET demat_state = %s, write_uid = %s,"
                " write_date = %s WHERE id = ANY(%s)",
                target or None,
                self.env.uid,
                fields.Datetime.now(),
                self.ids,
            )
        )
        self.invalidate_recordset(
            ["demat_state", "write_uid", "write_date"], flush=False
        )
        self.modified(["demat_state"])

    def _demat_write(self, values):
        """Write fields of the sending, and nothing else.

        The host's ``write`` of an entry balances its lines, synchronises payments and
        checks lock dates: a third of the time of a batch, for fields that no line
        depends on. The journal ``demat.state.change`` is their tracking.
        """
        unknown = values.keys() - SENDING_FIELDS
        if unknown:
            raise ValueError(f"not fields of the sending: {sorted(unknown)}")
        moves = self.with_context(demat_transition=TRANSITION).sudo()
        return models.BaseModel.write(moves, values)

    # -- validation and draft ---------------------------------------------------------

    def _post(self, soft=True):
        # EXTENDS account: a validated invoice enters the process (seed 000 section 2)
        posted = super()._post(soft)
        entering = posted.filtered(
            lambda move: not move.demat_state and move._is_demat_applicable()
        )
        entering._demat_move_to("enter", states.WAITING)
        at_once = entering.filtered("company_id.demat_send_at_validation")
        if at_once:
            at_once._demat_start_at_validation()
        return posted

    def button_draft(self):
        # EXTENDS account: what has not left may go back to draft
        result = super().button_draft()
        leaving = self.filtered("demat_state")
        leaving._demat_move_to("leave", False)
        return result

    def _demat_reopen(self, reason):
        """Make a sent invoice changeable again; its versions stay in the archive.

        :param reason: why, for the journal, the chatter and the archive
        :raises UserError: no reason, or not sent
        :raises AccessError: not an administrator of the dematerialisation
        """
        self._demat_check_manager()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the invoice is reopened."))
        moves = self._demat_lock()
        (self - moves)._demat_raise_if_busy()
        moves._demat_check_states((states.SENT,))
        for move in moves.sudo():
            if move.demat_document_id:
                move.demat_document_id._record_event("reopened", reason)
                move.demat_document_id._set_portal_visible(False, reason)
            move.message_post(
                body=self.env._("Reopened for correction: %(why)s", why=reason)
            )
        pending = (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", moves.ids),
                    ("state", "in", ("pending", "failed", "unknown")),
                ]
            )
        )
        pending._mark_cancelled(self.env._("The invoice was reopened."))
        # or the host's wizard would mail the old file of an invoice that waits
        moves._detach_attachments()
        moves._demat_move_to(
            "reopen", states.WAITING, reason=reason, is_dematerialised=False
        )
