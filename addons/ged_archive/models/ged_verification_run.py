# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import logging

from odoo import api, fields, models, modules
from odoo.tools import SQL

from .alive import alive
from .ged_chain import CONTENTION
from .ged_verification import OPEN

_logger = logging.getLogger(__name__)

#: First key of the advisory locks that living workers hold on their verification.
LOCK_CLASS = 0x6765645F  # "ged_"
#: A slice that fails this often stops the verification.
ATTEMPTS = 3
#: Step after the last one of the verification itself.
REPORT = "report"


class GedVerification(models.Model):
    """The job: slices, one transaction each."""

    _inherit = "ged.verification"

    @api.model
    def _cron_verify(self):
        """Go on with what waits or was left by a crash, as long as the run may last.

        The host calls again while something remains.
        """
        held = self.browse()
        while job := self.sudo().search(
            [("state", "in", OPEN), ("id", "not in", held.ids)], order="id", limit=1
        ):
            with alive(self.env.cr, LOCK_CLASS, job.id) as mine:
                if not mine:
                    # another worker has it
                    held |= job
                    continue
                while job._advance_or_fail():
                    if not self._commit_slice(1):
                        return
                if not self._commit_slice(0):
                    return

    @api.model
    def _commit_slice(self, remaining):
        """Commit; return the seconds left for this run. Inert in tests."""
        if modules.module.current_test:
            return 1
        return self.env["ir.cron"]._commit_progress(1, remaining=remaining)

    def _advance_or_fail(self):
        """Do one slice; return whether there is more to do."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._advance()
        except CONTENTION:
            # somebody cancelled in between, say: look again
            self._start_again()
        except Exception as error:
            _logger.exception("verification %s: slice of %s failed", self.id, self.step)
            self._start_again()
            self._count_failure(error)
        self.invalidate_recordset()
        return self.state in OPEN

    def _start_again(self):
        if not modules.module.current_test:
            self.env.cr.rollback()
        self.env.invalidate_all(flush=False)

    def _count_failure(self, error):
        values = {"attempts": self.attempts + 1}
        if values["attempts"] >= ATTEMPTS:
            values |= {
                "state": "failed",
                "ended_at": fields.Datetime.now(),
                "error": self.env._(
                    "Stopped at step “%(step)s”: %(error)s. Nothing is said about what "
                    "was not read. Start it again; if it stops again, see the log of "
                    "the server.",
                    step=self.step,
                    error=str(error) or type(error).__name__,
                ),
            }
        self.write(values)
        if self.state == "failed":
            self._raise_alert()

    def _advance(self):
        """Do the next slice and store the place reached; nothing is committed here."""
        # whoever cancels waits for the end of the slice, and we see what he did
        [[state]] = self.env.execute_query(
            SQL("SELECT state FROM ged_verification WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset()
        if state not in OPEN:
            return
        job = self.with_context(lang=self.lang or self.env.lang)
        if state == "waiting":
            job._begin()
        if self.step == REPORT:
            job._finish()
            return
        part = job.env["ged.chain"]._verify_slice(
            self.step,
            self.company_id.id,
            json.loads(self.cursor or "{}"),
            self._scope_sql(),
        )
        job._store_problems(part.problems)
        step = self.step
        if part.cursor is None:
            steps = [*self._steps(), REPORT]
            step = steps[steps.index(self.step) + 1]
        self.write(
            {
                "step": step,
                "cursor": json.dumps(part.cursor or {}),
                "document_done": self.document_done + part.documents,
                "link_done": self.link_done + part.links,
                "size_done": self.size_done + part.size,
                "attempts": 0,
            }
        )
        self.flush_recordset()

    def _begin(self):
        """Count what there is to do, for the progress."""
        [[documents, size]] = self.env.execute_query(
            SQL(
                "SELECT count(*), coalesce(sum(size), 0) FROM ged_document d"
                " WHERE company_id = %s AND %s",
                self.company_id.id,
                self._scope_sql(),
            )
        )
        [[events]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM ged_event e JOIN ged_document d"
                " ON d.id = e.document_id WHERE d.company_id = %s AND %s",
                self.company_id.id,
                self._scope_sql(),
            )
        )
        self.write(
            {
                "state": "running",
                "started_at": fields.Datetime.now(),
                "step": self._steps()[0],
                "cursor": "{}",
                "document_total": documents,
                "size_total": size,
                "link_total": documents + events,
            }
        )

    def _store_problems(self, problems):
        """Write a line for each problem, and a ``failed`` event on each document, once
        per verification.
        """
        if not problems:
            return
        told = set(self.line_ids.document_id.ids)
        Document = self.env["ged.document"].sudo()
        existing = Document.browse(
            {problem.document_id for problem in problems if problem.document_id}
        ).exists()
        lines = self.env["ged.verification.line"].sudo()
        lines.create(
            [
                lines._prepare_line(self, problem, problem.document_id in existing.ids)
                for problem in problems
            ]
        )
        self.problem_count += len(problems)
        first = {}
        for problem in problems:
            first.setdefault(problem.document_id, problem.message)
        failing = existing.filtered(lambda document: document.id not in told)
        failing._record_events("failed", [first[document.id] for document in failing])

    def _finish(self):
        self.write({"state": "done", "ended_at": fields.Datetime.now(), "step": False})
        self.report_id = self._archive_report()
        self._raise_alert()
        self.flush_recordset()

    @api.model
    def _record_finding(self, document, problems):
        """Keep what the verification of one document found, as a verification that is
        done: lines, ``failed`` event and alert are the same. Returns it.
        """
        now = fields.Datetime.now()
        one = self.sudo().create(
            {
                "company_id": document.sudo().company_id.id,
                "scope": "selection",
                "document_ids": [(6, 0, document.ids)],
                "state": "done",
                "started_at": now,
                "ended_at": now,
                "document_total": 1,
                "document_done": 1,
                "lang": self.env.lang,
                "user_id": self.env.uid,
            }
        )
        one._store_problems(problems)
        one._raise_alert()
        return one

    # --------------------------------------------------------------------- report

    def _archive_report(self):
        """Make the report and archive it as evidence; return the document.

        A report that cannot be drawn does not take the findings away: it is archived as
        the page it would have been printed from.
        """
        self.ensure_one()
        # bound to the job's language, and not through the access of a user
        report = self.env["ir.actions.report"].sudo()
        content, kind = report._render_qweb_pdf(
            "ged_archive.ged_verification_action_report", res_ids=self.ids
        )
        if isinstance(content, str):
            content = content.encode()
        vals = {"content": content}
        if kind == "pdf":
            vals = self._finish_report(content)
        day = fields.Date.to_string(self.ended_at)
        return (
            self.env["ged.document"]
            .sudo()
            ._archive(
                [
                    {
                        "kind": "evidence",
                        "name": f"VERIFICATION/{day}/{self.id}",
                        "filename": f"verification_{day}_{self.id}.{kind}",
                        **vals,
                        "company_id": self.company_id.id,
                        "document_date": fields.Date.to_date(self.ended_at),
                        "portal_visible": False,
                        "res_model": self._name,
                        "res_id": self.id,
                        "origin_name": self.display_name,
                    }
                ]
            )
        )

    def _finish_report(self, pdf):
        """Return the values of the archived file: PDF/A-3, sealed by the company where
        it has a working seal.
        """
        # slow to import: only a verification that ends pays for it
        from .paper import as_pdfa3

        paper = as_pdfa3(
            pdf,
            title=self.env._("Verification of the archive, %s", self.display_name),
            subject=self.env._("Evidence from the archive"),
            company=self.company_id,
            lang=self.env.lang,
        )
        Document = self.env["ged.document"]
        sealer, _reason = Document._evidence_sealer(self.company_id)
        if not sealer:
            return {"content": paper}
        return Document._seal_with_code(sealer, paper, self.company_id)
