# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import nullcontext
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DematCase

DISPATCH_LOGGER = "odoo.addons.demat_base.models.demat_exchange_dispatch"


@tagged("post_install", "-at_install")
class TestExchangeDispatch(DematCase):
    """Mails of a run: announced, sent, taken up again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.customer.demat_email = "first@client.example.com"
        cls.document = cls._document()
        cls.exchange = cls._exchange(document=cls.document)

    def setUp(self):
        super().setUp()
        values = self._mail_values()
        del values["email_to"]
        self.startPatcher(
            patch.object(
                type(self.document),
                "_demat_prepare_mails",
                lambda documents, resolutions: dict.fromkeys(documents.ids, values),
            )
        )

    def _dispatch(self, exchanges=None):
        with self.mock_mail_gateway():
            (exchanges or self.exchange)._dispatch_mail()

    def test_pending_mail_leaves(self):
        other = self._exchange("other")
        self._dispatch(self.exchange + other)
        self.assertEqual((self.exchange + other).mapped("state"), ["done", "done"])
        self.assertEqual(
            [mail["email_to"] for mail in self._mails],
            [["first@client.example.com"]] * 2,
        )
        self.assertEqual(self.exchange.attempts, 1)

    def test_only_pending_mails(self):
        paper = self._exchange("paper", self.document, channel="print")
        done = self._exchange("done", self.document)
        done.state = "done"
        self._dispatch(paper + done)
        self.assertFalse(self._mails)
        self.assertEqual((paper + done).mapped("state"), ["pending", "done"])

    def test_sent_once(self):
        self._dispatch()
        self._dispatch()
        self.assertFalse(self._mails, "the second call sends nothing")
        self.assertEqual(self.exchange.attempts, 1)

    def test_held_by_another_worker(self):
        with patch.object(
            type(self.exchange), "_alive", lambda row: nullcontext(False)
        ):
            self._dispatch()
        self.assertFalse(self._mails)
        self.assertEqual(self.exchange.state, "pending")

    def test_what_prevents_the_mail(self):
        self.customer.write({"demat_email": False, "email": False})
        self._dispatch()
        self.assertRecordValues(
            self.exchange, [{"state": "failed", "error_code": "blocked", "attempts": 0}]
        )
        self.assertIn("No address", self.exchange.error_text)

    def test_document_is_gone(self):
        self.document.unlink()
        self._dispatch()
        self.assertEqual(self.exchange.state, "cancelled")
        self.assertIn("no longer exists", self.exchange.log_ids.text)

    def test_interrupted_after_the_announcement(self):
        """Whatever breaks once the mail may be on its way: nobody knows."""
        with (
            mute_logger(DISPATCH_LOGGER),
            patch.object(
                type(self.exchange), "_deliver_mail", side_effect=MemoryError("full")
            ),
        ):
            self._dispatch()
        self.assertEqual(self.exchange.state, "unknown")
        self.assertIn("full", self.exchange.error_text)
        self.assertIn("MemoryError", self.exchange.traceback)

    # ---- rows of a run ----

    def _vals(self, key, **values):
        return {
            "res_model": self.document._name,
            "res_id": self.document.id,
            "company_id": self.company.id,
            "channel": "mail",
            "idempotency_key": key,
            **values,
        }

    def test_rows_of_an_earlier_try(self):
        """Failed and cancelled ones are taken up again, the rest stays as it is."""
        failed, done = self._exchange("failed"), self._exchange("done")
        failed.write({"state": "failed", "recipients": "old@client.example.com"})
        done.state = "done"
        rows = self.env["demat.exchange"]._prepare_rows(
            [
                self._vals("failed", recipients="new@client.example.com"),
                self._vals("done"),
                self._vals("fresh"),
            ]
        )
        self.assertEqual(
            set(rows.mapped("idempotency_key")) - {"done"}, {"failed", "fresh"}
        )
        self.assertEqual(failed.state, "pending")
        self.assertEqual(failed.recipients, "new@client.example.com")
        self.assertEqual(done.state, "done")

    def test_given_up_by_the_document(self):
        self.exchange._mark_cancelled("The invoice was reopened.")
        self.assertEqual(self.exchange.state, "cancelled")
        self.assertEqual(self.exchange.log_ids.text, "The invoice was reopened.")
        done = self._exchange("done")
        done.state = "done"
        with self.assertRaises(UserError):
            done._mark_cancelled("x")

    def test_left_over_by_a_restart(self):
        """The job sends what is pending for a document that is out already."""
        archived = self.env["ged.document"]._archive(
            [
                {
                    "company_id": self.company.id,
                    "kind": "invoice",
                    "name": "F-1",
                    "filename": "F-1.pdf",
                    "content": b"%PDF-1.7",
                }
            ]
        )
        self.exchange.document_id = archived
        early = self._exchange("early", self.document)
        with self.mock_mail_gateway():
            self.env["demat.exchange"]._cron_recover_sending()
        self.assertEqual((self.exchange + early).mapped("state"), ["done", "pending"])
