# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.errors import ArchiveError
from .paper import as_pdfa3

_logger = logging.getLogger(__name__)

BATCH = 100
#: Up to here the button does all of it, in one transaction.
AT_ONCE = 200


class GedDestruction(models.Model):
    """Execution: each step leaves a state from which the next run goes on.

    Lines are worked off in batches, each in one transaction with its journal; when none
    is left the certificate is made and archived together with the state ``executed``.
    So a document is destroyed with its journal entry or not at all, and a list is
    ``executed`` exactly when its certificate exists.
    """

    _inherit = "ged.destruction"

    def _run_now(self):
        """Execute small lists at once, leave big ones to the job."""
        self.ensure_one()
        one = self.sudo()
        one.error = False
        if one.listed_count > AT_ONCE:
            self.env.ref("ged_archive.ir_cron_destruction_execute")._trigger()
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._(
                        "The documents are being destroyed; the certificate will be in "
                        "the archive."
                    ),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        while one._run_step():
            pass
        return self._open()

    @api.model
    def _cron_execute(self):
        """Go on with every list that is being executed; one that fails tells why and
        does not stop the others.
        """
        for one in self.search([("state", "=", "running")], order="id"):
            more = True
            while more:
                try:
                    with self.env.cr.savepoint():
                        more = one._run_step()
                        one.error = False
                except (ArchiveError, UserError) as error:
                    _logger.warning("destruction %s stopped: %s", one.id, error)
                    one.error = str(error)
                    more = False
                if not modules.module.current_test:
                    # each step is complete in itself: a crash loses the current one
                    self.env["ir.cron"]._commit_progress(1, remaining=int(more))

    def _run_step(self):
        """Destroy one batch, or make the certificate; tell whether there is more."""
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state != "running":
            return False
        self._check_executable()
        lines = self.env["ged.destruction.line"].search(
            [("destruction_id", "=", self.id), ("state", "=", "listed")],
            # as made, by id of the documents: what a document is evidence of has a
            # smaller id and leaves first
            order="id",
            limit=BATCH,
        )
        if lines:
            self._destroy_lines(lines)
            return True
        self._finish()
        return False

    def _destroy_lines(self, lines):
        """Destroy what still may be destroyed; what may not (a hold placed or a date
        extended since the approval) is left out with its reason.
        """
        documents = lines.document_id
        self.env.cr.execute(
            SQL(
                "SELECT id FROM ged_document WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                documents.ids,
            )
        )
        documents.invalidate_recordset()
        reasons = documents._destruction_reasons()
        copies = documents._copies_elsewhere()
        for line in lines:
            reason = reasons.get(line.document_id.id)
            if reason:
                line.write({"state": "left_out", "reason": reason})
            else:
                line.write(
                    {
                        "state": "destroyed",
                        "copies": "\n".join(copies.get(line.document_id.id, ())),
                    }
                )
        destroyed = lines.filtered(lambda line: line.state == "destroyed")
        destroyed.document_id._destroy_content(self.name)

    def _finish(self):
        """Archive the certificate, close the list."""
        destroyed = self.line_ids.filtered(lambda line: line.state == "destroyed")
        if destroyed:
            self.certificate_id = self._archive_certificate(destroyed)
        self.state = "executed"
        self.message_post(
            body=self.env._(
                "Executed: %(destroyed)s destroyed, %(left_out)s left out.",
                destroyed=len(destroyed),
                left_out=self.left_out_count,
            )
        )

    # ------------------------------------------------------------------- certificate

    def _check_sealer(self):
        """Refuse to begin what could not be certified in the end."""
        try:
            sealer = self.company_id._ged_get_sealer()
            if sealer:
                sealer.check()
        except ArchiveError as error:
            raise UserError(
                self.env._(
                    "The certificate of destruction could not be sealed: %(error)s. "
                    "Mend the seal profile of %(company)s first.",
                    error=error,
                    company=self.company_id.name,
                )
            ) from error

    def _archive_certificate(self, lines):
        """Return the archived certificate (kind ``evidence``, kept without limit)."""
        pdf = self._render_certificate(lines)
        sealer = self.company_id._ged_get_sealer()
        Document = self.env["ged.document"]
        vals = (
            Document._seal_with_code(sealer, pdf, self.company_id)
            if sealer
            else {"content": pdf}
        )
        return Document._archive(
            [
                {
                    "kind": "evidence",
                    "name": self.name,
                    "filename": f"{self.name.replace('/', '_')}.pdf",
                    "mimetype": "application/pdf",
                    "company_id": self.company_id.id,
                    "document_date": fields.Date.today(),
                    "res_model": self._name,
                    "res_id": self.id,
                    "origin_name": self.display_name,
                    # the proof of what is gone must not go
                    "retention_until": False,
                    "portal_visible": False,
                    **vals,
                }
            ]
        )

    def _render_certificate(self, lines):
        """Return the certificate as PDF/A-3 bytes."""
        lang = self.company_id.partner_id.lang or self.env.lang
        record = self.with_context(lang=lang, tz="UTC")
        html = record.env["ir.qweb"]._render(
            "ged_archive.destruction_certificate",
            {
                "destruction": record,
                "company": record.company_id,
                "lines": lines.with_context(lang=lang, tz="UTC"),
                "left_out": record.line_ids.filtered(
                    lambda line: line.state == "left_out"
                ),
                "steps": record.step_ids,
                "now": fields.Datetime.now(),
                "lang": (lang or "en_US").replace("_", "-"),
            },
        )
        pdf = record.env["ir.actions.report"]._run_wkhtmltopdf(
            [html],
            specific_paperformat_args={
                "data-report-margin-top": 15,
                "data-report-header-spacing": 0,
            },
        )
        return as_pdfa3(
            pdf,
            title=record.env._(
                "Certificate of destruction %(number)s", number=self.name
            ),
            subject=record.env._("Destruction of archived documents"),
            company=self.company_id,
            lang=lang,
        )
