# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_rights import RightsCase


@tagged("post_install", "-at_install")
class TestRightsAccountant(RightsCase):
    """An accountant reads for the customer who lets him, and does nothing for him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls._make_customer("Cabinet Chiffre", "cabinet@chiffre.example")
        cls.accountant = cls._portal_user("accountant", cls.firm)
        today = fields.Date.today()
        cls.access = (
            cls.env["demat.portal.access"]
            .sudo()
            .create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "name": "Paul Chiffre",
                    "email": cls.accountant.email,
                    "reason": "Bilan",
                    "state": "granted",
                    "accountant_id": cls.accountant.partner_id.id,
                    "date_from": today - timedelta(days=30),
                    "date_to": today,
                }
            )
        )

    def test_in_force_he_reads_what_the_customer_sees(self):
        self._as(self.accountant)
        for address, expected in (
            ("/my/statement?year=all", self.mine.name),
            ("/my/statement/csv?year=all", self.mine.name),
            ("/my/documents", "GED-SECRET-1"),
            (f"/my/invoices/{self.mine.id}", self.mine.name),
        ):
            with self.subTest(address):
                text = self._get(address).text
                self.assertIn(expected, text)
                # neither what was not sent, nor the entity that did not let him
                self.assertNotIn(self.hidden.name, text)
                self.assertNotIn(self.theirs.name, text)
        content = self._get(f"/ged/document/{self.document.id}/content")
        self.assertEqual(content.status_code, 200)

    def test_in_force_he_acts_for_nobody(self):
        self._as(self.accountant)
        self.assertNotIn("#portal_pay", self._get("/my/invoices").text)
        for query in ("scope=overdue", f"ids={self.mine.id}"):
            page = self._get(f"/my/statement/pay?{query}").text
            self.assertNotIn("o_payment_form", page)
            self.assertNotIn(self.mine.name, page)
        self.assertNotIn("111.00", self._get("/my").text)
        page = self._get(f"/my/invoices/{self.mine.id}").text
        self.assertNotIn("o_payment_form", page)
        _result, error = self._rpc(
            f"/invoice/transaction/{self.mine.id}",
            access_token=None,
            provider_id=self.provider.id,
            payment_method_id=self.provider.payment_method_ids[:1].id,
            token_id=None,
            amount=111,
            flow="direct",
            tokenization_requested=False,
            landing_route="/my",
        )
        self.assertTrue(error)
        self.assertFalse(self.mine.transaction_ids)
        before = self.env["demat.consent"].search_count([])
        for path, values in self._acts():
            with self.subTest(path):
                self.assertEqual(self._post(path, values).status_code, 404)
        self.assertEqual(self.env["demat.consent"].search_count([]), before)

    def test_after_the_last_day_he_reads_nothing(self):
        """No cron has run: the date alone decides."""
        self.access.sudo().date_to = fields.Date.today() - timedelta(days=1)
        self._assert_nothing(self.accountant)

    def test_ended_by_the_customer_he_reads_nothing(self):
        self._as(self.owner)
        ended = self._post(
            "/my/dematerialisation/access/end",
            {"entity": self.customer.id, "access": self.access.id},
        )
        self.assertEqual(ended.status_code, 200)
        self._assert_nothing(self.accountant)

    def test_others_change_nothing_of_the_customer(self):
        for user in (self.neighbour, self.of_other_company, self.employee):
            self._as(user)
            for path, values in self._acts():
                if user == self.of_other_company and "company" not in values:
                    continue  # he belongs to the group: its addresses are his too
                with self.subTest(user=user.login, path=path):
                    self.assertEqual(self._post(path, values).status_code, 404)
        self.assertEqual(self.access.state, "granted")

    def _acts(self):
        """All that the customer may do, with his ids in it."""
        entity, company = {"entity": self.customer.id}, {"company": self.company.id}
        consent = {"action": "withdrawn", "kind": "invoice"}
        base = "/my/dematerialisation"
        yield f"{base}/consent", entity | company | consent
        yield f"{base}/address/add", entity | {"address": "x@spy.example"}
        yield (
            f"{base}/address/remove",
            entity | {"address": self.customer.demat_email or "x@spy.example"},
        )
        yield f"{base}/attach", entity | {"attach": "0"}
        yield f"{base}/access/request", entity | company | {"name": "x"}
        yield f"{base}/access/end", entity | {"access": self.access.id}
