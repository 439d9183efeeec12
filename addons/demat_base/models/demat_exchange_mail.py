# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import smtplib
from contextlib import contextmanager

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import addresses, mail_failures
from ..lib.smtp_journal import SmtpJournal
from ..lib.smtp_pool import SmtpPool


class DematExchange(models.Model):
    """Delivery of an exchange by mail, and the news that come back for it."""

    _inherit = "demat.exchange"

    @contextmanager
    def _mail_sessions(self):
        """The same exchanges, with connections to mail servers kept open.

        For a batch: ``with exchanges._mail_sessions() as batch:`` then
        :meth:`_deliver_mail` on each row of ``batch``.
        """
        pool = SmtpPool()
        try:
            yield self.with_context(demat_smtp_pool=pool)
        finally:
            pool.close()

    def _deliver_mail(self, values):
        """Send the mail of one exchange that is **committed** as *sending*.

        Creates message, notifications and mail in the current transaction (unless
        :meth:`_create_mails` did), sends at once and stores the outcome: *done*,
        *failed* (with words), or *unknown* when the connection broke after the text
        was handed over. The mail never waits in the host's queue. The caller commits
        afterwards.

        :param values: ``email_to`` (``a@x.fr, b@y.fr``: all are recipients of one
            mail), ``subject``, ``body_html``; optional ``email_cc``,
            ``attachment_ids`` (ids), ``email_from``, ``reply_to``, ``author_id``
            (id), ``headers`` (dict), ``lang``, ``layout`` (false: body as it is); or
            ``mail_id`` only, for a mail made by :meth:`_create_mails`
        :return: whether it was delivered
        :raise UserError: when the row is not *sending*, or another process has it
        """
        self.ensure_one()
        exchange = self.sudo()
        if not exchange._demat_try_lock():
            raise UserError(
                self.env._(
                    "%(exchange)s is being sent by someone else.",
                    exchange=exchange.display_name,
                )
            )
        exchange.invalidate_recordset(["state"])
        if exchange.state != "sending":
            raise UserError(
                self.env._(
                    "%(exchange)s was not started: nothing is sent.",
                    exchange=exchange.display_name,
                )
            )
        problem = exchange._address_problem(values)
        if problem:
            exchange._mark_failed("address_invalid", problem)
            return False
        mail = exchange._take_mail(values)
        if not exchange._send_through(mail, again=True):
            exchange._send_through(mail, again=False)
        return exchange.state == "done"

    def _send_through(self, mail, *, again):
        """Send a mail and store the outcome; say whether there is one.

        A server may end a connection between two mails, also just after it said that
        it is there: then nothing of this mail has left, and it goes through a new one.

        :param again: whether there is another try
        """
        journal = SmtpJournal()
        pool = self.env.context.get("demat_smtp_pool")
        try:
            mail.with_context(
                demat_smtp_journal=journal, demat_outcome_apart=True
            ).send()
        except smtplib.SMTPServerDisconnected as error:
            if again and pool and pool.reused and not journal.mail_begun:
                mail.state = "outgoing"
                return False
            self._after_disconnection(journal, error)
        else:
            self._after_sending(mail, journal)
        return True

    def _after_sending(self, mail, journal):
        """Store the outcome the host wrote on ``mail``."""
        if mail.state == "sent" and not journal.refused:
            self._mark_done(external_id=mail.message_id, report=self._mail_report(mail))
        elif mail.state == "sent":
            self._mark_partly_refused(mail, journal)
        else:
            if mail.state == "outgoing":
                # the host put it off (test mode): it must not leave by itself
                mail.cancel()
                code, reason = "not_sent", ""
            else:
                reason = mail.failure_reason or journal.failure_reason
                code = mail_failures.classify(
                    journal.failure_type or mail.failure_type, reason
                )
            self._mark_failed(code, self._failure_text(code), traceback=reason)

    def _after_disconnection(self, journal, error):
        """The connection broke: before the text was given, nothing has left."""
        if journal.data_started:
            self._mark_unknown(
                self.env._(
                    "The connection to the mail server broke while the mail to "
                    "%(addresses)s was being handed over: it may or may not have "
                    "left. Ask the customer, then choose “It arrived” or “Send "
                    "again”.",
                    addresses=self._addressees(),
                ),
                traceback=repr(error),
            )
        else:
            code = "server_unreachable"
            self._mark_failed(code, self._failure_text(code), traceback=repr(error))

    def _mark_partly_refused(self, mail, journal):
        """Some recipients have it, the mail server refused the others.

        Failed, because somebody has to correct an address; a new attempt goes to
        those only who did not get it.
        """
        refused = [address.lower() for address in journal.refused]
        detail = "\n".join(
            f"{address}: {code} {text!r}"
            for address, (code, text) in journal.refused.items()
        )
        code = mail_failures.classify(None, detail)
        mail.mail_message_id.notification_ids.filtered(
            lambda notification: notification.mail_email_address in refused
        ).with_context(demat_outcome_apart=True).write(
            {
                "notification_status": "exception",
                "failure_type": "mail_email_invalid",
                "failure_reason": detail,
            }
        )
        self.write({"external_id": mail.message_id, "report": self._mail_report(mail)})
        self._mark_failed(
            code,
            self._failure_text(code, addresses.join(refused)),
            traceback=detail,
            failed_recipients=addresses.join(refused),
        )

    def _mail_report(self, mail):
        """The readable report of a mail that left."""
        names = ", ".join(self.attachment_ids.sudo().mapped("name"))
        rows = [
            (self.env._("Sender"), mail.email_from),
            (self.env._("Recipients"), self.recipients),
            (self.env._("Subject"), mail.subject),
            (
                self.env._("Attached files"),
                names or self.env._("none, the mail says where to look"),
            ),
            (
                self.env._("Handed over on"),
                fields.Datetime.context_timestamp(self, fields.Datetime.now()).strftime(
                    "%Y-%m-%d %H:%M:%S %Z"
                ),
            ),
            (self.env._("Identifier"), mail.message_id),
            (self.env._("Attempt"), str(self.attempts)),
        ]
        cells = Markup("").join(
            Markup("<tr><th>%s</th><td>%s</td></tr>") % (escape(name), escape(value))
            for name, value in rows
        )
        return Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % cells
