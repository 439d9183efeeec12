# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .demat_statement import SALE_TYPES


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # few settlements cross currencies; without an index all are read to find them
    _demat_portal_crossed_idx = models.Index(
        "(credit_move_id, debit_move_id) WHERE debit_currency_id != credit_currency_id"
    )


class DematStatement(models.AbstractModel):
    """What is neither invoice nor credit note: payments, opening entries, others.

    They are read by the superuser, within the entities and companies of the user.
    """

    _inherit = "demat.statement"

    def _entries_sql(self, source, only_open=False):
        """Payments and other entries on the customer's account.

        One line for each entry and currency. What an entry leaves open is owed, or to
        be used, as with an invoice: an opening entry is due at its date, and a bill of
        exchange that took the place of an invoice nets to nothing but is still owed.

        The columns have the types of those of the invoices, and what is searched in is
        part of the groups: only so the database applies a filter before it adds up.
        """
        return SQL(
            """
            SELECT move.id AS move_id,
                   CASE WHEN SUM(part.amount) < 0 THEN 'payment'
                        ELSE 'entry' END AS kind,
                   2 AS rank, part.date, move.name, move.ref, part.partner_id,
                   part.company_id, part.currency_id, NULL::integer AS project_id,
                   SUM(part.amount) AS amount, SUM(part.open) AS open,
                   MIN(part.due) FILTER (WHERE part.open > 0) AS due,
                   NULL::varchar AS payment_state,
                   COALESCE(SUM(part.open) FILTER (
                       WHERE part.open > 0 AND part.due < %(today)s), 0) AS late
              FROM (%(parts)s) AS part
              JOIN account_move AS move ON move.id = part.move_id
             WHERE %(chosen)s
             GROUP BY move.id, part.date, part.partner_id, part.company_id,
                      part.currency_id, move.name, move.ref
            HAVING SUM(part.amount) != 0 OR BOOL_OR(part.open != 0)
            """,
            today=fields.Date.context_today(self),
            parts=self._parts_sql(source),
            chosen=self._open_entries_sql(source) if only_open else SQL("TRUE"),
        )

    def _open_entries_sql(self, source):
        """Return the condition that something of an entry is open: few are."""
        return SQL(
            """
            move.id IN (
                SELECT line.move_id
                  FROM account_move_line AS line
                  JOIN res_partner AS partner ON partner.id = line.partner_id
                 WHERE partner.commercial_partner_id IN %(entities)s
                   AND line.account_id IN %(accounts)s
                   AND line.reconciled IS NOT TRUE
                   AND line.display_type = 'product'
                   AND line.amount_residual_currency != 0)
            """,
            entities=source.entities,
            accounts=source.accounts,
        )

    def _parts_sql(self, source):
        """Return the query of the amounts of the entries, each in its currency.

        What settles an invoice in another currency counts in that of the invoice, for
        as much as it settles there, and no more in its own: an invoice of 100 USD that
        was paid by 92 EUR is paid in USD, and the account in EUR stays as it was.
        """
        if not source.crossed:
            return self._entry_lines_sql(source)
        return SQL(
            """
            WITH line AS (
                SELECT * FROM (%(lines)s) AS every
                 -- differences of exchange count with what they come from
                 WHERE NOT EXISTS (
                       SELECT FROM account_partial_reconcile AS partial
                        WHERE partial.exchange_move_id = every.move_id
                          AND partial.debit_currency_id != partial.credit_currency_id)
            ),
            crossed AS (%(crossed)s)
            SELECT * FROM line
             UNION ALL
            SELECT line.id, line.move_id, line.date, line.company_id, line.currency_id,
                   line.partner_id, crossed.own, 0, NULL
              FROM crossed JOIN line ON line.id = crossed.line_id
             UNION ALL
            SELECT line.id, line.move_id, line.date, line.company_id,
                   crossed.currency_id, line.partner_id, crossed.theirs, 0, NULL
              FROM crossed JOIN line ON line.id = crossed.line_id
            """,
            lines=self._entry_lines_sql(source),
            crossed=self._crossed_sql(source.visible, source.accounts),
        )

    def _entry_lines_sql(self, source):
        """Return the query of the lines of entries on the customer's account."""
        return SQL(
            """
            SELECT line.id, line.move_id, line.date, line.company_id, line.currency_id,
                   partner.commercial_partner_id AS partner_id,
                   line.amount_currency AS amount,
                   line.amount_residual_currency AS open,
                   COALESCE(line.date_maturity, line.date) AS due
              FROM account_move_line AS line
              JOIN account_move AS move ON move.id = line.move_id
              JOIN res_partner AS partner ON partner.id = line.partner_id
             WHERE partner.commercial_partner_id IN %(entities)s
               AND %(reads)s
               AND line.account_id IN %(accounts)s
               AND line.parent_state = 'posted'
               AND line.display_type = 'product'
               AND move.move_type = 'entry'
               AND line.company_id IN %(companies)s
            """,
            entities=source.entities,
            accounts=source.accounts,
            reads=source.reads["line"],
            companies=source.companies,
        )

    def _crosses(self, entities):
        """Return whether a settlement of these entities crosses currencies.

        Few do, and an index knows them; the queries of the others are much shorter.
        """
        ways = SQL(" OR ").join(
            SQL(
                """
                EXISTS (
                    SELECT FROM account_partial_reconcile AS partial
                      JOIN account_move_line AS line ON line.id = partial.%s
                      JOIN res_partner AS partner ON partner.id = line.partner_id
                     WHERE partial.debit_currency_id != partial.credit_currency_id
                       AND partner.commercial_partner_id IN %s)
                """,
                SQL.identifier(side),
                tuple(entities.ids) or (0,),
            )
            for side in ("credit_move_id", "debit_move_id")
        )
        [[found]] = self.env.execute_query(SQL("SELECT %s", ways))
        return found

    def _crossed_sql(self, visible, accounts):
        """Return what settlements move from the currency of an entry to another one.

        To that of a document which the user may read (the amount of another one would
        be told), or of an entry that is owed: a debit. Reads the lines of ``line``.
        """
        visible = self._among_sql(SQL("other.move_id"), visible)
        owed = SQL("(other.id IN (SELECT id FROM line) OR %s)", visible)
        sides = (("credit", "debit", -1, owed), ("debit", "credit", 1, visible))
        return SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT line.id AS line_id, other.currency_id,
                       %(back)s * partial.%(own_amount)s + difference.own AS own,
                       %(sign)s * partial.%(other_amount)s + difference.other AS theirs
                  FROM account_partial_reconcile AS partial
                  JOIN line ON line.id = partial.%(own)s
                  JOIN account_move_line AS other ON other.id = partial.%(other)s
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(amount_currency) FILTER (
                                  WHERE currency_id = line.currency_id), 0) AS own,
                              COALESCE(SUM(amount_currency) FILTER (
                                  WHERE currency_id = other.currency_id), 0) AS other
                         FROM account_move_line
                        WHERE move_id = partial.exchange_move_id
                          AND account_id IN %(accounts)s) AS difference
                 WHERE partial.debit_currency_id != partial.credit_currency_id
                   AND %(condition)s
                """,
                back=-sign,
                sign=sign,
                own=SQL.identifier(f"{own}_move_id"),
                other=SQL.identifier(f"{other}_move_id"),
                own_amount=SQL.identifier(f"{own}_amount_currency"),
                other_amount=SQL.identifier(f"{other}_amount_currency"),
                accounts=accounts,
                condition=condition,
            )
            for own, other, sign, condition in sides
        )

    def _visible(self, domain):
        """Return the query of the invoices of a domain that the user may read."""
        return self.env["account.move"]._search(
            Domain("move_type", "in", SALE_TYPES)
            & Domain("state", "=", "posted")
            & domain
        )

    def _among_sql(self, move_id, query):
        """Return the condition that an invoice of that id is one of a query."""
        return SQL(
            "EXISTS (SELECT FROM %s WHERE account_move.id = %s AND %s)",
            query.from_clause,
            move_id,
            query.where_clause or SQL("TRUE"),
        )

    def _names_hidden_sql(self, text):
        """Return the condition that a text names an invoice the user may not read.

        The host writes the numbers of what a payment is for into its reference; a clerk
        may write any. The words of the text are compared with the numbers.
        """
        return SQL(
            """
            EXISTS (
                SELECT FROM REGEXP_SPLIT_TO_TABLE(%(text)s, %(between)s) AS word
                  JOIN account_move AS named
                    ON named.name = RTRIM(word, '.') AND named.name != '/'
                   AND named.state = 'posted'
                 WHERE named.move_type IN %(types)s AND NOT %(visible)s)
            """,
            text=text,
            between="""[[:space:],;:()"'«»]+""",
            types=SALE_TYPES,
            visible=self._among_sql(SQL("named.id"), self._visible(Domain.TRUE)),
        )

    @api.private
    def _hidden_refs(self, rows):
        """Return those references of entries that name what the user may not read."""
        refs = {row["ref"] for row in rows if row["rank"] > 1 and row["ref"]}
        if not refs:
            return refs
        found = self.env.execute_query(
            SQL(
                "SELECT ref FROM UNNEST(%s::text[]) AS ref WHERE %s",
                sorted(refs),
                self._names_hidden_sql(SQL("ref")),
            )
        )
        return {ref for [ref] in found}

    def _pending_sql(self, source):
        """Payments without an entry yet, of invoices that count as paid for the host.

        Their entry is the one of the bank's statement, which makes the payment *paid*.
        """
        return SQL(
            """
            SELECT payment.id AS move_id, 'pending' AS kind, 3 AS rank, payment.date,
                   payment.name, payment.memo AS ref,
                   partner.commercial_partner_id AS partner_id,
                   payment.company_id, payment.currency_id, NULL::integer AS project_id,
                   -payment.amount AS amount, 0::numeric AS open,
                   NULL::date AS due, NULL::varchar AS payment_state,
                   0::numeric AS late
              FROM account_payment AS payment
              JOIN res_partner AS partner ON partner.id = payment.partner_id
             WHERE partner.commercial_partner_id IN %(entities)s
               AND %(reads)s
               AND payment.move_id IS NULL
               AND payment.state = 'in_process'
               AND payment.payment_type = 'inbound'
               AND payment.company_id IN %(companies)s
               AND EXISTS (
                   SELECT FROM account_move__account_payment AS link
                     JOIN account_move AS paid ON paid.id = link.invoice_id
                    WHERE link.payment_id = payment.id
                      AND paid.payment_state IN ('in_payment', 'partial'))
            """,
            reads=source.reads["payment"],
            entities=source.entities,
            companies=source.companies,
        )

    def _reads_sql(self, *tables):
        """Return the conditions that the user reads the papers of this company for this
        partner, by table; entries have no record rule for him."""
        user = self.env.user
        own = user._demat_portal_own()
        entity = SQL.identifier("partner", "commercial_partner_id")
        return {
            table: user._demat_portal_reads_sql(
                entity, SQL.identifier(table, "company_id"), own
            )
            for table in tables
        }
