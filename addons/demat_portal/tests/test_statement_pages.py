# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import format_date

from ..lib import statement_filter
from .common_statement import StatementCase


@tagged("post_install", "-at_install")
class TestStatementPages(StatementCase):
    """A page reads the months that it shows; together the pages are the whole."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        days = ("2025-03-31", "2025-04-01", "2025-04-01", "2025-12-31", "2026-01-01")
        cls.moves = [
            cls._published(amount=100 + number, invoice_date=day, due=day)
            for number, day in enumerate(days)
        ]
        cls._published(cls.subsidiary, amount=50, due="2099-01-31", ref="LIEN 100")
        refund = cls._invoice(
            move_type="out_refund",
            invoice_date="2025-04-01",
            invoice_line_ids=[
                Command.create(
                    {"name": "Avoir", "price_unit": 20, "tax_ids": [Command.clear()]}
                )
            ],
        )
        cls._force_state(refund, "sent")
        cls._pay(cls.moves[0], 100, "2025-04-30", ref="VIR LIEN")
        cls._pay(cls.moves[1], 30, "2025-04-01")
        cls._entries()

    @classmethod
    def _entries(cls):
        """An entry of two customers, and two that move nothing."""
        customers = (
            cls.moves[0]
            .line_ids.filtered(lambda line: line.display_type == "payment_term")
            .account_id
        )
        other = cls.company_data["default_account_revenue"]
        mine, theirs = (
            {"partner_id": one.id, "date_maturity": "2025-04-30"}
            for one in (cls.customer, cls.subsidiary)
        )
        cls._entry(
            "2025-04-01",
            (customers, 70, mine),
            (customers, 5, theirs),
            (other, -75, {}),
        )
        settled = cls._entry("2025-12-31", (customers, 8, mine), (customers, -8, mine))
        settled.line_ids.reconcile()
        # nothing in sum, and something open: a line
        cls._entry("2025-02-10", (customers, 9, mine), (customers, -9, mine))

    def _read(self, limit, **params):
        """Return all the pages of a filter, their lines one after the other.

        :return: ``(lines, number of pages)``
        """
        statement = self.env["demat.statement"].with_user(self.owner)
        wanted = statement_filter.read(params)
        overview = statement._overview(statement._scope(wanted))
        wanted = wanted.settled(statement._years(overview))
        rows, total = statement._page(wanted, limit, overview)
        lines, page = list(rows), 1
        while len(lines) < total:
            page += 1
            more, again = statement._page(replace(wanted, page=page), limit, overview)
            self.assertEqual(again, total)
            self.assertTrue(more)
            lines += more
        self.assertEqual(len(lines), total)
        beyond = replace(wanted, page=page + 1)
        self.assertEqual(statement._page(beyond, limit, overview)[0], [])
        return lines, page

    def _whole(self, **params):
        """Return all the lines of a filter, as the files have them."""
        statement = self.env["demat.statement"].with_user(self.owner)
        wanted = statement_filter.read(params)
        overview = statement._overview(statement._scope(wanted))
        wanted = wanted.settled(statement._years(overview))
        return [row for rows in statement._every(wanted, overview) for row in rows]

    def _told(self, rows, *names):
        names = names or ("move_id", "partner_id", "due", "late", "balance")
        return [tuple(row[name] for name in names) for row in rows]

    def test_pages_are_the_whole(self):
        for period in (
            {"year": "all"},
            {"year": "2025"},
            {"year": "2025", "month": "4"},
            {"year": "2025", "month": "5"},
        ):
            for sort in ("newest", "oldest", "amount"):
                whole = self._whole(**period, sort=sort)
                for limit in (1, 3, 4, 50):
                    with self.subTest(**period, sort=sort, limit=limit):
                        lines, pages = self._read(limit, **period, sort=sort)
                        self.assertEqual(self._told(lines), self._told(whole))
                        self.assertEqual(pages, max(-(-len(whole) // limit), 1))
        self.assertFalse(whole)

    def test_every_kind_of_line_is_counted(self):
        """Payments in progress, across currencies, at another company."""
        self._register(self._dollars())
        self._pend(self._published(amount=40, due="2026-12-31"))
        self._elsewhere(77)
        whole = self._whole(year="all", sort="newest")
        kinds = {row["kind"] for row in whole}
        self.assertEqual(kinds, {"invoice", "refund", "payment", "entry", "pending"})
        self.assertEqual(len({row["currency_id"] for row in whole}), 2)
        self.assertEqual(len({row["company_id"] for row in whole}), 2)
        statement = self.env["demat.statement"].with_user(self.owner)
        overview = statement._overview(statement._scope(statement_filter.read({})))
        self.assertEqual(sum(overview["lines"].values()), len(whole))
        for limit in (1, 4):
            for sort in ("newest", "oldest"):
                lines, _pages = self._read(limit, year="all", sort=sort)
                expected = whole if sort == "newest" else whole[::-1]
                self.assertEqual(self._told(lines), self._told(expected))

    def test_a_date_at_the_end_of_time(self):
        """Somebody typed it, and the page is there."""
        self._published(amount=1, invoice_date="9999-12-31", due="9999-12-31")
        for params in ({}, {"year": "all"}, {"year": "all", "sort": "oldest"}):
            self.assertTrue(self._values(**params)["lines"])

    def test_the_list_of_invoices_writes_each_day_once(self):
        self._as(self.owner)
        fields = "odoo.addons.base.models.ir_qweb_fields.format_date"
        with patch(fields, wraps=format_date) as written:
            page = self.url_open("/my/invoices?year=2025").text
        days = [str(call.args[1]) for call in written.call_args_list]
        # the days of three invoices and of the credit note, two of them on each
        self.assertEqual(days.count("2025-04-01"), 1)
        self.assertEqual(days.count("2025-03-31"), 1)
        day, lang = self.moves[1].invoice_date, self.owner.lang
        shown = format_date(self.env, day, lang_code=lang)
        # twice as date and twice as due day, and the date of the credit note
        self.assertGreaterEqual(page.count(f">{shown}</"), 5)

    def test_a_line_that_moves_nothing(self):
        """What is settled within an entry is no line; what leaves something open is."""
        lines, _pages = self._read(50, year="all")
        dates = [str(line["date"]) for line in lines]
        self.assertEqual(dates.count("2025-02-10"), 1)
        self.assertEqual(dates.count("2025-12-31"), 1)
        # one entry, two customers
        self.assertEqual(dates.count("2025-04-01"), 6)

    def test_balance_goes_up_the_page(self):
        for sort, way in (("newest", 1), ("oldest", -1)):
            lines = self._whole(year="all", sort=sort)[::way]
            for later, earlier in zip(lines, lines[1:], strict=False):
                self.assertEqual(later["balance"], earlier["balance"] + later["amount"])
            self.assertEqual(lines[-1]["balance"], lines[-1]["amount"])

    def test_filters_leave_what_they_say(self):
        """They are applied where the tables are read, and say the same afterwards."""
        whole = self._whole(year="all", sort="newest")
        names = "move_id", "partner_id", "due", "late", "open"
        for params, chosen in (
            ({"show": "overdue"}, lambda row: row["late"] > 0),
            ({"show": "unpaid"}, lambda row: row["open"] != 0),
            (
                {"search": "lien"},
                lambda row: "LIEN" in (row["ref"] or ""),
            ),
            (
                {"search": "100"},
                lambda row: (
                    100 in (abs(row["amount"]), abs(row["open"]))
                    or "100" in f"{row['name']} {row['ref']}"
                ),
            ),
            (
                {"search": self.moves[2].name, "show": "overdue"},
                lambda row: row["move_id"] == self.moves[2].id,
            ),
        ):
            expected = self._told(filter(chosen, whole), *names)
            self.assertTrue(expected)
            for limit in (2, 50):
                with self.subTest(**params, limit=limit):
                    lines, _pages = self._read(limit, **params, sort="newest")
                    self.assertEqual(self._told(lines, *names), expected)
