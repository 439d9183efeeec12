# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import models
from odoo.tools import format_datetime

from odoo.addons.ged_archive.lib.attachments import Attachment
from odoo.addons.ged_archive.lib.errors import ArchiveError
from odoo.addons.ged_archive.lib.hashing import canonical

from ..lib import evidence_file

_logger = logging.getLogger(__name__)

REPORT = "demat_quote_sign.evidence"
#: Times on paper: UTC, whole seconds, as they were hashed.
MOMENT = "yyyy-MM-dd HH:mm:ss 'UTC'"


class DematSignRequest(models.Model):
    """The evidence file: all that proves who signed what, and how to check it."""

    _inherit = "demat.sign.request"

    def _finish(self):
        """Archive the evidence file of a signed request, once.

        A file that cannot be drawn now does not take the signatures back: the job tries
        again, and the sales person is told, once.
        """
        self.ensure_one()
        request = self.sudo().with_company(self.sudo().company_id)
        if request.evidence_document_id or request.state != "signed":
            return
        try:
            with self.env.cr.savepoint():
                request._archive_evidence()
        except Exception as error:
            # whatever the drawing program or the disk does to it
            _logger.exception("%s: the evidence file could not be made", request.name)
            request.invalidate_recordset()
            env = request._for_sender().env
            request._ask_sender(
                env._("The evidence file could not be made yet"), str(error), once=True
            )

    def _finish_late(self):
        """Make the evidence file that could not be made when the last one signed."""
        self.ensure_one()
        if not self._demat_try_lock():
            return  # another process makes it
        self.invalidate_recordset()
        if self.evidence_document_id:
            return
        self._finish()
        if self.evidence_document_id:
            request = self.sudo().with_context(lang=self.lang)
            request._post_files(
                request.evidence_document_id,
                request.env._(
                    "The evidence file of %(request)s is there now.", request=self.name
                ),
            )

    def _archive_evidence(self):
        request = self.with_context(lang=self.lang)
        file = request._make_evidence()
        (document,) = self.env["ged.document"]._archive(
            [
                {
                    **self._prepare_frozen_vals(file),
                    "kind": "evidence",
                    "name": self.name,
                    "filename": request._evidence_filename(),
                    "predecessor_id": False,
                    "subject_id": self.signed_document_id.id,
                    # the customer is a party to the contract that it proves
                    "portal_visible": True,
                }
            ]
        )
        self.evidence_document_id = document.id

    def _evidence_filename(self):
        name = self.name.replace("/", "-")
        request = self.with_context(lang=self.lang)
        return request.env._("%(request)s-evidence.pdf", request=name)

    # -- the paper --------------------------------------------------------------------

    def _make_evidence(self):
        """Return the keys ``seal`` or ``content`` of the archive: the paper."""
        # slow to import: only processes that make papers pay for it
        from odoo.addons.ged_archive.models.paper import as_pdfa3

        company = self.company_id
        sealer = self._evidence_sealer()
        signed = self.signed_document_id
        values = self._evidence_values(sealed=bool(sealer))
        pdf = as_pdfa3(
            self._draw_evidence(values),
            title=values["title"],
            subject=self.env._("Evidence of the signature of %s", self.order_id.name),
            company=company,
            lang=self.lang,
            others=(
                Attachment(
                    name=evidence_file.JSON_NAME,
                    data=evidence_file.dump(self._evidence_data()),
                    mimetype="application/json",
                    relationship="Data",
                    description=self.env._("The evidence, to be read by a machine"),
                ),
                Attachment(
                    name=signed.filename,
                    data=signed._get_content(),
                    mimetype="application/pdf",
                    relationship="Source",
                    description=self.env._("The signed document"),
                ),
            ),
        )
        return {"seal": sealer.seal(pdf)} if sealer else {"content": pdf}

    def _evidence_sealer(self):
        """Return the sealer of the company, or None where it has none that works."""
        try:
            sealer = self.company_id._ged_get_sealer()
            if sealer:
                sealer.check()
            return sealer
        except ArchiveError as error:
            _logger.warning("%s: evidence without seal: %s", self.name, error)
            return None

    def _draw_evidence(self, values):
        """Draw the HTML; the page holds its styles, nothing is fetched."""
        qweb = self.env["ir.qweb"]
        body = qweb._render(REPORT, values)
        footer = qweb._render("demat_quote_sign.evidence_footer", values)
        return self.env["ir.actions.report"]._ged_draw_paper(
            body, footer=footer, report_ref=REPORT
        )

    # -- what is in it ----------------------------------------------------------------

    def _evidence_data(self):
        """Return what ``evidence.json`` holds."""
        order, terms = self.order_id, self.terms_id
        return {
            "request": self.name,
            "level": self.level,
            "company": {
                "name": self.company_id.name,
                "registry": self.company_id.company_registry or None,
                "vat": self.company_id.vat or None,
            },
            "customer": self.partner_id.display_name,
            "site": self.project_id.display_name or None,
            "quote": {
                "number": order.name,
                "total": str(self.amount_total),
                "currency": self.currency_id.name,
                "digest": self.order_digest,
            },
            "frozen": self._evidence_file_data(self.document_id),
            "signed": self._evidence_file_data(self.signed_document_id),
            "signatories": [one._evidence_data() for one in self.signatory_ids],
            "terms": terms
            and {
                "name": terms.name,
                "version": terms.version,
                "sha256": terms.sha256,
                "text": str(terms.body or ""),
            }
            or None,
            "journal": evidence_file.journal(
                (
                    event.number,
                    event.previous_hash,
                    canonical(event._evidence()).decode(),
                    event.chain_hash,
                )
                for event in self.event_ids.sorted("number")
            ),
        }

    def _evidence_file_data(self, document):
        return {
            "file": document.filename,
            "size": document.size,
            "sha256": document.sha256,
            "archived_at": document.archived_at,
            "seal": document.seal_level,
            "certificate_sha256": document.seal_fingerprint or None,
        }

    def _evidence_values(self, *, sealed):
        """Return what the template shows."""
        labels = dict(
            self.env["demat.sign.event"]
            ._fields["type"]
            ._description_selection(self.env)
        )
        signatories = self.signatory_ids
        title = self.env._("Evidence of signature %s", self.name)
        return {
            "record": self,
            "company": self.company_id,
            "title": title,
            "subtitle": " · ".join((self.company_id.name, self.env._("Evidence file"))),
            "heading": self.env._(
                "%(quote)s signed by %(names)s",
                quote=self.order_id.name,
                names=", ".join(signatories.mapped("name")),
            ),
            "footer": f"{title} · {self.company_id.name}",
            "lang": (self.lang or "en_US").replace("_", "-"),
            "accent": self._accent(),
            "legal": self._legal_words(),
            "tools": self._tool_words(),
            "result": self._result_words(sealed=sealed),
            "facts": self._evidence_facts(),
            "people": [one._evidence_card() for one in signatories],
            "terms": self.terms_id,
            "checks": self._evidence_checks(sealed=sealed),
            "events": [
                {
                    "number": event.number,
                    "moment": self._utc(event.moment),
                    "what": labels.get(event.type, event.type),
                    "who": event.signatory_id.name
                    or event.user_id.filtered(lambda user: not user.share).name
                    or "",
                    "ip": event.ip or "",
                    "detail": event.detail or "",
                    "hash": event.chain_hash,
                }
                for event in self.event_ids.sorted("number")
            ],
        }

    def _utc(self, moment):
        return moment and format_datetime(self.env, moment, tz="UTC", dt_format=MOMENT)

    def _evidence_facts(self):
        """Lines ``(label, value, is a hash)`` of the document."""
        env, frozen, signed = self.env, self.document_id, self.signed_document_id
        facts = [
            *((label, value, False) for label, value in self._signature_page_facts()),
            (env._("Shown to everybody"), frozen.filename, False),
            (env._("Archived"), self._utc(frozen.archived_at), False),
            (env._("Size in bytes"), str(frozen.size), False),
            (env._("SHA-256 shown"), frozen.sha256, True),
            (env._("Signed document"), signed.filename, False),
            (env._("SHA-256 signed"), signed.sha256, True),
        ]
        if signed.seal_level != "none":
            facts += [
                (env._("Sealed with the certificate"), signed.seal_signer, False),
                (env._("SHA-256 of the certificate"), signed.seal_fingerprint, True),
                (env._("Level of the seal"), f"PAdES {signed.seal_level}", False),
            ]
        return facts
