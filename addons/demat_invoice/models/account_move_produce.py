# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.ged_archive.lib import errors as lib_errors
from odoo.addons.ged_archive.lib import facturx
from odoo.addons.ged_archive.lib.seal import SealResult
from odoo.addons.ged_archive.lib.xmp import DocumentInfo

from ..lib import states
from ..lib.memory import Memory

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """Why one invoice could not be made: machine code, words, trace for the admin."""

    code: str
    text: str
    trace: str | None = None


class AccountMove(models.Model):
    _inherit = "account.move"

    # -- making the file --------------------------------------------------------------

    def _demat_produce(self):
        """Render, embed and seal the invoices of one company.

        The rules of the electronic invoice are checked in their own process while the
        renderer draws: two processors, no waiting.

        :return: ``({move: SealResult}, {move: Failure})``
        """
        sealer, failure = self._demat_get_sealer()
        if failure:
            return {}, dict.fromkeys(self, failure)
        exported, failures = self._demat_export()
        schematron = self.env["res.company"]._ged_use_schematron()
        produced = {}
        with ThreadPoolExecutor(max_workers=1) as checker:
            checks = {
                move: checker.submit(facturx.check_cii, xml, schematron=schematron)
                for move, xml in exported.items()
            }
            rendered, bad = self.browse([move.id for move in exported])._demat_render()
            failures.update(bad)
            for move, pdf in rendered.items():
                result = move._demat_guarded(
                    lambda m=move, p=pdf: m._demat_seal(
                        p, exported[m], checks[m].result(), sealer
                    )
                )
                if isinstance(result, Failure):
                    failures[move] = result
                else:
                    produced[move] = result
        return produced, failures

    def _demat_export(self):
        """Return ``({move: CII XML}, {move: Failure})``, made by the host."""
        exported, failures = {}, {}
        # the host asks for each line of each invoice
        self.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        for move in self.with_context(demat_unece=Memory()):
            result = move._demat_guarded(move._demat_export_xml)
            (failures if isinstance(result, Failure) else exported)[move] = result
        return exported, failures

    def _demat_get_sealer(self):
        """Return ``(Sealer, None)`` of the company of these invoices, or why not."""
        company = self.company_id
        try:
            sealer = company._ged_get_sealer()
            if sealer is None:
                raise lib_errors.SealError(
                    self.env._("The company %(name)s has no seal.", name=company.name)
                )
            sealer.check()
        except (lib_errors.ArchiveError, UserError) as error:
            return None, Failure("seal", str(error))
        return sealer, None

    def _demat_render(self):
        """Draw the PDF files with the host's report, all in one run if possible.

        :return: ``({move: bytes}, {move: Failure})``
        """
        result = self._demat_guarded(self._demat_render_together, quiet=len(self) > 1)
        if not isinstance(result, Failure):
            return result, {}
        if len(self) == 1:
            return {}, {self: result}
        rendered, failures = {}, {}
        for move in self:
            good, bad = move._demat_render()
            rendered.update(good)
            failures.update(bad)
        return rendered, failures

    def _demat_render_together(self):
        sender = self.env["account.move.send"].with_context(
            demat_drawing=True, skip_invoice_sync=True
        )
        data = {
            move: {"pdf_report": sender._get_default_pdf_report_id(move)}
            for move in self
        }
        sender._prepare_invoice_pdf_report(data)
        return {
            move: values["pdf_attachment_values"]["raw"]
            for move, values in data.items()
        }

    def _demat_seal(self, pdf, xml, problems, sealer):
        """Turn a drawn PDF into the sealed Factur-X PDF/A-3 of this invoice.

        :param pdf: bytes of the drawing
        :param xml: bytes of the CII XML
        :param problems: what ``facturx.check_cii`` found in it
        :param sealer: ``ged_archive.lib.seal.Sealer``
        :return: ``SealResult``
        :raises InvalidXmlError: the electronic invoice breaks a rule
        :raises InvalidDocumentError: the PDF cannot be made PDF/A-3
        :raises SealError: the seal cannot be set
        """
        self.ensure_one()
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise lib_errors.InvalidXmlError(
                self.env._("The electronic invoice breaks the rules of EN 16931."),
                errors,
            )
        info = DocumentInfo(
            title=self.name,
            author=self.company_id.name,
            subject=self.env._(
                "Invoice %(name)s of %(date)s",
                name=self.name,
                date=fields.Date.to_string(self.invoice_date),
            ),
            lang=(self.partner_id.lang or "fr_FR").replace("_", "-"),
            created=datetime.now(UTC),
        )
        files = self._demat_embedded_files()
        conversion = facturx.convert_with_xml(pdf, xml, info, others=files)
        if conversion.obstacles:
            raise lib_errors.InvalidDocumentError("\n".join(conversion.obstacles))
        return sealer.seal(conversion.data, mark=self._demat_seal_mark())

    def _demat_export_xml(self):
        """Return the CII XML of this invoice, not yet checked.

        :raises UserError: the host misses something for it
        """
        xml, missing = self._demat_draft_xml()
        if missing:
            raise UserError("\n".join(sorted(missing)))
        return xml

    # -- keeping the file -------------------------------------------------------------

    def _demat_publish(self, produced):
        """Archive, attach and mark as sent, together; one by one if that fails.

        :param produced: ``{move: SealResult}``
        :return: ``{move: Failure}``
        """
        if not produced:
            return {}
        moves = self.browse([move.id for move in produced])
        result = moves._demat_guarded(
            lambda: moves._demat_publish_together(produced), quiet=len(moves) > 1
        )
        if not isinstance(result, Failure):
            return {}
        if len(moves) == 1:
            return {moves: result}
        failures = {}
        for move in moves:
            failures.update(self._demat_publish({move: produced[move]}))
        return failures

    def _demat_publish_together(self, produced):
        documents = self.env["ged.document"]._archive(
            [move._demat_prepare_document_vals(produced[move]) for move in self]
        )
        documents._record_event("sent")
        by_move = dict(zip(self.ids, documents, strict=True))
        attachments = self._demat_attach(
            {m: (by_move[m.id].filename, produced[m].data) for m in self}
        )
        exchanges = self._demat_open_exchanges()
        exchanges.filtered(lambda row: row.channel == "ged")._mark_sending()
        for exchange in exchanges:
            document = by_move[exchange.res_id]
            exchange.document_id = document
            if exchange.channel == "ged":
                exchange._mark_done(
                    external_id=document.sha256,
                    report=self._demat_archive_report(document),
                )
            elif exchange.channel == "none":
                exchange._mark_done()
        now = fields.Datetime.now()
        self._demat_move_to(
            "publish", states.SENT, is_dematerialised=True, demat_sent_date=now
        )
        for move in self:
            move._demat_write(
                {
                    "access_token": move.access_token or str(uuid.uuid4()),
                    "demat_document_id": by_move[move.id].id,
                    "is_move_sent": True,
                    "message_main_attachment_id": attachments[move].id,
                }
            )
        self._message_log_batch(
            {move.id: move._demat_sent_note(by_move[move.id]) for move in self}
        )

    def _demat_open_exchanges(self):
        """Return the exchanges that this sending carries out, all pending.

        That of the archive cannot be cancelled: what is sent is archived.
        """
        exchanges = (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "in", ("pending", "cancelled")),
                ]
            )
        )
        cancelled = exchanges.filtered(lambda row: row.state == "cancelled")
        again = cancelled.filtered(lambda row: row.channel == "ged")
        again._mark_pending()
        return exchanges - (cancelled - again)

    def _demat_prepare_document_vals(self, sealed: SealResult):
        """Return the values of the archive row of this invoice."""
        self.ensure_one()
        kind = "credit_note" if self.move_type == "out_refund" else "invoice"
        return {
            "company_id": self.company_id.id,
            "kind": kind,
            "name": self.name,
            "filename": self._get_invoice_report_filename(),
            "mimetype": "application/pdf",
            "content": sealed.data,
            "partner_id": self.commercial_partner_id.id,
            "site_name": self.sudo().project_id.display_name or False,
            "project_id": self.project_id.id,
            "document_date": self.invoice_date,
            "res_model": self._name,
            "res_id": self.id,
            "origin_name": self.display_name,
            "predecessor_id": self.demat_document_id.id,
            "seal": sealed,
        }

    def _demat_attach(self, contents):
        """Make the sealed bytes the host's official PDF of each invoice.

        :param contents: ``{move: (name of the file, bytes)}``
        :return: ``{move: ir.attachment}``
        """
        if self.invoice_pdf_report_id:
            # a file made by the host before, or the version before a reopening
            self._detach_attachments()
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": contents[move][0],
                        "raw": contents[move][1],
                        "mimetype": "application/pdf",
                        "res_model": move._name,
                        "res_id": move.id,
                        "res_field": "invoice_pdf_report_file",
                        "public": False,
                    }
                    for move in self
                ]
            )
        )
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        return dict(zip(self, attachments, strict=True))

    def _demat_archive_report(self, document):
        """Return the readable report of the exchange with the archive (seed 001)."""
        return self.env["ir.qweb"]._render(
            "demat_invoice.exchange_report_archive", {"document": document}
        )

    def _demat_sent_note(self, document):
        """Return the words for the chatter."""
        self.ensure_one()
        note = self.env._(
            "Sent: version %(version)s archived under number %(number)s, seal %(level)s"
            " of %(signer)s.",
            version=document.version,
            number=document.id,
            level=document.seal_level,
            signer=document.seal_signer,
        )
        if document.seal_note:
            note += " " + document.seal_note
        return note

    # -- what went wrong --------------------------------------------------------------

    def _demat_guarded(self, step, *, quiet=False):
        """Run one step in a savepoint and turn what goes wrong into a ``Failure``.

        Errors of the database that the caller must see (serialization) rise.

        :param quiet: the step is done again one by one, do not log now
        """
        try:
            with self.env.cr.savepoint():
                return step()
        except lib_errors.InvalidXmlError as error:
            lang = self.env.lang or "en"
            lines = [
                f"{problem.rule} – {problem.label(lang)}: {problem.message}"
                for problem in error.problems
            ]
            return Failure("xml", "\n".join([str(error), *lines]))
        except lib_errors.InvalidDocumentError as error:
            return Failure("document", str(error))
        except lib_errors.SealError as error:
            return Failure("seal", str(error))
        except lib_errors.ArchiveError as error:
            # the checker of the rules is a process of its own: it may be back later
            return Failure("checker", str(error))
        except (UserError, RedirectWarning) as error:
            return Failure("refused", str(error.args[0]))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if self.env.cr._cnx.closed:
                raise  # the database is gone: not the fault of these invoices
            if not quiet:
                _logger.warning(
                    "The invoices %s could not be sent", self.ids, exc_info=True
                )
            return Failure(
                "internal",
                self.env._("Unexpected error: %(text)s", text=error),
                traceback.format_exc(),
            )

    def _demat_give_back(self, failures):
        """Return the invoices that could not be made to ``ready``, with their cause."""
        for move, failure in failures.items():
            exchanges = (
                move.env["demat.exchange"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", move._name),
                        ("res_id", "=", move.id),
                        ("state", "=", "pending"),
                    ]
                )
            )
            for exchange in exchanges:
                if exchange.channel == "ged":
                    exchange._mark_sending()
                    exchange._mark_failed(failure.code, failure.text, failure.trace)
                else:
                    exchange._mark_cancelled(
                        move.env._("The document could not be made.")
                    )
            move._demat_move_to(
                "give_back",
                states.READY,
                reason=failure.text[:200],
                demat_error=failure.text,
            )
            move._message_log(body=move.env._("Not sent: %(why)s", why=failure.text))
