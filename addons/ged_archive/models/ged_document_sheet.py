# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, format_datetime

from ..lib.attachments import Attachment
from ..lib.errors import ArchiveError
from ..lib.hashing import canonical
from .ged_evidence import build_evidence

SHEET_REPORT = "ged_archive.evidence_sheet"
#: Documents on one sheet; more are an export.
MOST = 500
#: Format of the times: whole seconds, as they were hashed.
_MOMENT = "yyyy-MM-dd HH:mm:ss 'UTC'"


class GedDocument(models.Model):
    """The evidence sheet: all that the archive knows of documents, on paper."""

    _inherit = "ged.document"

    def action_evidence_sheet(self):
        """Print the evidence sheet of the selection."""
        self._check_evidence_sheet()
        return self.env.ref("ged_archive.action_evidence_sheet").report_action(
            self, config=False
        )

    def _check_evidence_sheet(self):
        """:raises AccessError: the user does not read documents and journal"""
        if not self.env.su and not self.env.user.has_group(
            "ged_archive.group_ged_user"
        ):
            raise AccessError(
                self.env._("Only readers of the archive print evidence sheets.")
            )
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Select at least one document."))
        if len(self) > MOST:
            raise UserError(
                self.env._(
                    "An evidence sheet holds %(most)s documents at most, %(count)s are "
                    "selected. Make several, or an export.",
                    most=MOST,
                    count=len(self),
                )
            )

    def _render_evidence_sheet(self):
        """Return the PDF of the evidence sheet of these documents, in their order.

        PDF/A-3, sealed by the company where it has a working seal. It shows identity,
        hash, seal, link in the chain, versions, journal and what a verification finds
        now; what was hashed is embedded as ``evidence.jsonl``, one line per link,
        to be recomputed without this program. Each document gets an ``exported`` event.

        Raises ``AccessError`` for who does not read them, ``UserError`` for none or too
        many documents.
        """
        self._check_evidence_sheet()
        company = self.sudo().company_id
        company = company if len(company) == 1 else self.env.company
        sealer, reason = self._evidence_sealer(company)
        sheets = self._evidence_values()
        values = {
            "sheets": sheets,
            "company": company.sudo(),
            "made_at": self._evidence_moment(fields.Datetime.now()),
            "made_by": self.env.user.name,
            "signer": sealer and sealer.certificate.subject,
            "no_seal": reason,
            "lang": (self.env.lang or "en_US").replace("_", "-"),
        }
        pdf = self._evidence_draw(values)
        pdf = self._evidence_finish(pdf, company, sealer)
        self._record_event("exported", detail=self.env._("Evidence sheet"))
        return pdf

    # -- the paper --------------------------------------------------------------------

    def _evidence_draw(self, values):
        """Draw the HTML; the page holds its styles, nothing is fetched."""
        qweb = self.env["ir.qweb"]
        body = qweb._render("ged_archive.evidence_sheet", values)
        footer = qweb._render("ged_archive.evidence_sheet_footer", values)
        return self.env["ir.actions.report"]._ged_draw_paper(
            body, footer=footer, report_ref=SHEET_REPORT
        )

    def _evidence_finish(self, pdf, company, sealer):
        # slow to import: only those who print pay for it
        from .paper import as_pdfa3

        names = self.sudo().mapped("display_name")
        title = self.env._(
            "Evidence sheet: %(documents)s", documents=", ".join(names[:3])
        )
        attachment = Attachment(
            name="evidence.jsonl",
            data=self._evidence_lines(),
            mimetype="application/json",
            relationship="Data",
            description=self.env._("What was hashed, one line per link"),
        )
        converted = as_pdfa3(
            pdf,
            title=title + ("…" if len(names) > 3 else ""),
            subject=self.env._("Evidence from the archive"),
            company=company,
            lang=self.env.lang,
            attachment=attachment,
        )
        return sealer.seal(converted).data if sealer else converted

    def _evidence_sealer(self, company):
        """Return ``(sealer, None)``, or ``(None, why not)`` in words."""
        try:
            sealer = company._ged_get_sealer()
            if sealer:
                sealer.check()
                return sealer, None
        except (ArchiveError, UserError) as error:
            return None, str(error)
        return None, self.env._("the company has no seal")

    # -- what is on it ----------------------------------------------------------------

    def _evidence_rows(self, stream, where):
        """Return ``[(row as stored, hash of the link before)]``."""
        self.env.flush_all()
        Chain = self.env["ged.chain"].sudo()
        rows = Chain._read_rows(stream, SQL("%s ORDER BY id", where))
        previous = Chain._previous_hashes(stream, [row["id"] for row in rows])
        return [(row, previous.get(row["id"])) for row in rows]

    def _evidence_lines(self):
        """Return the embedded file: JSON lines with the exact text that was hashed."""
        lines = []
        for stream, where in (
            ("document", SQL("id = ANY(%s)", self.ids)),
            ("event", SQL("document_id = ANY(%s)", self.ids)),
        ):
            for row, previous in self._evidence_rows(stream, where):
                lines.append(
                    canonical(
                        {
                            "stream": stream,
                            "chain_number": row["chain_number"],
                            "chain_hash": row["chain_hash"],
                            "previous_hash": previous
                            or ("0" * 64 if row["chain_number"] == 1 else None),
                            "evidence": canonical(build_evidence(stream, row)).decode(),
                        }
                    )
                )
        return b"\n".join([*lines, b""])

    def _evidence_values(self):
        """Return what the sheet of each document shows, in their order."""
        rows = {
            row["id"]: (row, previous)
            for row, previous in self._evidence_rows(
                "document", SQL("id = ANY(%s)", self.ids)
            )
        }
        events = {document.id: [] for document in self}
        for event in (
            self.env["ged.event"]
            .sudo()
            .search([("document_id", "in", self.ids)], order="id")
        ):
            events[event.document_id.id].append(event)
        return [
            document.sudo()._evidence_sheet_values(
                *rows[document.id], events[document.id]
            )
            for document in self
        ]

    def _evidence_sheet_values(self, row, previous, events):
        """Return what the template shows of one document (as superuser)."""
        self.ensure_one()
        problems, anchored_at = self._evidence_verification()
        labels = dict(
            self.env["ged.event"]._fields["event_type"]._description_selection(self.env)
        )
        code = self.verify_code
        versions = self.search(
            [("id", "in", (self._evidence_versions() | self).ids)], order="version"
        )
        return {
            "document": self,
            "date": format_date(self.env, self.document_date),
            "archived_at": self._evidence_moment(self.archived_at),
            "sealed_at": self._evidence_moment(self.sealed_at),
            "level_now": self._public_level(),
            "destroyed": self._is_destroyed(),
            "problems": problems,
            "evidence": canonical(build_evidence("document", row)).decode(),
            "previous_hash": previous
            or ("0" * 64 if row["chain_number"] == 1 else None),
            "chain_number": row["chain_number"],
            "chain_hash": row["chain_hash"],
            "anchored_at": self._evidence_moment(anchored_at),
            "anchored_by": self._anchor_words(self._first_anchor()),
            "versions": [
                (one, self._evidence_moment(one.archived_at)) for one in versions
            ],
            "code": self.verify_code_shown,
            "page": self._verify_url(self.company_id),
            "qr": code and self._verify_qr_uri(self.company_id, code, 240),
            "events": [
                {
                    "number": event.chain_number or "–",
                    "at": self._evidence_moment(event.at),
                    "what": labels.get(event.event_type, event.event_type),
                    "who": event.user_name or "",
                    "ip": event.ip or "",
                    "detail": event.detail or "",
                    "hash": event.chain_hash or "",
                }
                for event in events
            ],
        }

    def _evidence_versions(self):
        """Return all versions before and after this one."""
        versions = self
        while versions[:1].predecessor_id:
            versions = versions[:1].predecessor_id | versions
        while versions[-1:].successor_ids:
            versions |= versions[-1:].successor_ids
        return versions

    def _evidence_verification(self):
        """Return ``(problems in words, time of the anchor or None)`` as found now."""
        report = self._verify_report()
        return report["problems"], report["anchored_at"]

    def _evidence_moment(self, moment):
        """Write a time of the archive in UTC, as it was hashed."""
        return moment and format_datetime(self.env, moment, tz="UTC", dt_format=_MOMENT)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS base: the sheet is sealed PDF/A, and only for readers of the documents
        if self._get_report(report_ref).report_name == SHEET_REPORT:
            documents = self.env["ged.document"].browse(res_ids or [])
            return documents._render_evidence_sheet(), "pdf"
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_html(self, report_ref, docids, data=None):
        # EXTENDS base: there is no such sheet without its seal
        if self._get_report(report_ref).report_name == SHEET_REPORT:
            raise UserError(self.env._("The evidence sheet is a PDF file only."))
        return super()._render_qweb_html(report_ref, docids, data=data)
