# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from .demat_statement import AGES, UNPAID

#: The first day of the month of a line.
MONTH = SQL("DATE_TRUNC('month', date::timestamp)::date")


class DematStatement(models.AbstractModel):
    """The sums of the whole account: they are made at each view of a page.

    Each table is read once, and added up before it is put together with the others.
    """

    _inherit = "demat.statement"

    @api.private
    def _overview(self, entities):
        """Return sums of the whole account of these entities, in one query.

        :return: ``{"accounts": {(company id, currency id): {"balance", "late",
            **ages}}, "months": {(company id, currency id): {first day: sum}},
            "lines": {first day: number of lines}, "sites": [project id],
            "source": Source}``
        """
        source = self._source(entities)
        answer = {"accounts": {}, "months": {}, "sites": [], "source": source}
        answer["lines"] = lines = defaultdict(int)
        for row in self.env.execute_query(self._overview_sql(source)):
            level, *key, month, age, amount, balance, late, count, sites = row
            key = tuple(key)
            account = answer["accounts"].setdefault(key, dict.fromkeys(AGES, 0))
            answer["sites"] = sites or []
            if level == 3:
                account |= {"balance": balance or 0, "late": late or 0}
            elif level == 2 and age is not None:
                account[AGES[age]] = amount
            elif level == 1 and month:
                answer["months"].setdefault(key, {})[month] = amount
                lines[month] += int(count)
        return answer

    def _overview_sql(self, source):
        """Return the query of the sums; a part has a month, or an age."""
        return SQL(
            """
            WITH invoice AS MATERIALIZED (%(invoices)s),
                 term AS MATERIALIZED (%(terms)s),
                 entry AS MATERIALIZED (%(entries)s),
                 part AS (%(parts)s)
            SELECT GROUPING(month, age), company_id, currency_id, month, age,
                   SUM(amount), SUM(amount) FILTER (WHERE age IS NULL),
                   SUM(amount) FILTER (WHERE age > 0), SUM(lines),
                   (SELECT ARRAY_AGG(DISTINCT project_id) FROM invoice
                     WHERE project_id IS NOT NULL)
              FROM part
             GROUP BY GROUPING SETS (
                   (company_id, currency_id), (company_id, currency_id, month),
                   (company_id, currency_id, age))
            """,
            invoices=self._narrow_invoices_sql(source.visible),
            terms=self._narrow_terms_sql(source),
            entries=self._parts_sql(source),
            parts=SQL(" UNION ALL ").join(self._sums_sql(source)),
        )

    def _narrow_invoices_sql(self, query):
        """Return the query of the invoices: what the sums need of them."""
        return SQL(
            """
            SELECT account_move.id, account_move.company_id, account_move.currency_id,
                   account_move.project_id,
                   COALESCE(account_move.invoice_date, account_move.date) AS date,
                   account_move.amount_total_in_currency_signed AS amount,
                   %(unpaid)s AS unpaid
              FROM %(source)s WHERE %(where)s
            """,
            unpaid=UNPAID,
            source=query.from_clause,
            where=query.where_clause or SQL("TRUE"),
        )

    def _narrow_terms_sql(self, source):
        """Return the query of what is open of the invoices: amount and age."""
        return SQL(
            "SELECT term.move_id, term.amount_residual_currency AS amount, %s AS age "
            "FROM account_move_line AS term WHERE %s",
            self._age_sql(SQL("COALESCE(term.date_maturity, term.date)")),
            self._open_terms(source),
        )

    def _sums_sql(self, source):
        """Return the queries of sums by month, and of what is open by age."""
        yield SQL(
            "SELECT company_id, currency_id, %s AS month, NULL::integer AS age, "
            "SUM(amount) AS amount, COUNT(*) AS lines FROM invoice GROUP BY 1, 2, 3",
            MONTH,
        )
        yield SQL(
            "SELECT company_id, currency_id, NULL, age, SUM(term.amount), 0 FROM term "
            "JOIN invoice ON invoice.id = term.move_id AND invoice.unpaid "
            "GROUP BY 1, 2, 4"
        )
        # an entry that moves nothing and leaves nothing open is not shown
        yield SQL(
            "SELECT company_id, currency_id, month, NULL, SUM(amount), COUNT(*) "
            "FROM (SELECT company_id, currency_id, %s AS month, SUM(amount) AS amount "
            "FROM entry GROUP BY move_id, partner_id, 1, 2, 3 "
            "HAVING SUM(amount) != 0 OR BOOL_OR(open != 0)) AS shown GROUP BY 1, 2, 3",
            MONTH,
        )
        yield SQL(
            "SELECT company_id, currency_id, NULL, %s, SUM(open), 0 FROM entry "
            "WHERE open > 0 GROUP BY 1, 2, 4",
            self._age_sql(SQL("due")),
        )
        yield SQL(
            "SELECT company_id, currency_id, %s, NULL, amount, 1 FROM (%s) AS pending",
            MONTH,
            self._pending_sql(source),
        )

    def _age_sql(self, due):
        """Return the place in ``AGES`` of what is due on a day."""
        return SQL(
            "CASE WHEN %(days)s < 1 THEN 0 WHEN %(days)s < 31 THEN 1 "
            "WHEN %(days)s < 61 THEN 2 WHEN %(days)s < 91 THEN 3 ELSE 4 END",
            days=SQL("%s - %s", fields.Date.context_today(self), due),
        )
