# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import MockSMS

from .common import SignCommon


@tagged("post_install", "-at_install")
class TestCodeSms(SignCommon, MockSMS):
    """The code by SMS, through the host's own service (which nobody reaches here)."""

    def setUp(self):
        super().setUp()
        self.company.demat_sign_code_sms = True
        self.signatory = self.send(require_code=True).signatory_ids
        self.signatory.phone = "+33 6 12 34 56 78"

    def test_sent_and_accepted(self):
        self.assertEqual(self.signatory._code_channels(), ["email", "sms"])
        with self.mockSMSGateway(sms_allow_unlink=True):
            self.assertEqual(self.signatory._send_code("sms"), "ok")
            [sms] = self._sms
        code = re.search(r"\b\d{6}\b", sms["body"])[0]
        self.assertFalse(self.env["sms.sms"].search([("body", "like", code)]))
        self.assertEqual(self.signatory.code_channel, "sms")
        self.assertEqual(self.signatory._check_code(code, "browser"), "accepted")
        event = self.signatory.request_id.event_ids.sorted("number")[-1]
        self.assertEqual(event.detail, self.signatory.phone)
        self.assertEqual(self.signatory._masked_address("sms"), "•• •• •• 78")

    def test_no_credit(self):
        """Nothing left: no code is stored, and the row with its text is gone."""
        with (
            self.mockSMSGateway(sms_allow_unlink=True, sim_error="credit"),
            self.assertLogs("odoo.addons.demat_quote_sign", "WARNING"),
        ):
            self.assertEqual(self.signatory._send_code("sms"), "failed")
        self.assertFalse(self.signatory.code_hash)
        self.assertFalse(self.env["sms.sms"].search([("body", "like", "code")]))

    def test_only_where_it_is_wanted(self):
        self.company.demat_sign_code_sms = False
        self.assertEqual(self.signatory._code_channels(), ["email"])
        with self.assertRaises(UserError):
            self.signatory._send_code("sms")
