# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_group import GroupCase

PAGE = "/my/dematerialisation"


@tagged("post_install", "-at_install")
class TestConsentPortal(GroupCase):
    """The customer gives and withdraws his consent himself."""

    def setUp(self):
        super().setUp()
        self._as(self.owner)

    def _declare(self, action, kind="invoice", **values):
        _text, version = self.company._demat_get_wording("en_US")
        return self._post(
            f"{PAGE}/consent",
            {
                "entity": self.customer.id,
                "company": self.company.id,
                "kind": kind,
                "action": action,
                "version": version,
                "agree": "1",
                **values,
            },
        )

    def _last(self, partner=None):
        return self.env["demat.consent"].search(
            [("partner_id", "=", (partner or self.customer).id)], limit=1
        )

    def test_withdrawn_and_given_again(self):
        self.assertIn("Accepted since", self._get(PAGE).text)
        self._declare("withdrawn")
        row = self._last()
        self.assertEqual(
            (row.action, row.means, row.kind), ("withdrawn", "portal", "invoice")
        )
        self.assertEqual(row.ip, "127.0.0.1")
        self.assertEqual(row.recorded_by_id, self.owner)
        self.env.invalidate_all()
        self.assertFalse(self.customer.demat_consent)
        self.assertIn(
            "no longer accepts electronic invoices",
            str(self.customer.message_ids.mapped("body")),
        )
        page = self._get(PAGE).text
        self.assertIn("Withdrawn since", page)
        text, version = self.company._demat_get_wording("en_US")
        self.assertIn(text, page, "what is accepted is what is shown")
        self._declare("given")
        row = self._last()
        self.assertEqual(
            (row.action, row.wording, row.wording_version), ("given", text, version)
        )
        self.env.invalidate_all()
        self.assertTrue(self.customer.demat_consent)

    def test_quotes_apart_and_subsidiaries_for_themselves(self):
        self._declare("given", "quote", entity=self.subsidiary.id)
        self.assertTrue(self.subsidiary.demat_consent_quote)
        self.assertFalse(self.subsidiary.demat_consent)
        self.assertFalse(self.customer.demat_consent_quote)

    def test_not_without_the_box_nor_another_text(self):
        self._declare("withdrawn")
        before = self._last()
        answer = self._declare("given", agree="")
        self.assertEqual(self._last(), before)
        self.assertIn("Tick the box", answer.text)
        self.company.demat_consent_wording = "Other words"
        page = self._declare("given", version="standard 1").text
        self.assertEqual(self._last(), before)
        self.assertIn("The text has changed", page)
        self.assertIn("Other words", page)
        self._declare("given", version="1")
        self.assertEqual(self._last().wording, "Other words")

    def test_forged(self):
        before = self.env["demat.consent"].search_count([])
        other = self.env["res.company"].create({"name": "Ailleurs"})
        for values in (
            {"entity": self.silent.id},
            {"entity": "0"},
            {"company": other.id},
            {"company": ""},
            {"kind": "order"},
            {"action": "erased"},
        ):
            answer = self._declare(**{"action": "given", **values})
            self.assertEqual(answer.status_code, 404, values)
        with mute_logger("odoo.http"):
            answer = self.url_open(
                f"{PAGE}/consent",
                data={"entity": self.customer.id, "company": self.company.id},
            )
        self.assertEqual(answer.status_code, 400, "no token against forged forms")
        self.assertEqual(self.env["demat.consent"].search_count([]), before)

    def test_the_page_of_another_customer(self):
        self.assertEqual(self._get(f"{PAGE}?entity={self.silent.id}").status_code, 404)
        self._as(self.neighbour)
        page = self._get(PAGE).text
        self.assertNotIn(self.customer.name, page)
        self.assertIn("No statement recorded", page)

    def test_an_internal_user_sees_his_own_only(self):
        self._as(self.employee)
        self.assertEqual(
            self._get(f"{PAGE}?entity={self.customer.id}").status_code, 404
        )
