# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MAIL_LOGGER, MailDeliveryCase


@tagged("post_install", "-at_install")
class TestMailHost(MailDeliveryCase):
    """Mails of exchanges that the host sends, retries or drops."""

    def _host_mail(self, **values):
        mail = self.env["mail.mail"].create(
            {
                "email_to": "first@client.example.com",
                "email_from": "us@us.example.com",
                "subject": "x",
                "body_html": "<p>x</p>",
                **values,
            }
        )
        self.exchange.mail_mail_id = mail
        return mail

    def test_outcome_of_a_mail_the_host_sends(self):
        mail = self._host_mail()
        with self.mock_mail_gateway():
            mail.send()
        self.assertEqual(self.exchange.state, "done")

    def test_outcome_of_a_mail_the_host_sends_and_deletes(self):
        mail = self._host_mail(auto_delete=True)
        with self.mock_mail_gateway(mail_unlink_sent=True):
            mail.send()
        self.assertFalse(mail.exists())
        self.assertEqual(self.exchange.state, "done")

    def test_failure_of_a_mail_the_host_sends(self):
        mail = self._host_mail()
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: self._raise(OSError("552 5.2.2 full"))):
                mail.send()
        self.assertRecordValues(
            self.exchange, [{"state": "failed", "error_code": "mailbox_full"}]
        )

    def test_retry_on_the_mail_is_a_retry_of_the_exchange(self):
        self.customer.demat_email = "first@client.example.com"
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: self._raise(OSError("450 4.2.0 later"))):
                self.exchange._deliver_mail(self._mail_values())
        foreign = self.env["mail.mail"].create({"state": "exception"})
        mails = self.exchange.mail_mail_id + foreign
        with self.mock_mail_gateway():
            mails.action_retry()
        self.assertEqual(foreign.state, "outgoing", "mails of others as before")
        self.assertEqual(mails[0].state, "exception", "never queued")
        self.assertRecordValues(self.exchange, [{"state": "done", "attempts": 2}])
        self.assertEqual(len(self._mails), 1)

    def test_old_delivered_mails_are_dropped(self):
        self._deliver()
        mail, message = self.exchange.mail_mail_id, self.exchange.mail_message_id
        self.env["mail.mail"]._gc_demat_mails()
        self.assertTrue(mail.exists())
        self.exchange.done_at = "2020-01-01"
        self.env["mail.mail"]._gc_demat_mails()
        self.assertFalse(mail.exists())
        self.assertTrue(message.exists())
        self.assertTrue(self.exchange.report)
