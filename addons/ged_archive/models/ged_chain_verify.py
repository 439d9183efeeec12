# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..lib.hashing import link
from . import ged_chain
from .ged_evidence import build_evidence
from .ged_triggers import missing_guards


class ChainProblem(NamedTuple):
    """One finding of the verification.

    ``code`` is one of ``guard`` (a trigger is off), ``gap`` (a number of the chain is
    missing), ``link`` (a row does not match its link), ``head`` (the end of the chain
    is missing), ``content`` (the file is missing or altered). ``record_id`` is the id
    in the table of ``stream``, or 0.
    """

    code: str
    stream: str
    record_id: int
    name: str
    message: str


class GedChain(models.Model):
    """Verification of the chains and of the files behind them."""

    _inherit = "ged.chain"

    @api.model
    def _verify_chain(self, company=None):
        """Recompute every link and every content hash; return a list of
        :class:`ChainProblem`.

        Rows that wait for their link are not a problem. Every file is read: this takes
        as long as reading the whole archive.

        :param company: ``res.company`` records, all companies by default
        """
        self.env.flush_all()
        companies = company or self._companies()
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
        for one in companies:
            for stream in ged_chain.TABLES:
                problems += self._verify_stream(one, stream)
            problems += self._verify_contents(one)
        return problems

    @api.model
    def _companies(self):
        """Return every company that has, or had, something in the archive."""
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id FROM ged_document UNION"
                " SELECT company_id FROM ged_event UNION"
                " SELECT company_id FROM ged_chain"
            )
        )
        return self.env["res.company"].sudo().browse(sorted(row[0] for row in rows))

    @api.model
    def _verify_stream(self, company, stream):
        problems = []
        number, previous = 0, None
        while True:
            rows = self._read_rows(
                stream,
                SQL(
                    "company_id = %s AND chain_number > %s ORDER BY chain_number LIMIT "
                    "%s",
                    company.id,
                    number,
                    ged_chain.BATCH,
                ),
            )
            for row in rows:
                if row["chain_number"] != number + 1:
                    problems.append(self._gap_problem(stream, number + 1, row))
                elif not self._link_holds(stream, previous, row):
                    problems.append(self._link_problem(stream, row))
                number, previous = row["chain_number"], row["chain_hash"]
            if len(rows) < ged_chain.BATCH:
                break
        head = self.sudo().search(
            [("company_id", "=", company.id), ("stream", "=", stream)]
        )
        if (head.head_number, head.head_hash or None) != (number, previous):
            problems.append(
                ChainProblem(
                    "head",
                    stream,
                    0,
                    company.name,
                    self.env._(
                        "The chain of %(company)s ends at link %(found)s, but link "
                        "%(expected)s was the last one written: the end was removed or "
                        "changed.",
                        company=company.name,
                        found=number,
                        expected=head.head_number,
                    ),
                )
            )
        return problems

    @api.model
    def _link_holds(self, stream, previous, row):
        try:
            return link(previous, build_evidence(stream, row)) == row["chain_hash"]
        except (KeyError, TypeError, ValueError):
            # an unknown format, or a previous hash that is none: not written by us
            return False

    @api.model
    def _gap_problem(self, stream, expected, row):
        return ChainProblem(
            "gap",
            stream,
            row["id"],
            row.get("name") or row.get("event_type"),
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
        return ChainProblem(
            "link",
            stream,
            row["id"],
            row.get("name") or row.get("event_type"),
            self.env._(
                "Row %(id)s does not match link %(number)s of the chain: it was "
                "changed "
                "after it was written.",
                id=row["id"],
                number=row["chain_number"],
            ),
        )

    @api.model
    def _verify_contents(self, company):
        """Re-read every file of ``company`` and compare it with the hash in its row."""
        problems = []
        last_id = 0
        Document = self.env["ged.document"].sudo().with_context(active_test=False)
        while True:
            documents = Document.search(
                [("company_id", "=", company.id), ("id", ">", last_id)],
                order="id",
                limit=100,
            )
            for document in documents:
                problem = document._content_problem()
                if problem:
                    problems.append(
                        ChainProblem(
                            "content", "document", document.id, document.name, problem
                        )
                    )
            last_id = documents[-1:].id
            documents.invalidate_recordset()
            documents.attachment_id.invalidate_recordset()
            if len(documents) < 100:
                return problems
