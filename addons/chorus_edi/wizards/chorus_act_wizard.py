# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import errors


class ChorusActWizard(models.AbstractModel):
    """An act at Chorus Pro on one invoice: done, or settled when the answer is lost."""

    _name = "chorus.act.wizard"
    _description = "Act on an Invoice at Chorus Pro"

    move_id = fields.Many2one("account.move", required=True, readonly=True)

    def _act(self, step, state, unknown, again):
        """Carry out a step at Chorus Pro; the invoice leaves this state by it.

        :param step: called with the client and the row ``chorus.invoice``
        :param state: that of the row until the step has arrived there
        :param unknown: words when nobody can tell whether it arrived
        :param again: words when it did not
        :return: ``(client, row)``
        :raises UserError: refused, or one of these words
        """
        row = self.move_id.sudo().chorus_invoice_ids
        account = self.move_id.company_id._chorus_account()
        client = account._chorus_client()
        try:
            step(client, row)
        except errors.OutcomeUnknown:
            # the answer was lost: the history says whether ours arrived
            try:
                row._read_history(client)
            except errors.ChorusError as error:
                raise UserError(unknown) from error
            if row.state == state:
                raise UserError(again) from None
        except errors.ChorusError as error:
            raise UserError(account._chorus_error_words(error)) from error
        return client, row
