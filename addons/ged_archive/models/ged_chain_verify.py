# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..lib.hashing import link
from . import ged_chain
from .ged_evidence import build_evidence


class ChainProblem(NamedTuple):
    """One finding of the verification.

    ``record_id`` is the id in the table of ``stream`` (``document``, ``event`` or
    ``anchor``), or 0; ``document_id`` the document concerned, or 0. ``code`` is one of

    * ``guard``: a trigger that protects the tables is off;
    * ``gap``: a number of the chain is missing;
    * ``link``: a row does not match its link;
    * ``time``: a row is dated before the link in front of it;
    * ``head``: the end of the chain is missing;
    * ``pending``: a row waits too long for its link, or has half of one;
    * ``journal``: an event of nothing, unreadable values, a document without beginning;
    * ``state``: a row says something else than its journal;
    * ``content``: the file is missing or altered;
    * ``file``: the stored file does not belong to the document as it should;
    * ``seal``: the seal of the file is broken, missing or lower than the row says;
    * ``later``: evidence that was added later does not hold;
    * ``anchor``: an anchor does not hold, or the chain is not the anchored one;
    * ``orphan``: rows or files of the archive that belong to nothing.
    """

    code: str
    stream: str
    record_id: int
    name: str
    message: str
    document_id: int = 0


class VerifySlice(NamedTuple):
    """What one slice of the verification found, and where the next one starts.

    ``cursor`` is plain JSON, ``None`` when the step is done; the others count what was
    looked at.
    """

    problems: list
    cursor: dict | None
    documents: int = 0
    links: int = 0
    size: int = 0


#: The steps of a complete verification, and those of one of chosen documents.
COMPLETE = ("guards", "documents", "events", "state", "contents", "anchors")
CHOSEN = ("guards", "links", "state", "contents")


class GedChain(models.Model):
    """Verification of the archive: the steps, one after the other, slice by slice.

    Each step is a method ``_verify_step_<name>(company_id, cursor, scope)`` that
    returns a :class:`VerifySlice`; a slice is short (some thousand rows, some tens of
    megabytes), so that a job can stop and go on between two of them.
    """

    _inherit = "ged.chain"

    @api.model
    def _verify_chain(self, company=None):
        """Verify everything; return a list of :class:`ChainProblem`.

        Rows that wait for their link are not a problem. Every file is read: this takes
        as long as reading the whole archive. ``ged.verification`` does the same as a
        job.

        :param company: ``res.company`` records, all companies by default
        """
        problems = []
        companies = company.ids if company else self._company_ids()
        for position, company_id in enumerate(companies):
            # the guards are those of the whole database
            steps = COMPLETE if not position else COMPLETE[1:]
            problems += self._verify_steps(steps, company_id)
        if not companies:
            problems += self._verify_steps(("guards",), 0)
        return problems

    @api.model
    def _verify_documents(self, documents):
        """Verify ``documents`` (of any company): their rows, links, events, state,
        files and seals; return a list of :class:`ChainProblem`.
        """
        problems = []
        for company, chosen in documents.sudo().grouped("company_id").items():
            scope = SQL("d.id = ANY(%s)", chosen.ids)
            problems += self._verify_steps(CHOSEN[1:], company.id, scope)
        return problems

    @api.model
    def _verify_steps(self, steps, company_id, scope=None):
        problems = []
        for step in steps:
            cursor = {}
            while cursor is not None:
                part = self._verify_slice(step, company_id, cursor, scope)
                problems += part.problems
                cursor = part.cursor
        return problems

    @api.model
    def _verify_slice(self, step, company_id, cursor, scope=None):
        """Do the next slice of a step; return a :class:`VerifySlice`.

        :param str step: one of :data:`COMPLETE` or :data:`CHOSEN`
        :param dict cursor: as returned by the slice before, ``{}`` for the first
        :param scope: ``SQL`` condition on ``ged_document d``, ``None`` for all
        """
        self.env.flush_all()
        method = getattr(self.sudo(), f"_verify_step_{step}")
        return method(company_id, cursor, scope or SQL("TRUE"))

    @api.model
    def _company_ids(self):
        """Return the ids of the companies that have, or had, something in the archive,
        also of companies that do not exist.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id FROM ged_document UNION"
                " SELECT company_id FROM ged_event UNION"
                " SELECT company_id FROM ged_chain"
            )
        )
        return sorted(row[0] for row in rows)

    # -------------------------------------------------------------------- links

    @api.model
    def _link_holds(self, stream, previous, row):
        try:
            return link(previous, build_evidence(stream, row)) == row["chain_hash"]
        except (KeyError, TypeError, ValueError):
            # an unknown format, or a previous hash that is none: not written by us
            return False

    @api.model
    def _row_problem(self, code, stream, row, message):
        return ChainProblem(
            code,
            stream,
            row["id"],
            row.get("name") or row.get("event_type") or "",
            message,
            row["id"] if stream == "document" else row["document_id"],
        )

    @api.model
    def _gap_problem(self, stream, expected, row):
        return self._row_problem(
            "gap",
            stream,
            row,
            self.env._(
                "Link %(expected)s of the chain is missing: the next one is "
                "%(found)s (row %(id)s).",
                expected=expected,
                found=row["chain_number"],
                id=row["id"],
            ),
        )

    @api.model
    def _link_problem(self, stream, row):
        return self._row_problem(
            "link",
            stream,
            row,
            self.env._(
                "Row %(id)s does not match link %(number)s of the chain: it was "
                "changed "
                "after it was written.",
                id=row["id"],
                number=row["chain_number"],
            ),
        )

    @api.model
    def _verify_step_links(self, company_id, cursor, scope):
        """Check the links of chosen documents and of their events, each with the link
        in front of it.
        """
        rows = self._read_rows(
            "document",
            SQL(
                "id IN (SELECT d.id FROM ged_document d WHERE d.company_id = %s"
                " AND d.id > %s AND %s ORDER BY d.id LIMIT 200) ORDER BY id",
                company_id,
                cursor.get("id", 0),
                scope,
            ),
        )
        if not rows:
            return VerifySlice([], None)
        problems = self._single_links("document", rows)
        last, links = 0, len(rows)
        while True:
            events = self._read_rows(
                "event",
                SQL(
                    "document_id = ANY(%s) AND id > %s ORDER BY id LIMIT %s",
                    [row["id"] for row in rows],
                    last,
                    ged_chain.BATCH,
                ),
            )
            problems += self._single_links("event", events)
            problems += self._event_problems(events)
            links += len(events)
            if len(events) < ged_chain.BATCH:
                return VerifySlice(problems, {"id": rows[-1]["id"]}, links=links)
            last = events[-1]["id"]

    @api.model
    def _single_links(self, stream, rows):
        """Check each of ``rows`` against the link in front of it, wherever it is."""
        before = self._previous_hashes(stream, [row["id"] for row in rows])
        problems = []
        for row in rows:
            number = row["chain_number"]
            if number is None and row["chain_hash"] is None:
                continue
            if number is not None and number > 1 and row["id"] not in before:
                problems.append(self._gap_problem(stream, number - 1, row))
            elif not number or not self._link_holds(stream, before.get(row["id"]), row):
                problems.append(self._link_problem(stream, row))
        return problems
