# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import MailDeliveryCase


@tagged("post_install", "-at_install")
class TestMailLayout(MailDeliveryCase):
    """What the reader sees, with and without HTML."""

    def test_letter_layout(self):
        self.company.write({"street": "3 rue du Port", "city": "Rennes"})
        self._deliver()
        body = self._mails[0]["body"]
        self.assertIn(self.company.name, body)
        self.assertIn("3 rue du Port", body)
        self.assertIn("<p>Invoice <b>F-1</b> is available.</p>", body)
        self.assertIn("Please do not reply", body)
        text = self._mails[0]["body_alternative"]
        self.assertIn("Invoice *F-1* is available.", text)
        self.assertIn("Please do not reply", text)
        self.assertNotIn("Please do not reply", self.exchange.mail_message_id.body)

    def test_plain_layout(self):
        self.company.write({"street": "3 rue du Port", "demat_mail_layout": "plain"})
        self._deliver()
        self.assertNotIn("3 rue du Port", self._mails[0]["body"])
        self.assertIn("Please do not reply", self._mails[0]["body"])

    def test_no_layout(self):
        self._deliver(layout=False)
        self.assertNotIn("Please do not reply", self._mails[0]["body"])

    def test_layout_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        module = self.env["ir.module.module"].search([("name", "=", "demat_base")])
        module._update_translations(["fr_FR"])
        self._deliver(lang="fr_FR")
        self.assertIn(
            "Ce mail est généré par un serveur. Merci de ne pas y répondre.",
            self._mails[0]["body"],
        )
