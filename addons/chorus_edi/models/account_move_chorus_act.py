# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import models
from odoo.exceptions import UserError

from ..lib import errors

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """What a clerk does about an invoice that came back: complete, recycle, correct."""

    _inherit = "account.move"

    def action_chorus_complete(self):
        """Answer a suspension: open the window for the words and the documents."""
        self._chorus_check_state("suspended")
        return self._chorus_window(
            "chorus.complete.wizard", self.env._("Complete %s", self.display_name)
        )

    def action_chorus_recycle(self):
        """Send to another service or entity: open the window."""
        self._chorus_check_state("to_recycle")
        if not self.chorus_may_recycle:
            raise UserError(
                self.env._(
                    "Chorus Pro announced that it no longer lets an invoice be sent to "
                    "another recipient: make a credit note and a new invoice. If the "
                    "platform still allows it, an administrator says so in Settings, "
                    "Chorus Pro."
                )
            )
        return self._chorus_window(
            "chorus.recycle.wizard",
            self.env._("Other recipient of %s", self.display_name),
        )

    def _chorus_window(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_move_id": self.id, "dialog_size": "large"},
        }

    def action_chorus_correct(self):
        """Mark the rejection as handled at Chorus Pro, and prepare what replaces it.

        The host's window makes the credit note, and the new invoice on demand. What
        Chorus Pro keeps from being marked does not keep the clerk from correcting.
        """
        self._chorus_check_state("rejected", "to_recycle")
        row = self.sudo().chorus_invoice_ids
        note = self._chorus_handle_rejection(row)
        if note:
            self.sudo().message_post(body=note)
        action = self.action_reverse()
        reason = row.status_comment or row._status_words(row.status)[0]
        return {
            **action,
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "active_id": self.id,
                "default_reason": reason,
            },
        }

    def _chorus_handle_rejection(self, row):
        """Tell Chorus Pro; what it answers in words, or nothing to tell."""
        if row.rejection_handled or row.state != "rejected":
            return None
        if not row.external_id:
            return None
        account = self.company_id._chorus_account()
        try:
            account._chorus_client().handle_rejection([row.external_id])
        except errors.OutcomeUnknown as error:
            if not self._chorus_is_handled(row, account):
                _logger.warning("%s: rejection perhaps not marked: %s", self, error)
                return self.env._(
                    "Chorus Pro did not answer: it is not known whether the rejection "
                    "is marked as handled there. Look at the invoice on the portal, "
                    "and mark it there if it is not."
                )
        except errors.ChorusError as error:
            _logger.warning("%s: rejection not marked: %s", self, error)
            return self.env._(
                "The rejection was not marked as handled at Chorus Pro: %(why)s",
                why=account._chorus_error_words(error),
            )
        except UserError as error:
            return error.args[0]
        row.rejection_handled = True
        self._chorus_todo_done()
        return self.env._("The rejection is marked as handled at Chorus Pro.")

    def _chorus_is_handled(self, row, account):
        """The answer was lost: ask whether the mark is there; no answer says no."""
        try:
            marked = account._chorus_client().search_invoices(
                number=row.number, rejection_handled=True
            )
            return row.external_id in [one.id for one in marked]
        except errors.ChorusError:
            return False

    def _chorus_check_state(self, *states):
        """:raises UserError: the invoice is not in one of these states at Chorus Pro"""
        self.ensure_one()
        self._demat_check_user()
        row = self.sudo().chorus_invoice_ids
        if row.state not in states:
            labels = dict(self._selection_chorus_state())
            raise UserError(
                self.env._(
                    "%(name)s: at Chorus Pro it is “%(state)s”, which does not ask for "
                    "this. Ask Chorus Pro again to be sure.",
                    name=self.display_name,
                    state=labels.get(row.state, self.env._("not there")),
                )
            )
