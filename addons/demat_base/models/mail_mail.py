# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..lib import mail_failures

# Days a mail that left stays in the technical list; the message on the document
# and the report of the exchange remain.
_KEEP_DAYS = 90
_GC_LIMIT = 5000


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _filter_mail_mail_servers(self, mail_servers):
        """Our mails never go through a user's own server.

        The host throttles those by putting mails off, and a mail of ours must
        never wait in its queue.
        """
        servers = super()._filter_mail_mail_servers(mail_servers)
        if self.env.context.get("demat_smtp_journal") is not None:
            servers = servers.filtered(lambda server: not server.owner_user_id)
        return servers

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Bring the outcome back into the exchanges.

        A sending of ours keeps it in its journal and judges by itself; a mail
        attached to an exchange but sent by the host reports here.
        """
        journal = self.env.context.get("demat_smtp_journal")
        exchanges = self.env["demat.exchange"].sudo()
        if journal is None:
            exchanges = exchanges.search(
                [("mail_mail_id", "in", self.ids), ("state", "=", "sending")]
            )
        else:
            journal.failure_type = failure_type
            journal.failure_reason = failure_reason
        outcomes = [
            (
                exchange,
                exchange.mail_mail_id.state,
                exchange.mail_mail_id.failure_reason,
            )
            for exchange in exchanges
        ]
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        for exchange, state, reason in outcomes:
            if state == "sent" and not failure_type:
                exchange._mark_done()
            else:
                reason = failure_reason or reason
                code = mail_failures.classify(failure_type, reason)
                exchange._mark_failed(
                    code, exchange._failure_text(code), traceback=reason
                )
        return result

    def mark_outgoing(self):
        """Retry of the host: a mail of an exchange is tried again by its exchange.

        The queue of the host would send it beside the exchange, which would then
        not know, and might send it a second time.
        """
        exchanges = self.env["demat.exchange"].search(
            [("mail_mail_id", "in", self.ids)]
        )
        ours = exchanges.mail_mail_id
        result = super(MailMail, self - ours).mark_outgoing()
        failed = exchanges.filtered(lambda exchange: exchange.state == "failed")
        if failed:
            failed.action_retry()
        return result

    @api.autovacuum
    def _gc_demat_mails(self):
        """Drop old delivered mails of exchanges, in slices."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=_KEEP_DAYS)
        old = (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [("mail_mail_id.state", "=", "sent"), ("done_at", "<", limit)],
                limit=_GC_LIMIT,
            )
            .mail_mail_id
        )
        count = len(old)
        old.unlink()
        return count, count == _GC_LIMIT
