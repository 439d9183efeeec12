# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

from odoo import api, models
from odoo.tools import SQL

from . import ged_chain
from .ged_chain_steps import read_data
from .ged_chain_verify import ChainProblem, VerifySlice
from .ged_evidence import STATE_COLUMNS

#: First format whose events hold the values of the state columns.
REPLAYED_FROM = 2


class GedChain(models.Model):
    """Step of the verification: the state of each document told again by its journal.

    The columns that may change are not hashed with the row. Their values are in the
    ``data`` of the events, which are hashed: the last one said, in the order of the
    chain, must be the one in the row.
    """

    _inherit = "ged.chain"

    @api.model
    def _verify_step_state(self, company_id, cursor, scope):
        columns = [*STATE_COLUMNS, *self.env["ged.document"]._state_columns()]
        rows = self._state_rows(company_id, cursor.get("id", 0), scope, columns)
        if not rows:
            return VerifySlice([], None)
        told, beginnings, ends = self._replay([row["id"] for row in rows])
        problems = []
        for row in rows:
            count = beginnings.get(row["id"], 0)
            problems += self._beginning_problems(row, count)
            problems += self._end_problems(row, ends.get(row["id"]))
            problems += self._state_problems(
                row, told.get(row["id"], {}), columns, complete=bool(count)
            )
        return VerifySlice(problems, {"id": rows[-1]["id"]})

    @api.model
    def _state_rows(self, company_id, last_id, scope, columns):
        self.env.cr.execute(
            SQL(
                """
                SELECT d.id, d.name, d.evidence_format, %s FROM ged_document d
                 WHERE d.company_id = %s AND d.id > %s AND %s
                 ORDER BY d.id LIMIT %s
                """,
                SQL(", ").join(SQL.identifier("d", column) for column in columns),
                company_id,
                last_id,
                scope,
                ged_chain.BATCH,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _replay(self, document_ids):
        """Return ``({document id: {column: value}}, {document id: beginnings},
        {document id: what was told when it was destroyed})`` as the journal tells them;
        a beginning is an event ``archived``.

        Events that wait for their link come last, in the order they were written.
        """
        told, beginnings, ends = {}, {}, {}
        for document_id, event_type, text in self.env.execute_query(
            SQL(
                """
                SELECT document_id, event_type, data FROM ged_event
                 WHERE document_id = ANY(%s)
                   AND (data IS NOT NULL OR event_type IN ('archived', 'destroyed'))
                 ORDER BY chain_number NULLS LAST, id
                """,
                document_ids,
            )
        ):
            if event_type == "archived":
                beginnings[document_id] = beginnings.get(document_id, 0) + 1
            # what cannot be read is a problem of the event, see _event_problems
            told.setdefault(document_id, {}).update(read_data(text or "") or {})
            if event_type == "destroyed":
                ends.setdefault(document_id, dict(told[document_id]))
        return told, beginnings, ends

    @api.model
    def _beginning_problems(self, row, count):
        if count == 1:
            return []
        message = (
            self.env._(
                "The journal of %(document)s has %(count)s beginnings instead of one.",
                document=row["name"],
                count=count,
            )
            if count
            else self.env._(
                "The journal of %(document)s has no beginning: the document was not "
                "archived by this program, or its first event was removed.",
                document=row["name"],
            )
        )
        return [
            ChainProblem(
                "journal", "document", row["id"], row["name"], message, row["id"]
            )
        ]

    @api.model
    def _end_problems(self, row, told):
        """Check what the journal had told when it says that the content was destroyed.

        :param told: ``{column: value}``; ``None`` when it does not say that
        """
        if told is None:
            return []
        at = told.get("destroyed_at") or ""
        until = told.get("retention_until", "")
        if at and not told.get("legal_hold") and until is not None and until < at[:10]:
            return []
        message = self.env._(
            "The journal of %(document)s says that its content was destroyed, but not "
            "when, during a legal hold, or before the end of its retention: the "
            "archive destroys nothing so.",
            document=row["name"],
        )
        return [
            ChainProblem(
                "journal", "document", row["id"], row["name"], message, row["id"]
            )
        ]

    @api.model
    def _state_problems(self, row, told, columns, complete):
        """Compare a row with what its journal told of it.

        :param complete: the journal has its beginning; what it then leaves out was
            empty, unless the document is older than the record of these values
        """
        complete = complete and row["evidence_format"] >= REPLAYED_FROM
        problems = []
        for column in columns:
            if column not in told and not complete:
                continue
            expected, found = _plain(told.get(column)), _plain(row[column])
            if expected == found:
                continue
            message = self.env._(
                "“%(field)s” of %(document)s says %(found)s, its journal says "
                "%(expected)s: it was changed behind the back of the archive.",
                field=self._field_label(column),
                document=row["name"],
                found=self._state_text(found),
                expected=self._state_text(expected),
            )
            problems.append(
                ChainProblem(
                    "state", "document", row["id"], row["name"], message, row["id"]
                )
            )
        return problems

    @api.model
    def _field_label(self, column):
        field = self.env["ged.document"]._fields[column]
        return field.get_description(self.env, ["string"])["string"]

    @api.model
    def _state_text(self, value):
        return self.env._("nothing") if value is None else str(value)


def _plain(value):
    """Return a value of a state column as the journal writes it; ``None`` for nothing
    and for no.
    """
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    return None if value is False or value is None else value
