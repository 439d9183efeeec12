# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.demat_base.lib import addresses

from ..lib import states
from ..lib.copies import resolution_of_copy


class AccountMove(models.Model):
    """A copy of what was sent: the same bytes; date and state of the sending stay."""

    _inherit = "account.move"

    demat_copy_count = fields.Integer(
        string="Copies sent",
        copy=False,
        readonly=True,
        aggregator=None,
        help="How often the invoice was sent again by mail.",
    )

    def action_demat_resend(self):
        """Open the confirmation: to whom a copy goes."""
        self._demat_check_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send again by mail"),
            "res_model": "demat.resend.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids, "dialog_size": "extra-large"},
        }

    def _demat_copy_resolutions(self, address=None):
        """Return ``{id: Resolution}`` of a copy, to this address if one is given."""
        return {
            move_id: resolution_of_copy(resolution, address)
            for move_id, resolution in self._demat_resolve().items()
        }

    def _demat_copy_problems(self, resolutions):
        """Return ``{move: why no copy can leave}``, only those that have a reason."""
        on_its_way = set(self._demat_mails_on_their_way())
        problems = {}
        for move in self:
            resolution = resolutions[move.id]
            if move.demat_state != states.SENT or not move.demat_document_id:
                problems[move] = self.env._("Not sent yet: send it first.")
            elif resolution.channel == "print":
                problems[move] = self.env._(
                    "The customer has not accepted electronic documents: print it."
                )
            elif resolution.blocking:
                problems[move] = " ".join(
                    reason.message for reason in resolution.blocking
                )
            elif move.id in on_its_way:
                problems[move] = self.env._(
                    "A mail is on its way already: wait for its outcome."
                )
        return problems

    def _demat_mails_on_their_way(self):
        return (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("channel", "=", "mail"),
                    ("state", "in", ("pending", "sending")),
                ]
            )
            .mapped("res_id")
        )

    def _demat_resend(self, address=None, *, attach_pdf=True, seen=None):
        """Send a copy of each of these invoices; all of them or none.

        :param address: addresses that the clerk typed, or nothing
        :param attach_pdf: the PDF goes with the mail
        :param seen: ``{id: copies}`` when the clerk looked; a copy that somebody else
            has sent since is told to him
        :return: the exchanges, pending; they leave after the commit
        :raises UserError: names each invoice that cannot be sent again, and why
        """
        self._demat_check_user()
        address = self._demat_check_address(address)
        moves = self._demat_lock()
        (self - moves)._demat_raise_if_busy()
        moves.invalidate_recordset(["demat_copy_count"])
        resolutions = moves._demat_copy_resolutions(address)
        problems = moves._demat_copy_problems(resolutions)
        for move in moves:
            if seen and move.demat_copy_count != seen.get(move.id):
                problems[move] = move._demat_copied_meanwhile()
        if problems:
            lines = [f"- {move.display_name}: {why}" for move, why in problems.items()]
            raise UserError(
                self.env._("No copy was sent:\n%(lines)s", lines="\n".join(lines))
            )
        moves._demat_count_copy()
        exchanges = (
            self.env["demat.exchange"]
            .sudo()
            ._prepare_rows(
                [
                    move._demat_prepare_copy_vals(
                        resolutions[move.id], address, attach_pdf
                    )
                    for move in moves
                ]
            )
        )
        for move in moves:
            move._demat_log_change(
                "resend", reason=move._demat_copy_note(resolutions[move.id], address)
            )
        moves._demat_schedule()
        return exchanges

    def _demat_check_address(self, address):
        """Return the typed addresses, normalised, or ``False``.

        :raises UserError: one is no address
        """
        try:
            return addresses.join(addresses.parse(address)) or False
        except addresses.AddressError as error:
            text = self.env["demat.notified.mixin"]._demat_address_error(error)
            raise UserError(text) from error

    def _demat_copied_meanwhile(self):
        """Return who has sent a copy since the clerk opened the window, in words."""
        change = (
            self.env["demat.state.change"]
            .sudo()
            .search([("move_id", "=", self.id), ("treatment", "=", "resend")], limit=1)
        )
        return self.env._(
            "%(user)s has just sent a copy of it. Open the window again if another one "
            "is needed.",
            user=change.user_id.name or "",
        )

    def _demat_count_copy(self):
        """Count one copy more; the rows are locked."""
        self.flush_recordset(["demat_copy_count"])
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET"
                " demat_copy_count = COALESCE(demat_copy_count, 0) + 1"
                " WHERE id = ANY(%s)",
                self.ids,
            )
        )
        self.invalidate_recordset(["demat_copy_count"], flush=False)

    def _demat_prepare_copy_vals(self, resolution, address, attach_pdf):
        """Return the exchange of one copy, with its own idempotency key."""
        self.ensure_one()
        version = self.demat_document_id.version
        number = self.demat_copy_count
        return {
            "res_model": self._name,
            "res_id": self.id,
            "res_name": self.name,
            "company_id": self.company_id.id,
            "partner_id": self.commercial_partner_id.id,
            "direction": "out",
            "user_id": self.env.uid,
            "channel": "mail",
            "document_id": self.sudo().demat_document_id.id,
            "recipients": addresses.join(resolution.to),
            "idempotency_key": f"mail:{self._name}:{self.id}:{version}:copy:{number}",
            "is_copy": True,
            "copy_to": address,
            "attach_choice": "yes" if attach_pdf else "no",
        }

    def _demat_copy_note(self, resolution, address):
        to = addresses.join(resolution.to)
        if address:
            return self.env._("to %(address)s, an address typed by hand", address=to)
        return self.env._("to %(address)s", address=to)
