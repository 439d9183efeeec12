# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import replace

from babel.dates import get_month_names

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from .demat_statement import AGES

PAGE = 80
#: What the binary form of an amount of the database may add to it.
_NOISE = 1e-6


class DematStatement(models.AbstractModel):
    """The statement in words: what page and files show of the figures."""

    _inherit = "demat.statement"

    @api.private
    def _kinds(self):
        """Return what the lines are called."""
        return {
            "invoice": self.env._("Invoice"),
            "refund": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "entry": self.env._("Entry"),
            "pending": self.env._("Payment in progress"),
        }

    @api.private
    def _age_labels(self):
        """Return the headings of the ageing, in the order of ``AGES``."""
        return (
            self.env._("Not due"),
            self.env._("1–30 days"),
            self.env._("31–60 days"),
            self.env._("61–90 days"),
            self.env._("More than 90 days"),
        )

    @api.private
    def _sort_labels(self):
        return {
            "newest": self.env._("Newest first"),
            "oldest": self.env._("Oldest first"),
            "due": self.env._("Due date"),
            "number": self.env._("Number"),
            "amount": self.env._("Amount"),
        }

    @api.private
    def _show_labels(self):
        return {
            "all": self.env._("All"),
            "unpaid": self.env._("Unpaid"),
            "overdue": self.env._("Overdue"),
        }

    @api.private
    def _page_values(self, entities, wanted):
        """Return what the page needs.

        :param entities: those that are looked at (see ``_scope``)
        :param wanted: :class:`statement_filter.Wanted`
        """
        overview = self._overview(entities)
        wanted = wanted.settled(self._years(overview))
        rows, total = self._page(wanted, PAGE, overview)
        if wanted.page > 1 and not rows:
            wanted = replace(wanted, page=1)
            rows, total = self._page(wanted, PAGE, overview)
        return {
            **self._frame(entities, wanted, overview),
            "lines": self._line_values(rows, len(entities) > 1),
            "total": total,
            "step": PAGE,
            "last_page": total <= wanted.page * PAGE,
        }

    @api.private
    def _frame(self, entities, wanted, overview):
        """Return what stands around the lines, on the page as in the files."""
        return {
            "wanted": wanted,
            "entities": entities,
            "overview": overview,
            "accounts": self._account_values(overview, wanted),
            "years": self._years(overview),
            "months": self._months(overview, wanted),
            "sites": self._sites(overview),
        }

    def _years(self, overview):
        days = {day for months in overview["months"].values() for day in months}
        return sorted({day.year for day in days}, reverse=True)

    def _months(self, overview, wanted):
        """Return ``[(number, name)]`` of the months of the year that have lines."""
        days = {day for months in overview["months"].values() for day in months}
        locale = babel_locale_parse(self.env.lang)
        names = get_month_names("wide", context="stand-alone", locale=locale)
        return [
            (number, names[number])
            for number in sorted({one.month for one in days if one.year == wanted.year})
        ]

    def _sites(self, overview):
        """Return the sites of the visible invoices; their names are the customer's."""
        sites = self.env["project.project"].sudo().browse(overview["sites"])
        return sites.with_context(active_test=False).exists().sorted("name")

    def _account_values(self, overview, wanted):
        """Return one dictionary for each company and currency: sums and ageing.

        What the customer has paid and no invoice uses yet, or what a credit note
        leaves, is ``credit``: with it the ageing makes up the balance.
        """
        first, last = wanted.period()
        openings = self._openings_before(overview, first)
        several = len({company for company, _currency in overview["accounts"]}) > 1
        values = []
        for (company_id, currency_id), sums in sorted(overview["accounts"].items()):
            currency = self.env["res.currency"].sudo().browse(currency_id)
            company = self.env["res.company"].sudo().browse(company_id)
            months = overview["months"].get((company_id, currency_id), {})
            closing = sum(
                amount for month, amount in months.items() if not last or month <= last
            )
            credit = sums["balance"] - sum(sums[age] for age in AGES)
            values.append(
                {
                    "company": company,
                    "company_name": company.name if several else "",
                    "currency": currency,
                    "balance": sums["balance"],
                    "late": sums["late"],
                    "ages": [sums[age] for age in AGES],
                    "credit": credit,
                    "credit_label": self._credit_label(credit),
                    "opening": openings.get((company_id, currency_id), 0),
                    "closing": closing,
                    "since": first,
                }
            )
        return values

    def _credit_label(self, amount):
        """Return what the part of a balance that has no age is called."""
        if amount > 0:
            return self.env._("Other items")
        return self.env._("Paid in advance, credit notes")

    @api.private
    def _line_values(self, rows, several):
        """Return the lines as the page and the files show them.

        :param rows: dictionaries of the query
        :param several: whether the name of the company of the line is to be shown
        """
        today = fields.Date.context_today(self)
        kinds = self._kinds()
        currencies = {
            one: self.env["res.currency"].sudo().browse(one)
            for one in {row["currency_id"] for row in rows}
        }
        money = {one: self._money(currencies[one]) for one in currencies}
        invoices = [row["move_id"] for row in rows if row["rank"] < 2]
        reminders = self.env["account.move"].browse(invoices)._demat_reminders()
        names = self._names(rows)
        hidden = self._hidden_refs(rows)
        return [
            {
                **row,
                "ref": None if row["rank"] > 1 and row["ref"] in hidden else row["ref"],
                "kind_name": kinds[row["kind"]],
                "currency": currencies[row["currency_id"]],
                "money": money[row["currency_id"]],
                "partner": names["res.partner"][row["partner_id"]] if several else "",
                "site": names["project.project"].get(row["project_id"], ""),
                "company": names["res.company"][row["company_id"]],
                "days": (today - row["due"]).days if row["late"] else 0,
                "payable": row["kind"] == "invoice" and row["open"] > 0,
                "reminders": reminders.get(row["move_id"], [])
                if row["rank"] < 2
                else [],
            }
            for row in rows
        ]

    @api.private
    def _money(self, currency):
        """Return a function that writes amounts as ``currency.format`` does.

        A page has hundreds of them: what depends on language and currency is looked up
        once. What is to be rounded, and what is grouped otherwise than by thousands, is
        left to the host.
        """
        lang, digits = get_lang(self.env), currency.decimal_places
        if lang.grouping != "[3,0]" or currency.rounding != float(f"1e-{digits}"):
            return currency.format
        marks = {",": lang.thousands_sep or "", ".": lang.decimal_point, "-": "-\ufeff"}
        marks = str.maketrans(
            {mark: text.replace(" ", "\xa0") for mark, text in marks.items()}
        )
        # a one in the middle: the host knows where the symbol stands
        before, _one, after = currency.format(1).partition(
            f"{1:.{digits}f}".translate(marks)
        )

        def write(amount):
            text = f"{amount:,.{digits}f}"
            if abs(round(amount, digits) - amount) > _NOISE or not round(
                amount, digits
            ):
                return currency.format(amount)
            return before + text.translate(marks) + after

        return write

    def _names(self, rows):
        """Return ``{model: {id: name}}`` of what the lines point at, read at once."""
        names = defaultdict(dict)
        for model, column in (
            ("res.partner", "partner_id"),
            ("project.project", "project_id"),
            ("res.company", "company_id"),
        ):
            ids = {row[column] for row in rows if row[column]}
            for record in self.env[model].sudo().browse(ids):
                names[model][record.id] = record.name
        return names

    @api.private
    def _filter_words(self, entities, wanted, sites):
        """Return what is shown, as words: for the head of the printed statement."""
        words = []
        if isinstance(wanted.year, int):
            first, last = wanted.period()
            words.append(
                self.env._(
                    "From %(first)s to %(last)s",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
            )
        else:
            words.append(self.env._("All years"))
        if wanted.site:
            site = sites.filtered(lambda one: one.id == wanted.site)
            words.append(self.env._("Site: %(name)s", name=site.name or ""))
        if wanted.show != "all":
            words.append(self._show_labels()[wanted.show])
        if wanted.search:
            words.append(self.env._("Search: %(text)s", text=wanted.search))
        return words

    @api.private
    def _day(self, value):
        return format_date(self.env, value) if value else ""
