# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import tagged

from .common import DematCase

SMALL, LARGE = 2, 12


@tagged("post_install", "-at_install")
class TestExchangeRows(DematCase):
    """What is written before the first mail of a batch leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.customer.demat_email = "first@client.example.com"

    def setUp(self):
        super().setUp()
        # the document says who is answered, or the host searches for each message
        values = self._mail_values(reply_to="office@company.example.com")
        del values["email_to"]
        self.startPatcher(
            patch.object(
                type(self._document()),
                "_demat_prepare_mails",
                lambda documents, resolutions: dict.fromkeys(documents.ids, values),
            )
        )

    def _rows(self, count):
        keys = [f"{count}-{number}" for number in range(count)]
        rows = [self._exchange(key, self._document()) for key in keys]
        return self.env["demat.exchange"].concat(*rows)

    def _queries(self, rows):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows._write_mails()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_rows_are_written_in_sets(self):
        small, large = self._rows(SMALL), self._rows(LARGE)
        self._queries(self._rows(1))
        self.assertEqual(
            self._queries(large), self._queries(small), "not one more for each mail"
        )

    def test_what_waits_is_not_in_the_queue_of_the_host(self):
        rows = self._rows(SMALL)
        rows._write_mails()
        mails = rows.mail_mail_id
        self.assertEqual(len(mails), SMALL)
        self.assertEqual(set(mails.mapped("state")), {"cancel"})
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(self._mails)
        self.assertEqual(set(rows.mapped("state")), {"pending"})

    def test_taken_up_after_a_crash(self):
        """One message, one notification and one mail, as if nothing had happened."""
        row = self._rows(1)
        row._write_mails()
        message, first = row.mail_message_id, row.mail_mail_id
        written = row._write_mails()
        self.assertFalse(first.exists())
        with self.mock_mail_gateway():
            row._dispatch_written(written)
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(row.state, "done")
        self.assertEqual(row.mail_message_id, message)
        self.assertEqual(row.mail_mail_id.state, "sent")
        self.assertEqual(
            message.notification_ids.mapped("notification_status"), ["sent"]
        )

    def test_given_up_before_its_turn(self):
        row = self._rows(1)
        written = row._write_mails()
        row.action_cancel()
        with self.mock_mail_gateway():
            row._dispatch_written(written)
        self.assertFalse(self._mails)
        self.assertEqual(row.mail_mail_id.state, "cancel")
        self.assertEqual(
            row.mail_message_id.notification_ids.notification_status, "canceled"
        )

    def test_unknown_after_a_crash_then_confirmed(self):
        """The chatter never goes on saying that a mail is about to leave."""
        row = self._rows(1)
        row._write_mails()
        row._mark_sending()
        row._declare_unknown()
        notification = row.mail_message_id.notification_ids
        self.assertEqual(row.state, "unknown")
        self.assertEqual(row.mail_mail_id.state, "cancel", "not in the queue")
        self.assertEqual(notification.notification_status, "exception")
        row.action_confirm_arrival()
        self.assertEqual(row.state, "done")
        self.assertEqual(row.mail_mail_id.state, "sent")
        self.assertEqual(notification.notification_status, "sent")
        self.assertFalse(notification.failure_type)

    def test_an_address_that_nobody_can_read(self):
        good, bad = self._rows(SMALL)
        written = {
            good.id: self._mail_values(),
            bad.id: self._mail_values(email_to="nobody at client"),
        }
        with patch.object(
            type(good.env[good.res_model]),
            "_demat_mail_values_by_document",
            lambda documents, exchanges: {
                res_id: written[row.id] for res_id, row in exchanges.items()
            },
        ):
            result = (good + bad)._write_mails()
        self.assertEqual(set(result), {good.id})
        self.assertRecordValues(
            good + bad,
            [
                {"state": "pending", "error_code": False},
                {"state": "failed", "error_code": "address_invalid"},
            ],
        )
        self.assertIn("nobody at client", bad.error_text)
