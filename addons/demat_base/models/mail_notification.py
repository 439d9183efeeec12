# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..lib import mail_failures


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """A failure the host writes on a notification reaches the exchange."""
        result = super().write(vals)
        status = vals.get("notification_status")
        apart = self.env.context.get("demat_outcome_apart")
        if status in ("bounce", "exception") and not apart:
            self._demat_tell_exchanges(vals)
        return result

    def _demat_tell_exchanges(self, vals):
        """One search for all notifications; each exchange gets its own addresses."""
        exchanges = (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "in", self.mail_message_id.ids),
                    ("state", "!=", "sending"),
                ]
            )
        )
        for exchange in exchanges:
            notifications = self.filtered(
                lambda notification, exchange=exchange: (
                    notification.mail_message_id == exchange.mail_message_id
                )
            )
            lost = [
                notification.mail_email_address or notification.res_partner_id.email
                for notification in notifications
            ]
            reason = vals.get("failure_reason")
            exchange._mark_bounced(
                [address for address in lost if address],
                reason,
                mail_failures.classify(vals.get("failure_type"), reason),
            )
