# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_group import GroupCase


@tagged("post_install", "-at_install")
class TestReaderLimits(GroupCase):
    """An accountant reads what was granted, by whom it was granted, until it ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls._make_customer("Cabinet Chiffre", "cabinet@chiffre.example")
        cls.accountant = cls._portal_user("accountant", cls.firm)
        cls.mine = cls._published(amount=111)
        cls.access = cls._grant(cls.company)

    @classmethod
    def _grant(cls, company):
        today = fields.Date.today()
        values = {
            "partner_id": cls.customer.id,
            "company_id": company.id,
            "name": "Paul Chiffre",
            "email": cls.accountant.email,
            "reason": "Bilan",
            "state": "granted",
            "accountant_id": cls.accountant.partner_id.id,
            "date_from": today - timedelta(days=30),
            "date_to": today,
        }
        return cls.env["demat.portal.access"].sudo().create(values)

    def test_no_link_outlives_the_access(self):
        """Neither the list nor the page gives the token, nor does RPC."""
        token = self.mine._portal_ensure_token()
        self._as(self.accountant)
        for address in (
            "/my/invoices",
            f"/my/invoices/{self.mine.id}",
            "/my/statement",
        ):
            text = self._get(address).text
            self.assertIn(self.mine.name, text)
            self.assertNotIn(token, text)
        answer = self._get(f"/mail/view?model=account.move&res_id={self.mine.id}")
        self.assertNotIn(token, answer.headers.get("Location", ""))
        mine = self.mine.with_user(self.accountant)
        with self.assertRaises(AccessError):
            mine.read(["access_token"])
        with self.assertRaises(AccessError):
            mine.search([("access_token", "=like", token[:3] + "%")])
        url = mine.get_portal_url(report_type="pdf", download=True)
        page = f"/my/invoices/{self.mine.id}"
        self.assertEqual(url, f"{page}?report_type=pdf&download=true")
        self.assertEqual(self._get(url).status_code, 200)

    def test_the_customer_keeps_his_links(self):
        token = self.mine._portal_ensure_token()
        self._as(self.owner)
        self.assertIn(token, self._get("/my/invoices").text)

    def test_granted_by_one_company_only(self):
        """What another company sent to the same customer is not its to grant."""
        data = self.setup_other_company(name="Ailleurs SARL")
        other = data["company"]
        self.accountant.company_ids |= other
        foreign = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": other.id,
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-09-01",
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Pose", "price_unit": 77, "tax_ids": False}
                        )
                    ],
                }
            )
        )
        foreign.action_post()
        reading = self.env["account.move"].with_user(self.accountant)
        reading = reading.with_context(allowed_company_ids=[self.company.id, other.id])
        domain = [("id", "in", (self.mine + foreign).ids)]
        self.assertEqual(reading.search(domain), self.mine)
        lines = reading.env["account.move.line"].search(
            [("move_id", "in", (self.mine + foreign).ids)]
        )
        self.assertEqual(lines.move_id, self.mine)
        statement = reading.env["demat.statement"]
        granted = statement.env.user._demat_portal_entities()
        companies = {
            company for company, _c in statement._overview(granted)["accounts"]
        }
        self.assertEqual(companies, {self.company.id})
        self._grant(other)
        self.assertEqual(reading.search(domain), self.mine + foreign)

    def test_he_writes_nothing_in_the_discussion(self):
        self._as(self.accountant)
        before = self.mine.message_ids
        params = {
            "thread_model": "account.move",
            "thread_id": self.mine.id,
            "post_data": {"body": "Bonjour", "message_type": "comment"},
        }
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            _result, error = self._rpc("/mail/message/post", **params)
        self.assertTrue(error)
        self.assertEqual(self.mine.message_ids, before)
        self._as(self.owner)
        _result, error = self._rpc("/mail/message/post", **params)
        self.assertFalse(error)
        self.assertNotEqual(self.mine.message_ids, before)

    def test_accounts_of_colleagues_are_not_for_the_portal(self):
        partner = self.colleague.partner_id.with_user(self.owner)
        for name in (
            "demat_account_login",
            "demat_account_login_date",
            "demat_account_state",
        ):
            with self.assertRaises(AccessError):
                partner.read([name])
