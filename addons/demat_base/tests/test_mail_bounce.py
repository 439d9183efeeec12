# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DematCase

BOUNCE = """\
Return-Path: <>
From: {daemon}
To: {bounce}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 02 Feb 2026 10:13:00 +0100
Message-Id: <bounce-{number}@mx.client.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BOUND"

--BOUND
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.client.example.com.
I'm sorry to have to inform you that your message could not be delivered.

--BOUND
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example.com
X-Postfix-Queue-ID: 1A2B3C

{recipients}
--BOUND
Content-Type: message/rfc822

From: us@us.example.com
To: first@client.example.com, second@client.example.com
Subject: Invoice F-1
Message-Id: {message_id}

Invoice F-1 is available.
--BOUND--
"""
RECIPIENT = """\
Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{address}>: {words}
"""
PROSE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.client.example.com
To: {bounce}
Subject: failure notice
Message-Id: <prose@mx.client.example.com>
In-Reply-To: {message_id}
Content-Type: text/plain

Hi. This is the mail program at mx.client.example.com.
I'm afraid I wasn't able to deliver your message: 552 5.2.2 mailbox is full
"""


@tagged("post_install", "-at_install")
class TestMailBounce(DematCase):
    """Mails that come back, fed to the host as its mail gateway would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.document = cls._document()
        cls.exchange = cls._exchange(document=cls.document)
        cls.exchange._mark_sending()

    def setUp(self):
        super().setUp()
        with self.mock_mail_gateway():
            self.exchange._deliver_mail(self._mail_values())
        self.assertEqual(self.exchange.state, "done")

    def _come_back(self, *recipients, number=1, template=BOUNCE):
        blocks = "\n".join(
            RECIPIENT.format(address=address, action=action, status=status, words=words)
            for address, action, status, words in recipients
        )
        text = template.format(
            daemon=f"MAILER-DAEMON@{self.alias_domain}",
            bounce=f"{self.alias_bounce}@{self.alias_domain}",
            message_id=self.exchange.external_id,
            number=number,
            recipients=blocks,
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, text)

    def test_one_recipient(self):
        self._come_back(("first@client.example.com", "failed", "5.1.1", "User unknown"))
        self.assertRecordValues(
            self.exchange,
            [
                {
                    "state": "failed",
                    "error_code": "bounced",
                    "failed_recipients": "first@client.example.com",
                }
            ],
        )
        self.assertIn("first@client.example.com", self.exchange.error_text)
        self.assertIn("does not know this address", self.exchange.error_text)
        self.assertIn("User unknown", self.exchange.traceback)
        self.assertEqual(len(self.exchange.log_ids), 1)
        notifications = self.exchange.mail_message_id.notification_ids
        self.assertEqual(
            {row.mail_email_address: row.notification_status for row in notifications},
            {"first@client.example.com": "bounce", "second@client.example.com": "sent"},
        )

    def test_both_recipients_in_one_report(self):
        """The host reads the first recipient of a report only."""
        self._come_back(
            ("first@client.example.com", "failed", "5.1.1", "User unknown"),
            ("second@client.example.com", "failed", "5.1.1", "User unknown"),
        )
        self.assertEqual(
            self.exchange.failed_recipients,
            "first@client.example.com, second@client.example.com",
        )

    def test_second_report_adds_its_recipient(self):
        self._come_back(("first@client.example.com", "failed", "5.1.1", "Unknown"))
        self._come_back(
            ("second@client.example.com", "failed", "5.2.2", "Full"), number=2
        )
        self.assertEqual(
            self.exchange.failed_recipients,
            "first@client.example.com, second@client.example.com",
        )
        self.assertEqual(len(self.exchange.log_ids), 2)

    def test_same_report_twice_is_told_once(self):
        for number in (1, 2):
            self._come_back(
                ("first@client.example.com", "failed", "5.1.1", "Unknown"),
                number=number,
            )
        self.assertEqual(len(self.exchange.log_ids), 1)

    def test_delayed_is_no_failure(self):
        self._come_back(("first@client.example.com", "delayed", "4.4.1", "Trying"))
        self.assertEqual(self.exchange.state, "done")

    def test_report_in_prose(self):
        """No machine-readable part: the host finds the message, not the recipient."""
        self._come_back(template=PROSE)
        self.assertEqual(self.exchange.state, "failed")
        self.assertEqual(
            self.exchange.failed_recipients,
            "first@client.example.com, second@client.example.com",
        )
        self.assertIn("mailbox is full", self.exchange.error_text)

    def test_while_the_outcome_was_unknown(self):
        self.exchange.state = "unknown"
        self._come_back(("first@client.example.com", "failed", "5.1.1", "Unknown"))
        self.assertEqual(self.exchange.state, "failed")

    def test_given_up_stays_so(self):
        self.exchange.state = "cancelled"
        self._come_back(("first@client.example.com", "failed", "5.1.1", "Unknown"))
        self.assertEqual(self.exchange.state, "cancelled")

    def test_bounce_of_another_mail(self):
        other = self._exchange("other", self.document)
        other._mark_sending()
        with self.mock_mail_gateway():
            other._deliver_mail(self._mail_values())
        self._come_back(("first@client.example.com", "failed", "5.1.1", "Unknown"))
        self.assertEqual((self.exchange.state, other.state), ("failed", "done"))

    def test_bounce_of_a_mail_that_is_not_ours(self):
        message = self.document.message_post(body="x", partner_ids=self.customer.ids)
        self.customer.email = "first@client.example.com"
        text = BOUNCE.format(
            daemon=f"MAILER-DAEMON@{self.alias_domain}",
            bounce=f"{self.alias_bounce}@{self.alias_domain}",
            message_id=message.message_id,
            number=9,
            recipients=RECIPIENT.format(
                address="first@client.example.com",
                action="failed",
                status="5.1.1",
                words="Unknown",
            ),
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, text)
        self.assertEqual(self.exchange.state, "done")

    def test_failure_written_on_the_notification(self):
        """Other addons of the host report failures on the notifications alone."""
        notification = self.exchange.mail_message_id.notification_ids[0]
        notification.write(
            {
                "notification_status": "exception",
                "failure_type": "mail_bl",
                "failure_reason": "blacklisted",
            }
        )
        self.assertRecordValues(
            self.exchange,
            [
                {
                    "state": "failed",
                    "failed_recipients": notification.mail_email_address,
                }
            ],
        )
        self.assertIn("undesired", self.exchange.error_text)

    def test_read_notifications_change_nothing(self):
        self.exchange.mail_message_id.notification_ids.write(
            {"notification_status": "sent"}
        )
        self.assertEqual(self.exchange.state, "done")
