# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_transmit import DematTransmitCommon


@tagged("post_install", "-at_install")
class TestTransmitRights(DematTransmitCommon):
    """The mail by hand: who may send which file, and what follows."""

    def test_files_that_the_user_may_not_read(self):
        """Forged by RPC on the window and on its lines: nothing leaves."""
        secret = self.env["ir.attachment"].create(
            {"name": "salaries.txt", "raw": b"secret"}
        )
        config = self._attachment(self.env["ir.cron"].search([], limit=1), "cron.txt")
        wizard = self._open()
        for file in (secret, config):
            self.assertFalse(file.with_user(self.clerk).has_access("read"))
            line = self.env["demat.transmit.document"].with_user(self.clerk)
            line = line.create(
                {
                    "wizard_id": wizard.id,
                    "source": "customer",
                    "attachment_id": file.id,
                    "selected": True,
                }
            )
            with self.assertRaisesRegex(UserError, "may not read it"):
                wizard.action_transmit()
            line.selected = False
            wizard.sudo().attachment_ids = file
            with self.assertRaisesRegex(UserError, "may not read one of the files"):
                wizard.action_transmit()
            wizard.sudo().attachment_ids = False
        self.assertFalse(
            self.env["demat.exchange"].sudo().search([("by_hand", "=", True)])
        )

    def test_archive_of_a_hidden_kind_is_not_proposed(self):
        kind = self._archive_document("Hidden", b"%PDF-hidden").kind_id
        self.assertIn("Hidden", " ".join(self._open().document_ids.mapped("name")))
        wizard = self._open()
        kind.sudo().reader_group_ids = self.env.ref("base.group_system")
        self.env.invalidate_all()
        self.assertNotIn("Hidden", " ".join(self._open().document_ids.mapped("name")))
        # the right was taken away while the window was open
        wizard.document_ids.selected = True
        with self.assertRaisesRegex(UserError, "may not read it"):
            wizard.action_transmit()

    def test_who_may(self):
        for user in (self.salesman, self.reader):
            with self.assertRaises(AccessError):
                self._open(user=user)
            with self.assertRaises(AccessError):
                self.env["demat.transmit.wizard"].with_user(user).create(
                    {"move_id": self.move.id}
                )
        colleague = self._make_user("colleague", "account.group_account_invoice")
        wizard = self._open()
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_transmit()
        with self.assertRaises(UserError):
            wizard.write({"move_id": self.move2.id})

    def test_another_company(self):
        other = self.setup_other_company()["company"]
        stranger = self._make_user("stranger", "account.group_account_invoice")
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self._open(user=stranger)

    # -- afterwards -------------------------------------------------------------------

    def test_a_new_attempt_goes_to_those_who_were_chosen(self):
        wizard = self._open()
        wizard.write(
            {"email_to": "typed@client.example", "email_cc": "c@client.example"}
        )
        exchange = self._transmit(wizard)
        exchange._mark_failed("bounce", "No such user")
        with self.mock_mail_gateway():
            exchange.with_user(self.clerk).action_retry()
        self.assertEqual(exchange.state, "done")
        self.assertEqual(exchange.mail_mail_id.email_to, "typed@client.example")
        self.assertEqual(exchange.mail_mail_id.email_cc, "c@client.example")
        self.env.invalidate_all()
        [pdf] = exchange.mail_message_id.attachment_ids
        self.assertEqual(pdf.raw, self.move.demat_document_id._get_content())

    def test_the_outcome_counts_for_the_invoice(self):
        """A bounce of the mail by hand shows on the invoice like any other."""
        self.move.sudo().demat_exchange_ids.filtered(
            lambda row: row.channel == "mail"
        )._mark_cancelled("not this one")
        exchange = self._transmit(self._open())
        self.assertEqual(self.move.demat_delivery, "delivered")
        exchange._mark_failed("bounce", "No such user")
        self.assertEqual(self.move.demat_delivery, "failed")
