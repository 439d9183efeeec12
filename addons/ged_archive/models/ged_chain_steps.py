# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.hashing import canonical
from . import ged_chain
from .ged_chain_verify import ChainProblem, VerifySlice
from .ged_triggers import missing_guards

#: Below every number that a column may hold: rows that a forger put there are found.
BEFORE_ALL = -(2**31) - 1
#: Transactions are shorter, and the clocks of servers more alike.
TOLERANCE = timedelta(days=1)
TIMES = {"document": "archived_at", "event": "at"}
#: How many rows without home are named; one is too many already.
SAMPLE = 20


class GedChain(models.Model):
    """Steps of the verification: guards, the two streams from end to end."""

    _inherit = "ged.chain"

    # ------------------------------------------------------------------- guards

    @api.model
    def _verify_step_guards(self, company_id, cursor, scope):
        """Check the triggers, and that nothing of the archive is out of its reach."""
        problems = [
            ChainProblem(
                "guard",
                "document",
                0,
                name,
                self.env._(
                    "The database trigger %(name)s is missing or disabled: "
                    "the archive is not protected against changes.",
                    name=name,
                ),
            )
            for name in missing_guards(self.env.cr)
        ]
        return VerifySlice(problems + self._orphan_problems(), None)

    @api.model
    def _orphan_problems(self):
        """Return what belongs to nothing: left over where other rows were removed.

        Foreign keys forbid it; a superuser of the database can go round them.
        """
        problems = []
        for stream, table in ged_chain.TABLES.items():
            for row_id, other in self._sample(
                SQL(
                    "SELECT t.id, t.company_id FROM %s t WHERE NOT EXISTS"
                    " (SELECT FROM res_company c WHERE c.id = t.company_id)",
                    SQL.identifier(table),
                )
            ):
                message = self.env._(
                    "Row %(id)s of the archive belongs to company %(company)s, which "
                    "does not exist.",
                    id=row_id,
                    company=other,
                )
                problems.append(
                    ChainProblem("orphan", stream, row_id, str(row_id), message)
                )
        for row_id, other in self._sample(
            SQL(
                "SELECT t.id, t.res_id FROM ir_attachment t"
                " WHERE t.res_model = 'ged.document' AND NOT EXISTS"
                " (SELECT FROM ged_document d WHERE d.attachment_id = t.id)"
            )
        ):
            message = self.env._(
                "File %(id)s belongs to the archive (document %(document)s), but no "
                "archived document refers to it: a document was removed or its file "
                "was exchanged.",
                id=row_id,
                document=other,
            )
            problems.append(ChainProblem("orphan", "document", 0, str(row_id), message))
        return problems

    @api.model
    def _sample(self, query):
        return self.env.execute_query(SQL("%s ORDER BY t.id LIMIT %s", query, SAMPLE))

    # ------------------------------------------------------------------ streams

    @api.model
    def _verify_step_documents(self, company_id, cursor, scope):
        return self._verify_stream("document", company_id, cursor)

    @api.model
    def _verify_step_events(self, company_id, cursor, scope):
        return self._verify_stream("event", company_id, cursor)

    @api.model
    def _verify_stream(self, stream, company_id, cursor):
        """Recompute the links of one batch; at the end compare with the head.

        The cursor holds number, hash and time of the last link seen.
        """
        problems = []
        number, previous = cursor.get("number"), cursor.get("hash")
        before = fields.Datetime.to_datetime(cursor.get("time"))
        start = BEFORE_ALL if number is None else number
        rows = self._read_rows(
            stream,
            SQL(
                "company_id = %s AND chain_number > %s ORDER BY chain_number LIMIT %s",
                company_id,
                start,
                ged_chain.BATCH,
            ),
        )
        number, seen = number or 0, cursor.get("seen", 0) + len(rows)
        for row in rows:
            if row["chain_number"] != number + 1:
                problems.append(self._gap_problem(stream, number + 1, row))
            elif not self._link_holds(stream, previous, row):
                problems.append(self._link_problem(stream, row))
            moment = row[TIMES[stream]]
            if moment and before and moment < before - TOLERANCE:
                problems.append(self._time_problem(stream, row, before))
            before = moment or before
            number, previous = row["chain_number"], row["chain_hash"]
        if stream == "event":
            problems += self._event_problems(rows)
        if len(rows) == ged_chain.BATCH:
            next_ = {
                "number": number,
                "hash": previous,
                "seen": seen,
                "time": fields.Datetime.to_string(before),
            }
            return VerifySlice(problems, next_, links=len(rows))
        # in the same transaction as the last rows: no link can come in between
        problems += self._head_problems(stream, company_id, number, previous)
        problems += self._double_problems(stream, company_id, seen)
        problems += self._pending_problems(stream, company_id)
        return VerifySlice(problems, None, links=len(rows))

    @api.model
    def _time_problem(self, stream, row, before):
        return self._row_problem(
            "time",
            stream,
            row,
            self.env._(
                "Row %(id)s (link %(number)s) is dated %(time)s UTC, but the link in "
                "front of it was written on %(before)s UTC: it was entered later than "
                "it says, or the clock of the server was wrong.",
                id=row["id"],
                number=row["chain_number"],
                time=fields.Datetime.to_string(row[TIMES[stream]]),
                before=fields.Datetime.to_string(before),
            ),
        )

    @api.model
    def _head_problems(self, stream, company_id, number, previous):
        heads = self.env.execute_query(
            SQL(
                "SELECT head_number, head_hash FROM ged_chain"
                " WHERE company_id = %s AND stream = %s",
                company_id,
                stream,
            )
        )
        expected, head_hash = heads[0] if heads else (0, None)
        if (expected or 0, head_hash or None) == (number, previous):
            return []
        company = self.env["res.company"].browse(company_id).exists()
        name = company.name or str(company_id)
        return [
            ChainProblem(
                "head",
                stream,
                0,
                name,
                self.env._(
                    "The chain of %(company)s ends at link %(found)s, but link "
                    "%(expected)s was the last one written: the end was removed or "
                    "changed.",
                    company=name,
                    found=number,
                    expected=expected,
                ),
            )
        ]

    @api.model
    def _double_problems(self, stream, company_id, seen):
        """Rows that share their number with another one where a batch ended: the next
        one began above both.

        The unique index forbids it; a superuser of the database can go round it.
        """
        table = SQL.identifier(ged_chain.TABLES[stream])
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM %s WHERE company_id = %s"
                " AND chain_number IS NOT NULL",
                table,
                company_id,
            )
        )
        if count == seen:
            return []
        name = SQL.identifier("name" if stream == "document" else "event_type")
        document = SQL.identifier("id" if stream == "document" else "document_id")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.%s, t.%s, t.chain_number FROM %s t
                 WHERE t.company_id = %s AND t.chain_number IN (
                       SELECT chain_number FROM %s WHERE company_id = %s
                        GROUP BY chain_number HAVING count(*) > 1)
                 ORDER BY t.id LIMIT %s
                """,
                name,
                document,
                table,
                company_id,
                table,
                company_id,
                SAMPLE,
            )
        )
        return [
            ChainProblem(
                "gap",
                stream,
                row_id,
                label or "",
                self.env._(
                    "Row %(id)s is not the only one with link %(number)s: one of them "
                    "was put there by hand.",
                    id=row_id,
                    number=number,
                ),
                document_id,
            )
            for row_id, label, document_id, number in rows
        ]

    @api.model
    def _pending_problems(self, stream, company_id):
        """Rows that nobody links, and rows with half a link."""
        column = SQL.identifier(TIMES[stream])
        name = SQL.identifier("name" if stream == "document" else "event_type")
        document = SQL.identifier("id" if stream == "document" else "document_id")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, %s, %s, %s FROM %s
                 WHERE company_id = %s AND chain_number IS NULL
                   AND (chain_hash IS NOT NULL OR %s < %s)
                 ORDER BY id LIMIT %s
                """,
                name,
                document,
                column,
                SQL.identifier(ged_chain.TABLES[stream]),
                company_id,
                column,
                fields.Datetime.now() - TOLERANCE,
                SAMPLE,
            )
        )
        return [
            ChainProblem(
                "pending",
                stream,
                row_id,
                label or "",
                self.env._(
                    "Row %(id)s of %(time)s UTC has no place in the chain: the "
                    "scheduled action that links does not run, or the row was put "
                    "there by hand.",
                    id=row_id,
                    time=fields.Datetime.to_string(time),
                ),
                document_id,
            )
            for row_id, label, document_id, time in rows
        ]

    # ------------------------------------------------------------------ journal

    @api.model
    def _event_problems(self, rows):
        """Check what events say, apart from their links: their document exists in
        their company, their values are canonical JSON.
        """
        companies = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, company_id FROM ged_document WHERE id = ANY(%s)",
                    list({row["document_id"] for row in rows}),
                )
            )
        )
        problems = []
        for row in rows:
            company_id = companies.get(row["document_id"])
            if company_id is None:
                message = self.env._(
                    "Event %(id)s is about document %(document)s, which does not "
                    "exist.",
                    id=row["id"],
                    document=row["document_id"],
                )
            elif company_id != row["company_id"]:
                message = self.env._(
                    "Event %(id)s is in the chain of another company than its "
                    "document %(document)s.",
                    id=row["id"],
                    document=row["document_id"],
                )
            elif row["data"] and read_data(row["data"]) is None:
                message = self.env._(
                    "The values of event %(id)s are not written as the archive writes "
                    "them (canonical JSON).",
                    id=row["id"],
                )
            else:
                continue
            problems.append(self._row_problem("journal", "event", row, message))
        return problems


def read_data(text):
    """Return the dictionary in the ``data`` of an event, ``None`` when the text is not
    what ``lib.hashing.canonical`` writes.
    """
    try:
        data = json.loads(text)
        if isinstance(data, dict) and canonical(data).decode() == text:
            return data
    except (ValueError, TypeError, RecursionError):
        # not JSON, or with decimal numbers
        return None
    return None
