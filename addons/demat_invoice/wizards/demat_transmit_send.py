# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from odoo.addons.demat_base.lib import addresses

from ..models.rights import check_demat_user


class DematTransmitWizard(models.TransientModel):
    """The mail leaves, as an exchange of its own."""

    _inherit = "demat.transmit.wizard"

    def action_transmit(self):
        """Send the mail, note it, and tell how it ended.

        :raises UserError: the invoice may not leave, the mail is not complete, a file
            may not be read, or this mail was sent already
        """
        self.ensure_one()
        move = self.move_id
        check_demat_user(move)
        values = self._prepare_mail()
        exchange = self._create_exchange(values)
        exchange.sudo()._send_by_hand(values)
        exchange.invalidate_recordset()
        self._note_in_archive(exchange.sudo())
        if self.memo:
            self._note_on_customer(exchange.sudo())
        return exchange._outcome_notification_closing()

    def _prepare_mail(self):
        """Check everything and return the values of ``demat.exchange._deliver_mail``.

        :raises UserError: says what is missing
        """
        move = self.move_id
        resolution = move._demat_resolve()[move.id]
        obstacle = move._demat_transmit_obstacle(resolution)
        if obstacle:
            raise UserError(obstacle)
        author, email_from = self._get_sender()
        if not email_from:
            raise UserError(self._sender_problem())
        if not (self.subject or "").strip() or is_html_empty(self.body):
            raise UserError(self.env._("Write a subject and a text first."))
        to = self._parse_addresses(self.email_to)
        if not to:
            raise UserError(self.env._("Say who receives the mail."))
        copies = [a for a in self._parse_addresses(self.email_cc) if a not in to]
        files = move.sudo().invoice_pdf_report_id | self._get_files().sudo()
        return {
            "email_to": addresses.join(to),
            "email_cc": addresses.join(copies),
            "subject": self.subject,
            "body_html": self.body,
            "email_from": email_from,
            "reply_to": email_from,
            "author_id": author.id,
            "attachment_ids": files.ids,
            "lang": self.lang,
        }

    def _parse_addresses(self, text):
        try:
            return addresses.parse(text)
        except addresses.AddressError as error:
            message = self.env["demat.notified.mixin"]._demat_address_error(error)
            raise UserError(message) from error

    def _get_files(self):
        """Return the files that were chosen.

        :raises UserError: the user may not read one of them
        """
        chosen = self.document_ids.filtered("selected")
        files = chosen._get_attachments()
        uploaded = self.attachment_ids
        if uploaded and not uploaded.sudo(False).has_access("read"):
            raise UserError(
                self.env._("You may not read one of the files that you added.")
            )
        return files | uploaded

    def _create_exchange(self, values):
        """Write the row of this mail; one window sends one mail.

        :raises UserError: this window has sent its mail already
        """
        move = self.move_id
        key = f"hand:{move._name}:{move.id}:{self._name}:{self.id}"
        exchanges = self.env["demat.exchange"]
        if exchanges.sudo().search_count([("idempotency_key", "=", key)], limit=1):
            raise UserError(
                self.env._(
                    "This mail was sent already: look at the exchanges of %(name)s.",
                    name=move.display_name,
                )
            )
        exchange = exchanges._create_pending(
            [
                {
                    "res_model": move._name,
                    "res_id": move.id,
                    "res_name": move.name,
                    "company_id": move.company_id.id,
                    "partner_id": move.commercial_partner_id.id,
                    "direction": "out",
                    "channel": "mail",
                    "by_hand": True,
                    "user_id": self.env.uid,
                    "document_id": move.sudo().demat_document_id.id,
                    "recipients": values["email_to"],
                    "idempotency_key": key,
                }
            ]
        )
        # what was uploaded lives on with the mail, not with the window
        self.attachment_ids.sudo().filtered(
            lambda file: file.res_model == self._name
        ).write({"res_model": exchange._name, "res_id": exchange.id})
        return exchange

    def _note_in_archive(self, exchange):
        """Tell the journal of each archived document that went along who received it.

        One of unknown outcome may have arrived: it is told as well.
        """
        if exchange.state not in ("done", "unknown"):
            return
        chosen = self.document_ids.filtered("selected").ged_document_id
        (chosen | exchange.document_id.sudo(False))._record_event(
            "sent",
            self.env._("by hand to %(recipients)s", recipients=exchange.recipients),
        )

    def _note_on_customer(self, exchange):
        """Note the mail on the customer's own timeline (seed 004, "Mémo")."""
        move = self.move_id
        if exchange.state == "done":
            text = self.env._(
                "%(document)s sent by hand to %(recipients)s: “%(subject)s”",
                document=move._get_html_link(),
                recipients=exchange.recipients,
                subject=self.subject,
            )
        else:
            text = self.env._(
                "%(document)s sent by hand to %(recipients)s, not delivered: "
                "%(reason)s",
                document=move._get_html_link(),
                recipients=exchange.recipients,
                reason=exchange.error_text or "",
            )
        move.commercial_partner_id.sudo()._message_log(body=Markup("<p>%s</p>") % text)


class DematExchange(models.Model):
    _inherit = "demat.exchange"

    def _outcome_notification_closing(self):
        """The same toast as for a new attempt; the window closes."""
        action = self._outcome_notification()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action
