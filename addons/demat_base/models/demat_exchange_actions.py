# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import addresses


class DematExchange(models.Model):
    """The buttons of an exchange: what a person decides about it."""

    _inherit = "demat.exchange"

    def action_retry(self):
        """Try failed exchanges again, under the same key."""
        return self._send_again(
            "failed", self.env._("Only a failed exchange can be tried again.")
        )

    def action_send_again(self):
        """Send again what may or may not have arrived: somebody checked."""
        return self._send_again(
            "unknown",
            self.env._("Only an exchange of unknown outcome can be sent again."),
        )

    def action_confirm_arrival(self):
        """Somebody knows that it arrived."""
        self._check_may_act()
        if any(exchange.state != "unknown" for exchange in self):
            raise UserError(
                self.env._("Only an exchange of unknown outcome needs this answer.")
            )
        text = self.env._("%(user)s says that it arrived.", user=self.env.user.name)
        self._transition(
            "done",
            {
                "confirmed_by_id": self.env.uid,
                "done_at": self.env.cr.now(),
                "error_code": False,
                "error_text": False,
            },
            log=True,
            text=text,
        )

    def action_printed(self):
        """The paper was printed and posted."""
        self._check_may_act()
        if any(exchange.channel != "print" for exchange in self):
            raise UserError(self.env._("This exchange is not one on paper."))
        self._mark_printed()

    def _mark_printed(self):
        """The paper left the printer: by whom and when stands in the history."""
        now = fields.Datetime.now()
        local = fields.Datetime.context_timestamp(self, now)
        self._transition(
            "done",
            {
                "done_at": now,
                "confirmed_by_id": self.env.uid,
                "error_code": False,
                "error_text": False,
            },
            log=True,
            text=self.env._(
                "Printed by %(user)s on %(date)s.",
                user=self.env.user.name,
                date=f"{local:%d/%m/%Y %H:%M}",
            ),
        )

    def action_cancel(self):
        """Give up: nothing more will be sent under this key."""
        self._check_may_act()
        self._transition(
            "cancelled",
            {},
            log=True,
            text=self.env._("Cancelled by %(user)s.", user=self.env.user.name),
        )

    def action_open_document(self):
        """Open the document this exchange is about."""
        self.ensure_one()
        document = self._get_document()
        if not document:
            raise UserError(self.env._("The document does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _get_document(self):
        """The record this exchange is about; empty when it or its model is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.env["demat.exchange"].browse()
        return self.env[self.res_model].browse(self.res_id).exists()

    def _check_may_act(self):
        """:raise AccessError: unless the user is a clerk of the company concerned"""
        if self.env.su:
            return
        if not self.env.user.has_group("demat_base.group_demat_user"):
            raise AccessError(
                self.env._("Only invoicing clerks decide about exchanges.")
            )
        self.check_access("read")

    def _send_again(self, state, refusal):
        """Start and carry out a new attempt of each row, one after the other.

        Each row is committed as *sending* before anything leaves, so that a server
        that dies here leaves rows of unknown outcome, never a silent second copy.
        """
        self._check_may_act()
        exchanges = self.sudo()
        if any(exchange.state != state for exchange in exchanges):
            raise UserError(refusal)
        for exchange in exchanges:
            exchange._get_retry_method()
        with exchanges._mail_sessions() as batch:
            for exchange in batch:
                exchange._attempt_again(state, refusal)
        return exchanges._outcome_notification()

    def _attempt_again(self, state, refusal):
        """Announce one new attempt, commit, and carry it out.

        The lock of a living worker tells the recovery job that this process works on
        the row between the commit and the outcome.
        """
        with self._alive() as alive:
            if not alive or not self._demat_try_lock():
                raise UserError(
                    self.env._(
                        "Someone else is treating this exchange. Look again later."
                    )
                )
            self.invalidate_recordset(["state"])
            if self.state != state:
                raise UserError(refusal)
            self._mark_sending()
            self._demat_commit()
            self._get_retry_method()()
            self._demat_commit()

    def _get_retry_method(self):
        """Bound method ``_retry_<channel>`` that carries out a new attempt.

        Addons that own a channel add its method; it finds the row *sending* and
        committed, and marks the outcome.

        :raise UserError: the channel cannot be tried from the exchange
        """
        method = getattr(self, f"_retry_{self.channel}", None)
        if method is None:
            labels = dict(self._fields["channel"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Channel “%(channel)s” cannot be tried again from here: open the "
                    "document.",
                    channel=labels[self.channel],
                )
            )
        return method

    def _retry_mail(self):
        """Send the same mail to the addresses that hold today.

        One that was sent by hand goes to those whom its author chose.
        """
        document = self._get_document()
        try:
            with self.env.cr.savepoint():
                values = (
                    document._demat_mail_values(self)
                    if isinstance(document, self.pool["demat.document.mixin"])
                    and not self.by_hand
                    else self._mail_values_again(self._get_first_recipients())
                )
        except UserError as error:
            self._mark_failed("blocked", error.args[0])
            return
        self._deliver_mail(values)

    def _get_first_recipients(self):
        """The addresses of the first attempt, without those in copy."""
        copies = addresses.parse((self.mail_payload or {}).get("email_cc"))
        return addresses.join(
            address
            for address in addresses.parse(self.recipients)
            if address not in copies
        )

    def _mail_values_again(self, recipients):
        """Values for :meth:`_deliver_mail`, from the mail of the earlier attempt.

        Those who received it the first time do not receive it twice.

        :param recipients: the addresses that hold today, ``a@x.fr, b@y.fr``
        :raise UserError: there was no mail yet: its text is not known here
        """
        self.ensure_one()
        message = self.mail_message_id
        if not message:
            raise UserError(
                self.env._(
                    "The mail was never written: send the document again from its "
                    "own form."
                )
            )
        lost = set(addresses.parse(self.failed_recipients))
        reached = set(addresses.parse(self.recipients)) - lost if lost else set()
        to = [
            address for address in addresses.parse(recipients) if address not in reached
        ]
        cc = (self.mail_payload or {}).get("email_cc")
        return {
            **(self.mail_payload or {}),
            "email_to": addresses.join(to) or recipients,
            "email_cc": addresses.join(
                address for address in addresses.parse(cc) if address not in reached
            ),
            "subject": message.subject,
            "body_html": message.body,
            "attachment_ids": self.attachment_ids.ids,
        }

    def _outcome_notification(self):
        """Toast that tells how the attempts ended, then the form is read again."""
        failed = self.filtered(lambda exchange: exchange.state != "done")
        if failed:
            text = failed[0].error_text or self.env._("Not delivered.")
        else:
            text = self.env._("Delivered to the mail server.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
