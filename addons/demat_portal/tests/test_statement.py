# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import zipfile
from unittest import mock

import openpyxl
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_statement import StatementCase


@tagged("post_install", "-at_install")
class TestStatement(StatementCase):
    """The statement of account: what it shows, to whom, and its files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._published(amount=1234.5, due="2026-09-15", ref="=BC-77")
        cls.site_one = cls._published(amount=300, project_id=cls.site.id)
        cls.sub = cls._published(cls.subsidiary, amount=50, due="2099-01-31")
        cls.hidden = cls._invoice()
        cls.foreign = cls._published(cls.silent, amount=999)
        cls.refund = cls._invoice(
            move_type="out_refund",
            invoice_date="2026-10-05",
            invoice_line_ids=[
                Command.create(
                    {"name": "Avoir", "price_unit": 20, "tax_ids": [Command.clear()]}
                )
            ],
        )
        cls._force_state(cls.refund, "sent")
        cls._pay(cls.old, 234.5, "2026-10-10")

    def test_balance_and_ageing(self):
        """Sums are those of what was sent; payments count, with the balance after."""
        values = self._values()
        [account] = values["accounts"]
        # 1234.5 + 300 + 50 - 20 - 234.5; the hidden invoice is in no sum
        self.assertEqual(account["balance"], 1330)
        self.assertEqual(account["late"], 1300)
        self.assertEqual(sum(account["ages"]) + account["credit"], account["balance"])
        self.assertEqual(account["ages"][0], 50)
        self.assertEqual(account["credit"], -20)
        lines = values["lines"]
        self.assertEqual(lines[0]["kind"], "payment")
        self.assertEqual([line["balance"] for line in lines[:2]], [1330, 1564.5])
        # the hidden and the other's invoice are not there
        names = {line["name"] for line in lines}
        self.assertFalse(names & {self.hidden.name, self.foreign.name})
        old = next(line for line in lines if line["move_id"] == self.old.id)
        self.assertEqual((old["open"], old["amount"]), (1000, 1234.5))
        self.assertGreater(old["days"], 60)

    def test_published_later_is_counted(self):
        """The same invoice, once it is sent."""
        before = self._values()["accounts"][0]["balance"]
        self._force_state(self.hidden, "sent")
        self.env.invalidate_all()
        after = self._values()["accounts"][0]["balance"]
        self.assertEqual(after - before, self.hidden.amount_total)

    def test_filters(self):
        self.assertEqual(self._names(site=self.site.id), [self.site_one.name])
        self.assertEqual(
            set(self._names(show="overdue")), {self.old.name, self.site_one.name}
        )
        self.assertNotIn("VIR", "".join(self._names(show="unpaid")))
        self.assertEqual(self._names(entity=self.subsidiary.id), [self.sub.name])
        for text in ("1 234,50", "1234.5", "1.234,50", "bc-77"):
            self.assertEqual(self._names(search=text), [self.old.name], text)
        number = self.old.name.lower()
        self.assertIn(self.old.name, self._names(search=number))
        self.assertFalse(self._names(search="%"))
        october = self._values(year=2026, month=10)
        self.assertEqual(len(october["lines"]), 2)
        self.assertEqual(october["accounts"][0]["opening"], 1584.5)
        self.assertEqual(october["accounts"][0]["closing"], 1330)
        self.assertFalse(self._names(year=2020))
        self.assertEqual(
            self._names(sort="oldest"), list(reversed(self._names(sort="newest")))
        )

    def test_several_due_dates(self):
        """An invoice due in two parts: only the part that is past is overdue."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Moitié-moitié",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30000)
                ],
            }
        )
        move = self._invoice(self.silent, invoice_payment_term_id=term.id)
        self._force_state(move, "sent")
        values = self._values(self.neighbour, search=move.name)
        [line] = values["lines"]
        self.assertEqual(float(line["late"]), move.amount_total / 2)
        self.assertEqual(float(line["open"]), move.amount_total)

    def test_payment_without_entry(self):
        """A payment that the host has no entry of yet shows, and is not owed twice.

        Where an application of accounting is there, whose answer is given here.
        """
        move = self._published(self.silent, amount=80)
        before = self._values(self.neighbour)["accounts"][0]["balance"]
        self._pend(move)
        self.assertFalse(move.matched_payment_ids.move_id)
        values = self._values(self.neighbour)
        self.assertEqual(values["accounts"][0]["balance"], before - 80)
        self.assertEqual(values["lines"][0]["kind"], "pending")
        line = next(one for one in values["lines"] if one["move_id"] == move.id)
        self.assertEqual((line["open"], line["late"]), (0, 0))

    def test_currencies_apart(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self._published(amount=70, currency_id=dollar.id)
        accounts = {
            one["currency"].name: one["balance"] for one in self._values()["accounts"]
        }
        self.assertEqual(accounts, {"EUR": 1330, "USD": 70})

    def test_reminders_have_their_place(self):
        reminders = {self.old.id: [{"date": self.old.date, "label": "Relance 1"}]}
        with mock.patch.object(
            type(self.env["account.move"]), "_demat_reminders", lambda self: reminders
        ):
            self._as(self.owner)
            page = self.url_open("/my/statement").text
        self.assertIn("Relance 1", page)

    def test_queries_do_not_grow(self):
        """As many queries for 60 lines as for 10."""
        counts = []
        for lines in (10, 60):
            while len(self._values(self.neighbour)["lines"]) < lines:
                self._published(self.silent, amount=10)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = self._values(self.neighbour)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(values["lines"]), lines)
        self.assertEqual(*counts)

    # -- over HTTP -------------------------------------------------------------------

    def test_page_and_years(self):
        self._as(self.owner)
        page = self.url_open("/my/statement").text
        for text in (self.old.name, self.sub.name, "Overdue", "days late"):
            self.assertIn(text, page)
        for text in (self.hidden.name, self.foreign.name):
            self.assertNotIn(text, page)
        page = self.url_open("/my/statement?show=overdue").text
        self.assertIn(self.old.name, page)
        self.assertNotIn(self.sub.name, page)
        page = self.url_open("/my/invoices?year=2026").text
        self.assertIn(self.old.name, page)
        self.assertIn("o_demat_years", page)
        page = self.url_open("/my/invoices?year=2024&filterby=all").text
        self.assertNotIn(self.old.name, page)
        self._as(self.neighbour)
        page = self.url_open("/my/statement").text
        self.assertIn(self.foreign.name, page)
        self.assertNotIn(self.old.name, page)

    def test_control_characters(self):
        """The database takes no NUL; the page is the one of the text without."""
        self._as(self.owner)
        page = self._get("/my/statement?search=bc%00-77")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.old.name, page.text)
        self.assertNotIn(self.sub.name, page.text)
        for kind in ("csv", "xlsx", "pdf", "zip"):
            answer = self._get(f"/my/statement/{kind}?search=%00%01")
            self.assertEqual(answer.status_code, 200, kind)

    def test_forged(self):
        """What is another's, what is not there and what is no number: the same."""
        other = self.env["project.project"].create({"name": "Ailleurs"})
        bad = (
            f"entity={self.silent.id}",
            "entity=99999999",
            "entity=x",
            f"site={other.id}",
            "year=1'--",
            "month=13",
            "sort=id;drop",
            "show=x",
            "page=-1",
            "entity=%00",
            "sort=%00",
        )
        self._as(self.owner)
        pages = ["/my/statement", *(f"/my/statement/{k}" for k in ("pdf", "csv"))]
        for path in (*pages, "/my/statement/xlsx", "/my/statement/zip"):
            for query in bad:
                answer = self._get(f"{path}?{query}")
                self.assertEqual(answer.status_code, 404, f"{path}?{query}")
        for ids in (
            f"ids={self.hidden.id}",
            f"ids={self.old.id}&ids={self.foreign.id}",
            "ids=99999999",
            "ids=x",
        ):
            answer = self._get(f"/my/statement/zip?{ids}")
            self.assertEqual(answer.status_code, 404, ids)
        self.assertEqual(self._get("/my/invoices?year=x").status_code, 404)
        self._as(self.employee)
        self.assertEqual(self._get("/my/statement").status_code, 404)
        self._as(None)
        answer = self._get("/my/statement/csv")
        self.assertIn("/web/login", answer.headers["Location"])

    def test_tables(self):
        """CSV and XLSX hold the lines of the filter; no formula gets in."""
        self._as(self.owner)
        answer = self.url_open("/my/statement/csv?show=overdue")
        self.assertTrue(answer.content.startswith(b"\xef\xbb\xbf"))
        rows = list(
            csv.DictReader(
                io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"
            )
        )
        numbers = {row["Number"]: row for row in rows}
        self.assertEqual(set(numbers), {self.old.name, self.site_one.name})
        self.assertEqual(numbers[self.old.name]["Reference"], "'=BC-77")
        self.assertEqual(numbers[self.old.name]["Left to pay"], "1000.00")
        self.owner.sudo().lang = self.env["res.lang"]._activate_lang("fr_FR").code
        self._as(self.owner)
        text = self.url_open("/my/statement/csv").content.decode("utf-8-sig")
        self.assertIn("1234,50", text)
        answer = self.url_open("/my/statement/xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        self.assertIn(1234.5, cells[2])
        self.assertIn("'=BC-77", cells[2])
        self.assertFalse(
            [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        )
        # opening, six lines less the one of nobody
        self.assertEqual(len(cells), 1 + 1 + 5)

    def test_print(self):
        """The printed statement: whose it is, what it shows, every page numbered."""
        for number in range(90):
            self._published(self.silent, amount=number + 1)
        self._as(self.neighbour)
        answer = self.url_open("/my/statement/pdf?sort=number")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        reader = PdfReader(io.BytesIO(answer.content))
        pages = [page.extract_text() for page in reader.pages]
        self.assertIn("Bâti Test SARL", pages[0])
        self.assertIn(self.silent.name, pages[0])
        self.assertIn(f"Page 2 of {len(pages)}", pages[1])
        self.assertEqual("".join(pages).count("Invoice "), 91)
        fonts = reader.pages[0]["/Resources"]["/Font"]
        for font in fonts.values():
            descriptor = font.get_object().get("/FontDescriptor")
            if descriptor:
                self.assertIn("/FontFile2", descriptor.get_object())

    def test_originals(self):
        """The ZIP holds the sealed bytes, and each download is in the journal."""
        move = self._invoice()
        self._send(move)
        self._as(self.owner)
        answer = self.url_open(f"/my/statement/zip?ids={move.id}&ids={self.old.id}")
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        document = move.demat_document_id
        [name] = [name for name in archive.namelist() if name.endswith(".pdf")]
        self.assertEqual(archive.read(name), document._get_content())
        self.assertIn(self.old.name, archive.read("index.csv").decode("utf-8-sig"))
        events = self.env["ged.event"].search([("document_id", "=", document.id)])
        [event] = events.filtered(lambda one: one.event_type == "downloaded")
        self.assertEqual(event.user_id, self.owner)
        answer = self.url_open("/my/statement/zip?year=2026&search=" + move.name)
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        self.assertEqual(len(names), 2)
        answer = self._get("/my/statement/zip?selection=1")
        self.assertIn("/my/statement?", answer.headers["Location"])

    def test_granted_reads(self):
        """Whoever was granted access sees the same account; a day later no more."""
        users = type(self.env["res.users"])
        neighbour, customer = self.neighbour, self.customer

        def granted(user):
            return {customer.id: set(self.company.ids)} if user == neighbour else {}

        with mock.patch.object(users, "_demat_portal_granted", granted):
            lines = self._values(neighbour, entity=customer.id)["lines"]
            self.assertIn(self.old.id, [line["move_id"] for line in lines])
            self.assertNotIn(self.hidden.id, [line["move_id"] for line in lines])
            self._as(neighbour)
            url = f"/my/statement/csv?entity={customer.id}"
            self.assertIn(self.old.name, self.url_open(url).text)
        # the domain of the rules is in the host's cache, the answer is not
        self.assertEqual(self._get(url).status_code, 404)
        with self.assertRaises(AccessError):
            self.old.with_user(neighbour).check_access("read")
