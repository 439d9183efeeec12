# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import statement_filter

#: Ends of the ageing in days; a line without a delay is not due.
AGES = ("age_0", "age_30", "age_60", "age_90", "age_more")
#: What a customer owes, and what is credited to him.
SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
_ORDERS = {
    "newest": "date DESC, rank DESC, move_id DESC, partner_id, currency_id",
    "oldest": "date, rank, move_id, partner_id, currency_id",
    "due": "due NULLS LAST, date, rank, move_id, partner_id, currency_id",
    "number": "name, move_id, partner_id, currency_id",
    "amount": "amount DESC, date, rank, move_id, partner_id, currency_id",
}
_LIKE = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


class DematStatement(models.AbstractModel):
    """The statement of account of a customer, computed by the database.

    No row of its own: a line is an invoice or a credit note that the *user* may read
    (his record rules are part of the query: nothing that was not sent counts, not even
    in a sum), or what an entry (payment, opening entry) moves on his account. The
    entries are read by the superuser, within his entities and companies.

    The answer takes the same number of queries whatever the number of lines.
    """

    _name = "demat.statement"
    _description = "Statement of account"

    def _scope(self, wanted):
        """Return the entities that are looked at.

        :return: ``res.partner``, sudo; empty when he may not see the one asked for
        """
        entities = self.env.user._demat_portal_entities()
        if wanted.entity:
            return entities.filtered(lambda one: one.id == wanted.entity)
        return entities

    # -- queries ---------------------------------------------------------------------

    def _lines_sql(self, entities, few=False):
        """Return the query of all the lines of these entities.

        :param few: whether a filter by date leaves few of them
        """
        self.env.flush_all()
        accounts = self._receivable_ids()
        visible = self._visible(Domain("commercial_partner_id", "in", entities.ids))
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._invoices_sql(visible, entities, accounts, few),
            self._entries_sql(visible, entities, accounts),
            self._pending_sql(entities),
        )

    def _invoices_sql(self, query, entities, accounts, few):
        """Invoices and credit notes, through the rules of the user.

        An invoice may be due in several parts: ``due`` is the oldest one that is open,
        ``late`` the sum of those that are past.
        """
        return SQL(
            """
            SELECT account_move.id AS move_id,
                   CASE WHEN account_move.move_type = 'out_refund' THEN 'refund'
                        ELSE 'invoice' END AS kind,
                   CASE WHEN account_move.move_type = 'out_refund' THEN 1
                        ELSE 0 END AS rank,
                   COALESCE(account_move.invoice_date, account_move.date) AS date,
                   account_move.name, account_move.ref,
                   account_move.commercial_partner_id AS partner_id,
                   account_move.company_id, account_move.currency_id,
                   account_move.project_id,
                   account_move.amount_total_in_currency_signed AS amount,
                   CASE WHEN account_move.payment_state
                             IN ('in_payment', 'paid', 'reversed') THEN 0
                        WHEN account_move.move_type = 'out_refund'
                        THEN -account_move.amount_residual
                        ELSE account_move.amount_residual END AS open,
                   COALESCE(term.due, account_move.invoice_date_due) AS due,
                   account_move.payment_state,
                   COALESCE(term.age_30 + term.age_60 + term.age_90 + term.age_more, 0)
                       AS late,
                   %(columns)s
              FROM %(source)s
              %(term)s
             WHERE %(where)s
            """,
            columns=SQL(", ").join(
                SQL("COALESCE(term.%s, 0) AS %s", SQL.identifier(n), SQL.identifier(n))
                for n in AGES
            ),
            source=query.from_clause,
            term=self._term_sql(entities, accounts, few),
            where=query.where_clause or SQL("TRUE"),
        )

    def _term_sql(self, entities, accounts, few):
        """Return the join of what is open of each invoice, by age.

        :param few: whether there are few invoices: their lines are looked up one by one
            then; otherwise all that is open of the entities is read at once
        """
        values = {
            "ages": self._ages_sql(
                SQL("amount_residual_currency"),
                SQL("COALESCE(date_maturity, date)"),
            ),
            "accounts": accounts,
            "entities": tuple(entities.ids) or (0,),
            "unpaid": SQL(
                "account_move.move_type != 'out_refund' AND account_move.payment_state "
                "NOT IN ('in_payment', 'paid', 'reversed')"
            ),
            "open": SQL(
                "display_type = 'payment_term' AND amount_residual_currency > 0"
            ),
            "due": SQL("MIN(COALESCE(date_maturity, date)) AS due"),
        }
        if few:
            return SQL(
                "LEFT JOIN LATERAL (SELECT %(due)s, %(ages)s FROM account_move_line "
                "WHERE move_id = account_move.id AND %(unpaid)s AND %(open)s"
                ") AS term ON TRUE",
                **values,
            )
        return SQL(
            "LEFT JOIN (SELECT move_id, %(due)s, %(ages)s FROM account_move_line "
            "WHERE account_id IN %(accounts)s AND partner_id IN %(entities)s "
            "AND reconciled IS NOT TRUE AND %(open)s GROUP BY move_id"
            ") AS term ON term.move_id = account_move.id AND %(unpaid)s",
            **values,
        )

    def _ages_sql(self, amount, due):
        """Return the columns of the ageing: sums of an amount, by the day it is due."""
        today = fields.Date.context_today(self)
        bounds = zip(
            AGES, (-(10**6), 1, 31, 61, 91), (0, 30, 60, 90, 10**6), strict=True
        )
        return SQL(", ").join(
            SQL(
                "COALESCE(SUM(%(amount)s) FILTER (WHERE %(amount)s > 0 AND "
                "%(today)s - %(due)s BETWEEN %(low)s AND %(high)s), 0) AS %(name)s",
                amount=amount,
                today=today,
                due=due,
                low=low,
                high=high,
                name=SQL.identifier(name),
            )
            for name, low, high in bounds
        )

    def _receivable_ids(self):
        """Return the ids of the accounts of customers, of all companies.

        As numbers: the database then finds the lines by its index of account and
        partner.
        """
        accounts = self.env["account.account"].sudo().with_context(active_test=False)
        found = accounts.search_fetch([("account_type", "=", "asset_receivable")], [])
        return tuple(found.ids) or (0,)

    def _rows_sql(self, entities, wanted, overview, company=None):
        """Return the query of the lines that are shown, each with the balance after it.

        The balance is the one of the whole account, so that a filter by anything but
        the date leaves it out. What was before the dates is in the overview.
        """
        if wanted.partial:
            balance = SQL("NULL::numeric AS balance")
        else:
            balance = SQL(
                "%s + SUM(amount) OVER (PARTITION BY company_id, currency_id "
                "ORDER BY date, rank, move_id, partner_id) AS balance",
                self._opening_sql(wanted, overview),
            )
        return SQL(
            """
            SELECT *, %(balance)s, COUNT(*) OVER () AS total
              FROM (%(lines)s) AS line
             WHERE %(filter)s ORDER BY %(order)s
            """,
            balance=balance,
            lines=self._lines_sql(entities, few=isinstance(wanted.year, int)),
            filter=self._filter_sql(wanted, company),
            order=SQL(_ORDERS[wanted.sort or "newest"]),  # pylint: disable=sql-injection
        )

    def _opening_sql(self, wanted, overview):
        """Return what each account had before the dates, as an expression of a line."""
        openings = self._openings_before(wanted, overview)
        cases = [
            SQL("WHEN company_id = %s AND currency_id = %s THEN %s", *key, amount)
            for key, amount in openings.items()
        ]
        if not cases:
            return SQL("0")
        return SQL("CASE %s ELSE 0 END", SQL(" ").join(cases))

    @api.private
    def _openings_before(self, wanted, overview):
        """Return ``{(company id, currency id): sum}`` of what is before the dates."""
        first, _last = wanted.period()
        return {
            key: sum(amount for month, amount in months.items() if month < first)
            for key, months in overview["months"].items()
            if first
        }

    def _filter_sql(self, wanted, company=None):
        parts = [SQL("TRUE")]
        if company:
            parts.append(SQL("company_id = %s", company.id))
        first, last = wanted.period()
        if first:
            parts.append(SQL("date BETWEEN %s AND %s", first, last))
        if wanted.site:
            parts.append(SQL("project_id = %s", wanted.site))
        if wanted.show == "unpaid":
            parts.append(SQL("open != 0"))
        elif wanted.show == "overdue":
            parts.append(SQL("late > 0"))
        if wanted.search:
            text = f"%{wanted.search.translate(_LIKE)}%"
            hidden = self._names_hidden_sql(SQL("ref"))
            found = [
                SQL("name ILIKE %s", text),
                # what is not shown is not found either
                SQL("ref ILIKE %s AND (rank < 2 OR NOT %s)", text, hidden),
            ]
            for amount in statement_filter.amounts(wanted.search):
                found.append(SQL("ABS(amount) = %s OR ABS(open) = %s", amount, amount))
            parts.append(SQL("(%s)", SQL(" OR ").join(found)))
        return SQL(" AND ").join(parts)

    # -- answers ---------------------------------------------------------------------

    @api.private
    def _overview(self, entities):
        """Return sums of the whole account of these entities, in one query.

        :return: ``{"accounts": {(company id, currency id): {"balance", "late",
            **ages}}, "months": {(company id, currency id): {first day: sum}},
            "sites": [project id]}``; sums are Decimal
        """
        sums = SQL(", ").join(
            SQL("SUM(%s)", SQL.identifier(name))
            for name in ("amount", "late", "open", *AGES)
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT *, DATE_TRUNC('month', date)::date AS month
                      FROM (%s) AS every)
                SELECT GROUPING(project_id, month), company_id, currency_id, month,
                       project_id, %s
                  FROM line
                 GROUP BY GROUPING SETS (
                       (company_id, currency_id), (company_id, currency_id, month),
                       (project_id))
                """,
                self._lines_sql(entities),
                sums,
            )
        )
        answer = {"accounts": {}, "months": {}, "sites": []}
        for level, company, currency, month, site, *values in rows:
            if level == 1 and site:
                answer["sites"].append(site)
            elif level == 2:
                months = answer["months"].setdefault((company, currency), {})
                months[month] = values[0]
            elif level == 3:
                names = ("balance", "late", "open", *AGES)
                answer["accounts"][company, currency] = dict(
                    zip(names, values, strict=True)
                )
        return answer

    @api.private
    def _page(self, entities, wanted, limit, overview):
        """Return one page of lines.

        :return: ``(rows, total)``: dictionaries by the columns of the query, and the
            number of lines of all the pages
        """
        query = SQL(
            "%s LIMIT %s OFFSET %s",
            self._rows_sql(entities, wanted, overview),
            limit,
            (wanted.page - 1) * limit,
        )
        self.env.cr.execute(query)
        rows = self.env.cr.dictfetchall()
        return rows, rows[0]["total"] if rows else 0

    @api.private
    def _every(self, entities, wanted, overview, company=None, chunk=1000):
        """Yield all the lines in chunks, through a cursor of the database.

        :param company: whose lines alone, where there are several
        """
        cursor = self.env.cr
        cursor.execute(
            SQL(
                "DECLARE demat_statement NO SCROLL CURSOR FOR %s",
                self._rows_sql(entities, wanted, overview, company),
            )
        )
        rows = True
        while rows:
            cursor.execute(SQL("FETCH %s FROM demat_statement", chunk))
            if rows := cursor.dictfetchall():
                yield rows
        cursor.execute("CLOSE demat_statement")
