# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import nullcontext
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DematCase


@tagged("post_install", "-at_install")
class TestExchangeActions(DematCase):
    """Buttons, pressed by clerks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.customer.demat_email = "first@client.example.com"
        cls.document = cls._document()
        cls.exchange = cls._exchange(document=cls.document).with_user(cls.clerk)

    def _fail(self, **values):
        """A first attempt that the mail server refused."""
        self.exchange._mark_sending()
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=OSError("550 5.1.1 user unknown"),
            ),
        ):
            self.exchange._deliver_mail(self._mail_values(**values))
        self.assertEqual(self.exchange.state, "failed")

    def _sent_to(self):
        return [mail["email_to"] for mail in self._mails]

    def test_try_again_goes_to_the_corrected_address(self):
        self._fail(email_to="wrong@client.example.com")
        message = self.exchange.mail_message_id
        self.customer.demat_email = "right@client.example.com"
        with self.mock_mail_gateway():
            action = self.exchange.action_retry()
        self.assertEqual(self._sent_to(), [["right@client.example.com"]])
        self.assertRecordValues(
            self.exchange,
            [
                {
                    "state": "done",
                    "attempts": 2,
                    "recipients": "right@client.example.com",
                    "error_text": False,
                }
            ],
        )
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(self.exchange.mail_message_id, message, "one message")
        self.assertEqual(
            message.notification_ids.mapped("mail_email_address"),
            ["right@client.example.com"],
        )
        self.assertEqual(message.notification_ids.notification_status, "sent")

    def test_same_text_files_and_identity_again(self):
        file = self.env["ir.attachment"].create(
            {
                "name": "F-1.pdf",
                "raw": b"%PDF-1.7",
                "res_model": self.document._name,
                "res_id": self.document.id,
            }
        )
        self._fail(
            attachment_ids=file.ids,
            email_cc="copy@client.example.com",
            reply_to="reply@us.example.com",
            headers={"X-Demat": "1"},
        )
        first = self.exchange.mail_message_id.message_id
        with self.mock_mail_gateway():
            self.exchange.action_retry()
        (mail,) = self._mails
        self.assertEqual(mail["message_id"], first)
        self.assertEqual(mail["subject"], "Invoice F-1")
        self.assertIn("F-1", mail["body"])
        self.assertEqual(mail["attachments"][0][:2], ("F-1.pdf", b"%PDF-1.7"))
        self.assertEqual(mail["email_cc"], ["copy@client.example.com"])
        self.assertEqual(mail["reply_to"], "reply@us.example.com")
        self.assertEqual(mail["headers"]["X-Demat"], "1")

    def test_second_failure_is_told(self):
        self._fail()
        with (
            self.mock_mail_gateway(),
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(
                type(self.env["ir.mail_server"]),
                "send_email",
                side_effect=OSError("552 5.2.2 mailbox full"),
            ),
        ):
            action = self.exchange.action_retry()
        self.assertEqual(self.exchange.state, "failed")
        self.assertEqual(self.exchange.error_code, "mailbox_full")
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("mailbox is full", action["params"]["message"])
        self.assertEqual(self.exchange.log_ids.mapped("attempt"), [2, 1])

    def test_what_prevents_the_mail_now_is_told(self):
        self._fail()
        self._withdraw()
        with self.mock_mail_gateway():
            self.exchange.action_retry()
        self.assertFalse(self._mails)
        self.assertEqual(self.exchange.error_code, "blocked")
        self.assertIn("print it", self.exchange.error_text)
        self.assertEqual(self.exchange.attempts, 2)

    def test_only_those_who_did_not_get_it(self):
        """After a bounce of one of two addresses, the other gets no second copy."""
        self.customer.demat_email = "one@client.example.com, two@client.example.com"
        self.exchange._mark_sending()
        with self.mock_mail_gateway():
            self.exchange._deliver_mail(
                self._mail_values(email_to=self.customer.demat_email)
            )
        self.exchange._mark_bounced(["two@client.example.com"], "5.1.1 unknown")
        self.customer.demat_email = "one@client.example.com, three@client.example.com"
        with self.mock_mail_gateway():
            self.exchange.action_retry()
        self.assertEqual(self._sent_to(), [["three@client.example.com"]])
        self.assertEqual(self.exchange.state, "done")
        self.assertFalse(self.exchange.failed_recipients)

    def test_document_without_resolution_keeps_its_recipients(self):
        """An exchange about a record that is no document of ours."""
        self.exchange.sudo().write(
            {"res_model": "res.partner", "res_id": self.customer.id}
        )
        self._fail()
        with self.mock_mail_gateway():
            self.exchange.action_retry()
        self.assertEqual(
            self._sent_to(), [["first@client.example.com", "second@client.example.com"]]
        )

    def test_retry_only_of_failures(self):
        for state in ("pending", "sending", "done", "unknown", "cancelled"):
            self.exchange.sudo().state = state
            with self.subTest(state), self.assertRaisesRegex(UserError, "failed"):
                self.exchange.action_retry()

    def test_retry_needs_a_channel_that_can(self):
        self.exchange.sudo().write({"channel": "ged", "state": "failed"})
        with self.assertRaisesRegex(UserError, "Archive"):
            self.exchange.action_retry()
        self.assertEqual(self.exchange.state, "failed")

    def test_committed_as_sending_before_anything_leaves(self):
        self._fail()
        seen = []
        commit = type(self.exchange)._demat_commit
        with (
            self.mock_mail_gateway(),
            patch.object(
                type(self.exchange),
                "_demat_commit",
                autospec=True,
                side_effect=lambda rows: (
                    seen.append((self.exchange.state, len(self._mails))),
                    commit(rows),
                ),
            ),
        ):
            self.exchange.action_retry()
        self.assertEqual(seen, [("sending", 0), ("done", 1)])

    def test_held_by_another_process(self):
        self._fail()
        with (
            patch.object(type(self.exchange), "_alive", lambda row: nullcontext(False)),
            self.assertRaisesRegex(UserError, "Someone else"),
        ):
            self.exchange.action_retry()
        self.assertEqual(self.exchange.attempts, 1)

    # ---- unknown outcome ----

    def test_it_arrived(self):
        self.exchange._mark_sending()
        self.exchange._mark_unknown("Nobody knows.")
        self.exchange.action_confirm_arrival()
        self.assertRecordValues(
            self.exchange,
            [{"state": "done", "confirmed_by_id": self.clerk.id, "error_text": False}],
        )
        self.assertTrue(self.exchange.done_at)
        self.assertIn(self.clerk.name, self.exchange.log_ids[0].text)

    def test_it_arrived_only_when_unknown(self):
        with self.assertRaises(UserError):
            self.exchange.action_confirm_arrival()

    def test_send_again_when_unknown(self):
        self._fail()
        self.exchange._mark_sending()
        self.exchange._mark_unknown("Nobody knows.")
        with self.mock_mail_gateway():
            self.exchange.action_send_again()
        self.assertEqual(len(self._mails), 1)
        self.assertRecordValues(self.exchange, [{"state": "done", "attempts": 3}])

    def test_send_again_only_when_unknown(self):
        self._fail()
        with self.assertRaises(UserError):
            self.exchange.action_send_again()

    def test_unknown_of_a_mail_never_written(self):
        """Killed before the mail existed: the document has to be sent from its form."""
        self.exchange._mark_sending()
        self.exchange._mark_unknown("Nobody knows.")
        with self.mock_mail_gateway():
            self.exchange.action_send_again()
        self.assertFalse(self._mails)
        self.assertEqual(self.exchange.error_code, "blocked")
        self.assertIn("its own form", self.exchange.error_text)

    # ---- the rest ----

    def test_give_up(self):
        self._fail()
        self.exchange.action_cancel()
        self.assertEqual(self.exchange.state, "cancelled")
        self.assertIn(self.clerk.name, self.exchange.log_ids[0].text)
        with self.assertRaises(UserError):
            self.exchange.action_retry()

    def test_done_cannot_be_cancelled(self):
        self.exchange._mark_sending()
        self.exchange._mark_done()
        with self.assertRaises(UserError):
            self.exchange.action_cancel()

    def test_printed(self):
        with self.assertRaisesRegex(UserError, "not one on paper"):
            self.exchange.action_printed()
        self.exchange.sudo().channel = "print"
        self.exchange.action_printed()
        self.assertRecordValues(
            self.exchange, [{"state": "done", "confirmed_by_id": self.clerk.id}]
        )

    def test_open_the_document(self):
        action = self.exchange.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            (self.document._name, self.document.id),
        )
        self.document.unlink()
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.exchange.action_open_document()
        self.exchange.sudo().res_model = "removed.model"
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.exchange.action_open_document()

    def test_buttons_are_for_clerks_of_the_company(self):
        self._fail()
        names = (
            "action_retry",
            "action_send_again",
            "action_confirm_arrival",
            "action_printed",
            "action_cancel",
        )
        for user in (self.internal, self.portal, self.auditor, self.other_clerk):
            for name in names:
                with self.subTest(f"{user.login} {name}"):
                    with self.assertRaises(AccessError):
                        getattr(self.exchange.with_user(user), name)()
        self.assertEqual(self.exchange.state, "failed")
