# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from calendar import monthrange
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ..lib import statement_filter

#: Ends of the ageing in days; a line without a delay is not due.
AGES = ("age_0", "age_30", "age_60", "age_90", "age_more")
#: What a customer owes, and what is credited to him.
SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")
#: Whether an invoice is owed, and whether a line of it (``term``) is.
UNPAID = SQL(
    "account_move.move_type != 'out_refund' AND account_move.payment_state "
    "NOT IN ('in_payment', 'paid', 'reversed')"
)
OPEN_TERM = SQL(
    "term.display_type = 'payment_term' AND term.amount_residual_currency > 0"
)
_ORDERS = {
    # the other way round from top to bottom, as the balance is added up
    "newest": "date DESC, rank DESC, move_id DESC, partner_id DESC, currency_id DESC",
    "oldest": "date, rank, move_id, partner_id, currency_id",
    "due": "due NULLS LAST, date, rank, move_id, partner_id, currency_id",
    "number": "name, move_id, partner_id, currency_id",
    "amount": "amount DESC, date, rank, move_id, partner_id, currency_id",
}
_BY_DATE = ("", "newest", "oldest")
_LIKE = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True)
class Source:
    """What the queries of a statement have in common.

    ``entities``, ``accounts`` and ``companies`` are ids, at least one; ``visible`` the
    query of the invoices that the user may read; ``reads`` the conditions that he reads
    the entries and the payments; ``crossed`` whether a settlement crosses currencies.
    """

    entities: tuple
    accounts: tuple
    companies: tuple
    visible: Query
    reads: dict
    crossed: bool


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

    def _source(self, entities):
        """Return what the queries of these entities have in common, looked up once."""
        # a field that is to be written may be one that is read
        self.env.flush_all()
        # to start other processes of the database would take longer than they spare
        self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        return Source(
            entities=tuple(entities.ids) or (0,),
            accounts=self._receivable_ids(),
            companies=tuple(self.env.companies.ids) or (0,),
            visible=self._visible(Domain("commercial_partner_id", "in", entities.ids)),
            reads=self._reads_sql("line", "payment"),
            crossed=self._crosses(entities),
        )

    def _lines_sql(self, source, show="all", term=None):
        """Return the query of the lines of a source.

        :param show: those of ``statement_filter.SHOWS`` are asked for: entries without
            anything open, and invoices that are not overdue, may be left out
        :param term: the join of what is open of the invoices; without one their
            ``due`` is the day on the invoice, and nothing is ``late``
        """
        chosen = self._overdue_sql(source) if show == "overdue" else SQL("TRUE")
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._invoices_sql(source.visible, chosen, term),
            self._entries_sql(source, only_open=show != "all"),
            self._pending_sql(source),
        )

    def _invoices_sql(self, query, chosen, term):
        """Invoices and credit notes, through the rules of the user."""
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
                   %(due)s AS due, account_move.payment_state, %(late)s AS late
              FROM %(source)s
              %(term)s
             WHERE %(where)s AND %(chosen)s
            """,
            chosen=chosen,
            due=SQL("COALESCE(term.due, account_move.invoice_date_due)")
            if term
            else SQL("account_move.invoice_date_due"),
            late=SQL("COALESCE(term.late, 0)") if term else SQL("0::numeric"),
            source=query.from_clause,
            term=term or SQL(""),
            where=query.where_clause or SQL("TRUE"),
        )

    def _overdue_sql(self, source):
        """Return the condition that an instalment of an invoice is past."""
        return SQL(
            "%s AND account_move.id IN (SELECT term.move_id "
            "FROM account_move_line AS term WHERE %s "
            "AND COALESCE(term.date_maturity, term.date) < %s)",
            UNPAID,
            self._open_terms(source),
            fields.Date.context_today(self),
        )

    def _term_sql(self, source):
        """Return the join of what is open of the invoices, all of it read at once.

        An invoice may be due in several parts: ``due`` is the oldest one that is open,
        ``late`` the sum of those that are past.
        """
        return SQL(
            "LEFT JOIN (SELECT move_id, %(sums)s FROM account_move_line AS term "
            "WHERE %(open)s GROUP BY move_id) AS term "
            "ON term.move_id = account_move.id AND %(unpaid)s",
            sums=self._term_sums(),
            open=self._open_terms(source),
            unpaid=UNPAID,
        )

    def _term_of_line(self):
        """Return the join of what is open of each line, looked up one by one."""
        return SQL(
            "LEFT JOIN LATERAL (SELECT %(sums)s FROM account_move_line AS term "
            "WHERE term.move_id = line.move_id AND line.rank = 0 "
            "AND line.payment_state NOT IN ('in_payment', 'paid', 'reversed') "
            "AND %(open)s) AS term ON TRUE",
            sums=self._term_sums(),
            open=OPEN_TERM,
        )

    def _term_sums(self):
        return SQL(
            "MIN(COALESCE(term.date_maturity, term.date)) AS due, "
            "SUM(term.amount_residual_currency) FILTER ("
            "WHERE COALESCE(term.date_maturity, term.date) < %s) AS late",
            fields.Date.context_today(self),
        )

    def _open_terms(self, source):
        """Return the condition of the instalments that are open, found by an index."""
        return SQL(
            "term.account_id IN %s AND term.partner_id IN %s "
            "AND term.reconciled IS NOT TRUE AND %s",
            source.accounts,
            source.entities,
            OPEN_TERM,
        )

    def _receivable_ids(self):
        """Return the ids of the accounts of customers, of all companies.

        As numbers: the database then finds the lines by its index of account and
        partner.
        """
        accounts = self.env["account.account"].sudo().with_context(active_test=False)
        found = accounts._search(
            [("account_type", "=", "asset_receivable")], order="id"
        )
        return found.get_result_ids() or (0,)

    def _rows_sql(self, wanted, overview, company=None, part=None, period=None):
        """Return the query of the lines that are shown, each with the balance after it.

        The balance is the one of the whole account, so that a filter by anything but
        the date leaves it out. What was before the dates is in the overview.

        :param part: which of the lines (``LIMIT``): what is open is then looked up for
            these alone, where it decides neither about them nor about their order
        :param period: first and last day, instead of those that are asked for
        """
        period = period or wanted.period()
        if wanted.partial:
            balance = SQL("NULL::numeric AS balance")
        else:
            balance = SQL(
                "%s + SUM(amount) OVER (PARTITION BY company_id, currency_id "
                "ORDER BY date, rank, move_id, partner_id) AS balance",
                self._opening_sql(overview, period[0]),
            )
        later = part and wanted.sort != "due"
        source = overview["source"]
        term = None if later else self._term_sql(source)
        order = SQL(_ORDERS[wanted.sort or "newest"])  # pylint: disable=sql-injection
        rows = SQL(
            """
            SELECT *, %(balance)s, COUNT(*) OVER () AS total
              FROM (%(lines)s) AS line
             WHERE %(filter)s ORDER BY %(order)s %(part)s
            """,
            balance=balance,
            lines=self._lines_sql(source, wanted.show, term),
            filter=self._filter_sql(wanted, period, company),
            order=order,
            part=part or SQL(""),
        )
        return self._with_terms(rows, order) if later else rows

    def _with_terms(self, rows, order):
        """Return the query of few lines with what is open of each."""
        return SQL(
            """
            SELECT move_id, kind, rank, date, name, ref, partner_id, company_id,
                   currency_id, project_id, amount, open,
                   COALESCE(term.due, line.due) AS due, payment_state,
                   COALESCE(term.late, line.late) AS late, balance, total
              FROM (%s) AS line %s
             ORDER BY %s
            """,
            rows,
            self._term_of_line(),
            order,
        )

    def _opening_sql(self, overview, first):
        """Return what each account had before a day, as an expression of a line."""
        openings = self._openings_before(overview, first)
        cases = [
            SQL("WHEN company_id = %s AND currency_id = %s THEN %s", *key, amount)
            for key, amount in openings.items()
        ]
        if not cases:
            return SQL("0")
        return SQL("CASE %s ELSE 0 END", SQL(" ").join(cases))

    @api.private
    def _openings_before(self, overview, first):
        """Return ``{(company id, currency id): sum}`` of what is before a day, the
        first one of a month; nothing without a day."""
        return {
            key: sum(amount for month, amount in months.items() if month < first)
            for key, months in overview["months"].items()
            if first
        }

    def _filter_sql(self, wanted, period, company=None):
        parts = [SQL("TRUE")]
        if company:
            parts.append(SQL("company_id = %s", company.id))
        if period[0]:
            parts.append(SQL("date BETWEEN %s AND %s", *period))
        if wanted.site:
            parts.append(SQL("project_id = %s", wanted.site))
        if wanted.show == "unpaid":
            parts.append(SQL("open != 0"))
        elif wanted.show == "overdue":
            # of the invoices these alone are asked for
            parts.append(SQL("(rank < 2 OR late > 0)"))
        if wanted.search:
            parts += self._search_sql(wanted.search)
        return SQL(" AND ").join(parts)

    def _search_sql(self, words):
        """Yield the conditions that a line holds some words.

        Two, because the database looks for the first one where it reads the tables, and
        asks the second, which takes queries, about what it found.
        """
        text = f"%{words.translate(_LIKE)}%"
        found = [SQL("name ILIKE %s", text)]
        for amount in statement_filter.amounts(words):
            found.append(SQL("ABS(amount) = %s OR ABS(open) = %s", amount, amount))
        yield SQL("(%s)", SQL(" OR ").join([*found, SQL("ref ILIKE %s", text)]))
        # what is not shown is not found either
        shown = SQL("rank < 2 OR NOT %s", self._names_hidden_sql(SQL("ref")))
        yield SQL("(%s)", SQL(" OR ").join([*found, shown]))

    # -- answers ---------------------------------------------------------------------

    @api.private
    def _page(self, wanted, limit, overview):
        """Return one page of lines.

        Of the whole account in the order of its dates, the overview knows how many
        lines each month has: only the months of the page are read, so that a page takes
        as long whatever the number of lines.

        :return: ``(rows, total)``: dictionaries by the columns of the query, and the
            number of lines of all the pages
        """
        offset, period, total = (wanted.page - 1) * limit, wanted.period(), None
        if not wanted.partial and wanted.sort in _BY_DATE:
            total = sum(self._counts(overview, period).values())
            if offset >= total:
                return [], total
            period, offset = self._months_of(wanted, limit, overview)
        part = SQL("LIMIT %s OFFSET %s", limit, offset)
        query = self._rows_sql(wanted, overview, part=part, period=period)
        self.env.cr.execute(query)
        rows = self.env.cr.dictfetchall()
        if total is None:
            total = rows[0]["total"] if rows else 0
        return rows, total

    def _counts(self, overview, period):
        """Return ``{first day of the month: number of lines}`` of a period."""
        first, last = period
        return {
            month: count
            for month, count in overview["lines"].items()
            if not first or first <= month <= last
        }

    def _months_of(self, wanted, limit, overview):
        """Return the days between which a page has its lines, and its offset there."""
        counts = self._counts(overview, wanted.period())
        months = sorted(counts, reverse=wanted.sort != "oldest")
        before, read, chosen = (wanted.page - 1) * limit, 0, []
        for month in months:
            if not chosen and before >= counts[month]:
                before -= counts[month]
                continue
            chosen.append(month)
            read += counts[month]
            if read >= before + limit:
                break
        last = max(chosen)
        last = last.replace(day=monthrange(last.year, last.month)[1])
        return (min(chosen), last), before

    @api.private
    def _every(self, wanted, overview, company=None, chunk=1000):
        """Yield all the lines in chunks, through a cursor of the database.

        :param company: whose lines alone, where there are several
        """
        cursor = self.env.cr
        cursor.execute(
            SQL(
                "DECLARE demat_statement NO SCROLL CURSOR FOR %s",
                self._rows_sql(wanted, overview, company),
            )
        )
        rows = True
        while rows:
            cursor.execute(SQL("FETCH %s FROM demat_statement", chunk))
            if rows := cursor.dictfetchall():
                yield rows
        cursor.execute("CLOSE demat_statement")
