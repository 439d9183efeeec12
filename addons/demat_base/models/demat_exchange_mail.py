# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import smtplib
from contextlib import contextmanager
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import addresses, mail_failures
from ..lib.message_id import message_id
from ..lib.smtp_journal import SmtpJournal
from ..lib.smtp_pool import SmtpPool

# RFC 3834: no out-of-office reply to a machine; the second for Exchange servers.
_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}

# What a new attempt needs and the message of the document does not hold.
_KEPT = ("email_cc", "email_from", "reply_to", "author_id", "headers", "lang", "layout")


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

        Creates message, notifications and mail in the current transaction, sends at
        once and stores the outcome: *done*, *failed* (with words), or *unknown* when
        the connection broke after the text was handed over. The mail never waits
        in the host's queue. The caller commits afterwards.

        :param values: ``email_to`` (``a@x.fr, b@y.fr``: all are recipients of one
            mail), ``subject``, ``body_html``; optional ``email_cc``,
            ``attachment_ids`` (ids), ``email_from``, ``reply_to``, ``author_id``
            (id), ``headers`` (dict), ``lang``, ``layout`` (false: body as it is)
        :return: whether it was delivered
        :raise UserError: when the row is not *sending*, or another process has it
        """
        self.ensure_one()
        exchange = self.sudo()
        if not exchange.try_lock_for_update():
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
        try:
            to = addresses.parse(values["email_to"])
            cc = addresses.parse(values.get("email_cc"))
        except addresses.AddressError as error:
            text = self.env["demat.notified.mixin"]._demat_address_error(error)
            exchange._mark_failed("address_invalid", text)
            return False
        mail = exchange._create_mail(values, to, cc)
        journal = SmtpJournal()
        try:
            mail.with_context(
                demat_smtp_journal=journal, demat_outcome_apart=True
            ).send()
        except smtplib.SMTPServerDisconnected as error:
            exchange._after_disconnection(journal, error)
        else:
            exchange._after_sending(mail, journal)
        return exchange.state == "done"

    def _create_mail(self, values, to, cc):
        """Message on the document, notifications for the chatter, and the mail."""
        company = self.company_id
        subject = values["subject"]
        body = Markup(values["body_html"])  # noqa: S704 our own rendered template
        attachment_ids = self._get_mail_files(values.get("attachment_ids") or ()).ids
        message_vals = {
            "model": self.res_model,
            "res_id": self.res_id,
            "record_name": self.res_name,
            "message_type": "email_outgoing",
            # an internal note: the customer's portal does not show our mails
            "subtype_id": self.env.ref("mail.mt_note").id,
            "is_internal": True,
            "subject": subject,
            "body": body,
            "attachment_ids": [(6, 0, attachment_ids)],
            "message_id": self._get_message_id(),
            "author_id": values.get("author_id") or self.env.user.partner_id.id,
            "email_from": values.get("email_from") or company.email_formatted,
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
        }
        if values.get("reply_to"):
            message_vals["reply_to"] = values["reply_to"]
        message = self.mail_message_id
        if message:
            message.notification_ids.unlink()
            message.write(message_vals)
        else:
            message = self.env["mail.message"].create(message_vals)
        if values.get("layout", True):
            body = self._render_layout(body, subject, values.get("lang"))
        mail = self.env["mail.mail"].create(
            {
                "mail_message_id": message.id,
                "is_notification": True,
                "auto_delete": False,
                "email_to": addresses.join(to),
                "email_cc": addresses.join(cc),
                "body_html": body,
                "headers": repr({**_HEADERS, **(values.get("headers") or {})}),
            }
        )
        self.env["mail.notification"].create(
            [
                {
                    "author_id": message.author_id.id,
                    "is_read": True,
                    "mail_mail_id": mail.id,
                    "mail_message_id": message.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "mail_email_address": address,
                }
                for address in dict.fromkeys(to + cc)
            ]
        )
        self.write(
            {
                "mail_mail_id": mail.id,
                "mail_message_id": message.id,
                "recipients": addresses.join(to + cc),
                "attachment_ids": [(6, 0, attachment_ids)],
                "mail_payload": {key: values[key] for key in _KEPT if key in values},
            }
        )
        return mail

    def _get_mail_files(self, attachment_ids):
        """The files that go with the mail; archived ones as copies.

        The archive refuses its own files on a message, which could be deleted; the
        copy costs a row only, the filestore keeps equal contents once.
        """
        files = self.env["ir.attachment"].browse(attachment_ids)
        archived = files.filtered(lambda file: file.res_model == "ged.document")
        copies = self.env["ir.attachment"].create(
            [
                {
                    "name": file.name,
                    "raw": file.raw,
                    "mimetype": file.mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in archived
            ]
        )
        return (files - archived) + copies

    def _get_message_id(self):
        """Message-ID of the mail: the same for each attempt of this exchange."""
        company = self.company_id
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        domain = (
            company.alias_domain_id.name or urlsplit(company.get_base_url()).hostname
        )
        return message_id(self.idempotency_key, uuid, domain)

    def _render_layout(self, body, subject, lang):
        """``body`` inside the mail layout chosen by the company."""
        company = self.company_id
        lang = lang or self.partner_id.lang or self.env.lang
        return self.env["ir.qweb"]._render(
            "demat_base.mail_layout",
            {
                "body": body,
                "company": company,
                "lang": (lang or "en_US").replace("_", "-"),
                "letter": company.demat_mail_layout == "letter",
                "subject": subject,
            },
            lang=lang,
            minimal_qcontext=True,
        )

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
