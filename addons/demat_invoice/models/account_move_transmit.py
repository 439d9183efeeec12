# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from ..lib import states


class AccountMove(models.Model):
    """Transmission by hand (seed 004, "Transmission normale")."""

    _inherit = "account.move"

    def action_demat_transmit(self):
        """Open the composer for one invoice; what is not ours is left to the host.

        :raises UserError: several invoices, or one that is still a draft
        """
        if len(self) != 1:
            raise UserError(
                self.env._("A mail by hand is about one document: choose a single one.")
            )
        if self.state != "posted":
            raise UserError(
                self.env._(
                    "%(name)s is not validated: validate it, then send it.",
                    name=self.display_name,
                )
            )
        if not self.demat_state:
            # it never entered the process: the host's own composer is the right one
            return self.action_invoice_sent()
        self._demat_check_user()
        wizard = self.env["demat.transmit.wizard"].create({"move_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send %(name)s by hand", name=self.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def _demat_transmit_obstacle(self, resolution):
        """Return what keeps this document from being mailed by hand, in words.

        An invoice leaves only as its sealed original, and only to a customer who
        accepted electronic documents.

        :param resolution: what ``_demat_resolve`` answers for it
        :return: sentence, or False
        """
        self.ensure_one()
        if self.demat_state in (states.WAITING, states.READY):
            return self.env._(
                "%(name)s has not been sent yet, and an invoice leaves only as its "
                "sealed original. Send it first: the mail by hand takes the same file.",
                name=self.display_name,
            )
        if self.demat_state == states.INTERNAL:
            return self.env._(
                "%(name)s is kept internal. Release it before you send it.",
                name=self.display_name,
            )
        if self.demat_state != states.SENT or not self.sudo().invoice_pdf_report_id:
            return self.env._(
                "%(name)s is being sent right now. Try again in a moment.",
                name=self.display_name,
            )
        if resolution.channel == "print":
            return self.env._(
                "%(name)s has not accepted electronic documents. Record the consent on "
                "the customer's form, or print the invoice.",
                name=self.commercial_partner_id.name,
            )
        return False
