# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import smtplib
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.mail_failures import CODES
from .common import MAIL_LOGGER, MailDeliveryCase


@tagged("post_install", "-at_install")
class TestMailDelivery(MailDeliveryCase):
    """One mail, and every way it can end."""

    # ---- delivered ----

    def test_one_mail_with_all_recipients_visible(self):
        self.assertTrue(self._deliver(email_cc="copy@client.example.com"))
        (sent,) = self.emails
        self.assertEqual(
            sent["msg_to"], "first@client.example.com, second@client.example.com"
        )
        self.assertEqual(sent["msg_cc"], "copy@client.example.com")
        self.assertEqual(
            set(sent["smtp_to_list"]),
            {
                "first@client.example.com",
                "second@client.example.com",
                "copy@client.example.com",
            },
        )

    def test_everything_is_stored(self):
        self._deliver()
        mail, message = self.exchange.mail_mail_id, self.exchange.mail_message_id
        self.assertEqual(self.exchange.state, "done")
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self.exchange.external_id, message.message_id)
        self.assertEqual(mail.message_id, message.message_id)
        self.assertEqual(
            self.exchange.recipients,
            "first@client.example.com, second@client.example.com",
        )
        self.assertEqual(message.model, self.document._name)
        self.assertEqual(message.res_id, self.document.id)
        self.assertEqual(
            set(message.notification_ids.mapped("notification_status")), {"sent"}
        )
        self.assertEqual(len(message.notification_ids), 2)
        for words in ("first@client.example.com", "Invoice F-1", message.message_id):
            self.assertIn(
                words.replace("<", "&lt;").replace(">", "&gt;"), self.exchange.report
            )

    def test_on_the_chatter_but_not_on_the_portal(self):
        self._deliver()
        message = self.exchange.mail_message_id
        self.assertIn(message, self.document.message_ids)
        self.assertTrue(message.is_internal)
        self.assertTrue(message.subtype_id.internal)
        portal = self.env["mail.message"].with_user(self.portal)
        self.assertFalse(portal.search([("id", "=", message.id)]))

    def test_identity_follows_the_key(self):
        expected = self.exchange.sudo()._get_message_id()
        self._deliver()
        self.assertEqual(self.exchange.external_id, expected)
        self.assertIn(self.alias_domain, expected)

    def test_machine_headers(self):
        self._deliver(headers={"X-Demat": "1"})
        (mail,) = self._mails
        self.assertEqual(mail["headers"]["Auto-Submitted"], "auto-generated")
        self.assertEqual(mail["headers"]["X-Demat"], "1")

    def test_bounce_address_of_the_company(self):
        self._deliver()
        self.assertEqual(
            self._mails[0]["headers"]["Return-Path"],
            f"{self.alias_bounce}@{self.alias_domain}",
        )

    def test_sender(self):
        self._deliver(email_from="Billing <billing@us.example.com>")
        self.assertEqual(
            self._mails[0]["email_from"], '"Billing" <billing@us.example.com>'
        )

    def test_archived_file_goes_as_a_copy(self):
        archived = self.env["ged.document"]._archive(
            [
                {
                    "company_id": self.company.id,
                    "kind": "invoice",
                    "name": "F-1",
                    "filename": "F-1.pdf",
                    "mimetype": "application/pdf",
                    "content": b"%PDF-1.7 sealed",
                }
            ]
        )
        self._deliver(attachment_ids=archived.attachment_id.ids)
        self.assertEqual(
            self._mails[0]["attachments"],
            [("F-1.pdf", b"%PDF-1.7 sealed", "application/pdf")],
        )
        copy = self.exchange.attachment_ids
        self.assertNotEqual(copy, archived.attachment_id)
        self.assertEqual(copy.res_model, "demat.exchange")
        self.assertEqual(archived.attachment_id.res_model, "ged.document")

    def test_mail_the_host_queue_never_sees(self):
        """No mail of ours is ever pending, whatever the outcome."""
        self._deliver()
        failed = self._exchange("other", self.document)
        failed._mark_sending()
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: self._raise(OSError("550 5.1.1 no"))):
                failed._deliver_mail(self._mail_values())
        ours = (self.exchange + failed).mail_mail_id
        self.assertEqual(set(ours.mapped("state")), {"sent", "exception"})

    def test_batch_over_one_connection(self):
        exchanges = self.exchange + self._exchange("b", self.document)
        exchanges[1]._mark_sending()
        with (
            self.mock_mail_gateway(),
            patch.object(
                type(self.testing_smtp_session),
                "noop",
                lambda session: (250, b"ok"),
                create=True,
            ),
            patch(
                "smtplib.SMTP", side_effect=lambda *a, **k: self.testing_smtp_session
            ) as opened,
            exchanges._mail_sessions() as batch,
        ):
            for exchange in batch:
                exchange._deliver_mail(self._mail_values())
        self.assertEqual(opened.call_count, 1)
        self.assertEqual(exchanges.mapped("state"), ["done", "done"])
        self.assertEqual(len(self.emails), 2)

    # ---- not delivered ----

    def test_refused_by_the_server(self):
        error = smtplib.SMTPRecipientsRefused(
            {"first@client.example.com": (550, b"5.1.1 User unknown")}
        )
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: self._raise(error)):
                self.assertFalse(self.exchange._deliver_mail(self._mail_values()))
        self.assertRecordValues(
            self.exchange, [{"state": "failed", "error_code": "address_unknown"}]
        )
        self.assertIn("does not know this address", self.exchange.error_text)
        self.assertIn("first@client.example.com", self.exchange.error_text)
        self.assertIn("SMTPRecipientsRefused", self.exchange.traceback)
        self.assertEqual(
            set(
                self.exchange.mail_message_id.notification_ids.mapped(
                    "notification_status"
                )
            ),
            {"exception"},
        )

    def test_server_unreachable(self):
        with (
            self.mock_mail_gateway(),
            mute_logger(MAIL_LOGGER),
            patch.object(
                type(self.env["ir.mail_server"]),
                "_connect__",
                side_effect=ConnectionRefusedError("Connection refused"),
            ),
        ):
            self.exchange._deliver_mail(self._mail_values())
        self.assertEqual(self.exchange.error_code, "server_unreachable")
        self.assertIn("could not be reached", self.exchange.error_text)
        self.assertIn("first@client.example.com", self.exchange.error_text)
        self.assertIn("Connection refused", self.exchange.traceback)
        self.assertEqual(self.exchange.mail_mail_id.state, "exception")

    def test_some_recipients_refused(self):
        """The host drops what smtplib returns; a refused recipient must show."""
        refused = {"second@client.example.com": (550, b"5.1.1 no such user")}
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: refused):
                self.assertFalse(self.exchange._deliver_mail(self._mail_values()))
        self.assertRecordValues(
            self.exchange,
            [
                {
                    "state": "failed",
                    "error_code": "address_unknown",
                    "failed_recipients": "second@client.example.com",
                }
            ],
        )
        self.assertIn("second@client.example.com", self.exchange.error_text)
        statuses = {
            notification.mail_email_address: notification.notification_status
            for notification in self.exchange.mail_message_id.notification_ids
        }
        self.assertEqual(
            statuses,
            {
                "first@client.example.com": "sent",
                "second@client.example.com": "exception",
            },
        )

    def test_connection_lost_before_the_text(self):
        lost = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(lambda *args: self._raise(lost)):
                self.exchange._deliver_mail(self._mail_values())
        self.assertEqual(
            (self.exchange.state, self.exchange.error_code),
            ("failed", "server_unreachable"),
        )
        self.assertIn("first@client.example.com", self.exchange.error_text)

    def test_connection_lost_after_the_text(self):
        """Nobody can tell whether the server took it: never repeated by itself."""
        lost = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        with self.mock_mail_gateway(), mute_logger(MAIL_LOGGER):
            with self._session(
                lambda session, *args: session.data("text"),
                data=lambda *args: self._raise(lost),
            ):
                self.assertFalse(self.exchange._deliver_mail(self._mail_values()))
        self.assertEqual(self.exchange.state, "unknown")
        self.assertIn("may or may not have left", self.exchange.error_text)
        self.assertIn("first@client.example.com", self.exchange.error_text)
        self.assertNotEqual(self.exchange.mail_mail_id.state, "outgoing")

    def test_wrong_address_names_it(self):
        self.assertFalse(self._deliver(email_to="a@x.fr, nobody"))
        self.assertRecordValues(
            self.exchange, [{"state": "failed", "error_code": "address_invalid"}]
        )
        self.assertIn("“nobody”", self.exchange.error_text)
        self.assertFalse(self._mails)

    def test_sending_switched_off(self):
        """Test mode of the host: nothing leaves, and that is what is said."""
        self.assertFalse(self.exchange._deliver_mail(self._mail_values()))
        self.assertEqual(
            (self.exchange.state, self.exchange.error_code), ("failed", "not_sent")
        )
        self.assertEqual(self.exchange.mail_mail_id.state, "cancel")

    def test_every_cause_has_words(self):
        for code in CODES:
            self.assertTrue(self.exchange._failure_words(code))

    # ---- guards ----

    def test_not_started(self):
        pending = self._exchange("pending", self.document)
        with self.mock_mail_gateway(), self.assertRaisesRegex(UserError, "not started"):
            pending._deliver_mail(self._mail_values())
        self.assertFalse(self._mails)

    def test_held_by_another_process(self):
        nothing = self.env["demat.exchange"]
        with (
            self.mock_mail_gateway(),
            patch.object(
                type(self.exchange), "_demat_try_lock", lambda *a, **k: nothing
            ),
            self.assertRaisesRegex(UserError, "someone else"),
        ):
            self.exchange._deliver_mail(self._mail_values())
        self.assertFalse(self._mails)

    def test_server_of_a_user_is_not_taken(self):
        """The host puts mails of such servers off; ours never wait."""
        server = self.env["ir.mail_server"].create(
            {
                "name": "Own server of the clerk",
                "smtp_host": "smtp.example.com",
                "smtp_user": self.clerk.email,
                "from_filter": self.clerk.email,
                "owner_user_id": self.clerk.id,
                "sequence": 0,
            }
        )
        mail = self.env["mail.mail"].with_user(self.clerk).sudo().create({})
        self.assertIn(server, mail._filter_mail_mail_servers(server))
        mail = mail.with_context(demat_smtp_journal=object())
        self.assertFalse(mail._filter_mail_mail_servers(server))
