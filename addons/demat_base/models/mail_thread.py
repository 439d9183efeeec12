# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import html2plaintext

from ..lib import dsn, mail_failures
from ..lib.message_id import find_message_ids


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Bring a bounce back into the exchange of the mail that bounced.

        The host reads one recipient of the report, takes a notice of delay for a
        failure and drops a report that names nobody; here all recipients count,
        and "delayed, still trying" changes nothing.
        """
        reports = dsn.read_report(email_message)
        exchanges = self._demat_bounced_exchanges(email_message, message_dict)
        # the notifications must not tell the exchanges what is told better here
        thread = self.with_context(demat_outcome_apart=True)
        result = super(MailThread, thread)._routing_handle_bounce(
            email_message, message_dict
        )
        if exchanges and not dsn.is_delay_only(reports):
            failed = [report for report in reports if report.action == "failed"]
            detail = "\n".join(
                f"{report.address}: {report.status} {report.diagnostic}"
                for report in failed
            ) or html2plaintext(message_dict.get("body") or "")
            status = failed[0].status if failed else None
            named = [report.address for report in failed]
            if not named and message_dict["bounced_email"]:
                named = [message_dict["bounced_email"]]
            exchanges._mark_bounced(
                named,
                detail,
                mail_failures.classify(None, detail, status),
            )
        return result

    @api.model
    def _demat_bounced_exchanges(self, email_message, message_dict):
        """Exchanges whose mail came back.

        A report in plain prose quotes the mail without the parts the host looks
        for: our own Message-ID anywhere in it is proof enough.
        """
        exchanges = self.env["demat.exchange"].sudo()
        message = message_dict["bounced_message"]
        if message:
            return exchanges.search([("mail_message_id", "in", message.ids)])
        ids = find_message_ids(email_message.as_string())
        if not ids:
            return exchanges
        return exchanges.search([("mail_message_id.message_id", "in", ids)])
