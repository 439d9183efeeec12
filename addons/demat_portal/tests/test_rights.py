# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import zipfile

from lxml import html
from pypdf import PdfReader

from odoo import Command
from odoo.tests import tagged

from odoo.addons.ged_archive.tests.common import make_pdf

from .common_group import GroupCase

#: Addresses that list something of the user; all of them, of every part of the addon.
LISTS = (
    "/my",
    "/my/invoices",
    "/my/documents",
    "/my/statement",
    "/my/statement?show=unpaid&year=all",
    "/my/statement/csv?year=all",
    "/my/statement/zip?year=all",
    "/my/statement/pay?scope=overdue",
)
#: The statement as a file.
FILES = ("pdf", "xlsx", "csv", "zip")
#: Addresses that take ids, in a query.
BY_IDS = ("/my/statement", "/my/statement/pay", "/my/statement/zip")


class RightsCase(GroupCase):
    """What a group has, and all addresses by which somebody might get at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._published(amount=111)
        cls.theirs = cls._published(cls.subsidiary, amount=222)
        cls.hidden = cls._invoice(invoice_line_ids=cls._line(98765))
        cls.document = cls.env["ged.document"]._archive(
            [
                {
                    "kind": "invoice",
                    "name": "GED-SECRET-1",
                    "filename": "GED-SECRET-1.pdf",
                    "content": make_pdf("secret"),
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "document_date": "2026-03-31",
                    "site_name": "CHANTIER-SECRET",
                }
            ]
        )
        #: what nobody but the group may read anywhere
        cls.secrets = (
            cls.mine.name,
            cls.theirs.name,
            "GED-SECRET-1",
            "CHANTIER-SECRET",
            "333.00",
        )
        cls.abroad = cls.env["res.company"].create({"name": "Autre Société"})
        cls.of_other_company = cls._portal_user("abroad", cls.customer, cls.abroad)

    @classmethod
    def _line(cls, price):
        return [
            Command.create(
                {"name": "x", "price_unit": price, "tax_ids": [Command.clear()]}
            )
        ]

    def _forged(self):
        """Queries with ids that are not those of the user, or no ids at all."""
        ids = [self.mine.id, self.theirs.id, self.hidden.id, 999999999]
        yield "&".join(f"ids={one}" for one in ids)
        yield "ids=-1&ids=0&ids=x&ids=1%00&ids=%C2%B2&ids=99999999999999999999"
        yield f"ids={self.mine.id},{self.theirs.id}"
        yield f"entity={self.customer.id}&ids={self.mine.id}"
        yield "entity=x&scope=all&year=x&month=99&page=-1"

    def _addresses(self):
        yield from LISTS
        for path in BY_IDS:
            for query in self._forged():
                yield f"{path}?{query}"
        yield f"/my/invoices/{self.mine.id}"
        yield f"/ged/document/{self.document.id}/content"
        yield f"/my/statement/paid/{self._transaction().id}"

    def _transaction(self):
        return self.env["payment.transaction"].search(
            [("demat_portal_selection", "=", True)], limit=1
        ) or self.env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "reference": "TX-SECRET",
                "amount": 333,
                "currency_id": self.mine.currency_id.id,
                "partner_id": self.owner.partner_id.id,
                "invoice_ids": [Command.set((self.mine | self.theirs).ids)],
                "demat_portal_selection": True,
            }
        )

    def _assert_nothing(self, user, *, statuses=(200, 303, 403, 404)):
        """The user gets nothing of the group by any address."""
        self._as(user)
        for address in self._addresses():
            with self.subTest(user=user and user.login, address=address):
                response = self._get(address)
                self.assertIn(response.status_code, statuses)
                for secret in (*self.secrets, "TX-SECRET"):
                    self.assertNotIn(secret, response.text)


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    """Who gets what, by every address of the addon, each with a login of his own."""

    def test_anonymous(self):
        self._as(None)
        for address in self._addresses():
            if address.startswith("/my/invoices/"):
                continue  # the host's own refusal: see demat_invoice
            with self.subTest(address=address):
                response = self._get(address)
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])
        _result, error = self._rpc("/my/statement/pay/transaction", access_token="x")
        self.assertTrue(error)

    def test_customer_and_colleague_have_the_same(self):
        for user in (self.owner, self.colleague):
            self._as(user)
            with self.subTest(user=user.login):
                pay = self._get("/my/statement/pay?scope=overdue").text
                self.assertIn(self.mine.name, pay)
                self.assertIn(self.theirs.name, pay)
                self.assertIn("GED-SECRET-1", self._get("/my/documents").text)
                self.assertIn("333.00", self._get("/my").text)
                for address in self._addresses():
                    text = self._get(address).text
                    self.assertNotIn(self.hidden.name, text)
                    for amount in ("98,765", "98765", "98 765"):
                        self.assertNotIn(amount, text)

    def test_other_customer(self):
        self._assert_nothing(self.neighbour)

    def test_customer_of_another_company(self):
        self._assert_nothing(self.of_other_company)

    def test_employee_without_rights_on_invoices(self):
        self._assert_nothing(self.employee)

    def test_refusals_look_alike(self):
        """What is not his answers as what does not exist."""
        transaction = self._transaction()
        self._as(self.neighbour)
        for forged, missing in (
            (f"/my/statement/paid/{transaction.id}", "/my/statement/paid/999999999"),
            (
                f"/ged/document/{self.document.id}/content",
                "/ged/document/999999999/content",
            ),
            (f"/my/statement/pay?ids={self.mine.id}", "/my/statement/pay?ids=9999999"),
        ):
            with self.subTest(forged):
                answers = [self._get(address) for address in (forged, missing)]
                self.assertEqual(*(one.status_code for one in answers))
                self.assertEqual(*(self._content(one) for one in answers))

    def _content(self, response):
        """What the page says; around it are links that repeat its address."""
        [main] = html.fromstring(response.content).xpath("//main") or [None]
        return response.text if main is None else main.text_content()

    def test_files_hold_what_the_user_reads(self):
        """PDF, XLSX, CSV and ZIP, opened: the same rules as the pages."""
        for user, expected in ((self.owner, True), (self.neighbour, False)):
            self._as(user)
            for kind in FILES:
                with self.subTest(user=user.login, kind=kind):
                    response = self._get(f"/my/statement/{kind}?year=all")
                    self.assertEqual(response.status_code, 200)
                    text = self._text_of(kind, response.content)
                    if kind != "zip":  # these invoices have no sealed file
                        self.assertEqual(self.mine.name in text, expected)
                        self.assertEqual(self.theirs.name in text, expected)
                    self.assertNotIn(self.hidden.name, text)
        for kind in FILES:
            answers = [
                self._get(f"/my/statement/{kind}?entity={entity}")
                for entity in (self.customer.id, 999999999)
            ]
            self.assertEqual({one.status_code for one in answers}, {404})
            self.assertEqual(*(self._content(one) for one in answers))

    def _text_of(self, kind, content):
        if kind == "csv":
            return content.decode("utf-8-sig")
        if kind == "pdf":
            pages = PdfReader(io.BytesIO(content)).pages
            return "".join(page.extract_text() for page in pages)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name).decode("latin1") for name in archive.namelist()]
            return "".join([*archive.namelist(), *parts])

    def test_the_host_s_ways_to_pay_obey_too(self):
        """The neighbour has no link: the host's own routes give him nothing."""
        self._as(self.neighbour)
        for invoice in (self.mine, self.hidden):
            _result, error = self._rpc(
                f"/invoice/transaction/{invoice.id}",
                access_token="nonsense",
                provider_id=self.provider.id,
            )
            self.assertTrue(error)
