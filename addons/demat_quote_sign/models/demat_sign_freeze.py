# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.ged_archive.lib import errors as lib_errors
from odoo.addons.ged_archive.models.paper import as_pdfa3

#: The host's own quote.
REPORT = "sale.action_report_saleorder"


class DematSignRequest(models.Model):
    """The frozen document: drawn once, sealed, archived. These bytes are what every
    signatory is shown and what he signs."""

    _inherit = "demat.sign.request"

    def _freeze(self):
        """Draw, seal and archive the quote.

        Repeatable: a second call (options were chosen) makes the next version; the
        first stays in the archive as its predecessor.

        :raise UserError: the seal of the company cannot be used, or the drawing failed
        """
        self.ensure_one()
        request = self.sudo().with_company(self.company_id)
        digest = request.order_id._demat_sign_digest()
        for position, signatory in enumerate(request.signatory_ids, start=1):
            signatory.field_name = f"Signatory{position}"
        # first: the page of signatures shows them, now and in the evidence file
        request.write(
            {
                "quote_date": request.order_id.date_order,
                "amount_total": request.order_id.amount_total,
                "currency_id": request.order_id.currency_id.id,
            }
        )
        document = self.env["ged.document"].browse(
            request.env["ged.document"]
            ._archive([request._prepare_frozen_vals(request._make_frozen())])
            .id
        )
        previous = request.document_id
        request.write(
            {
                "document_id": document.id,
                "frozen_sha256": document.sudo().sha256,
                "order_digest": digest,
            }
        )
        if previous:
            previous._set_portal_visible(
                False, self.env._("Replaced by the next version.")
            )
        self._record_event("frozen", detail=f"SHA-256 {request.frozen_sha256}")

    def _make_frozen(self):
        """Return the keys ``content`` or ``seal`` of the archive: the finished file."""
        company = self.company_id
        title = self.order_id.name
        pdf = as_pdfa3(
            self._draw(),
            title=title,
            subject=self.env._("Quote %(name)s to be signed", name=title),
            company=company,
            lang=self.lang,
        )
        try:
            sealer = company._ged_get_sealer()
            prepared = self._add_signature_page(pdf, sealed=bool(sealer))
            if sealer is None:
                return {"content": prepared}
            sealer.check()
            return {"seal": self._seal_frozen(prepared, sealer)}
        except lib_errors.ArchiveError as error:
            raise UserError(
                self.env._(
                    "%(quote)s could not be sealed: %(why)s Check the seal of the "
                    "company in Settings, Archive.",
                    quote=title,
                    why=error,
                )
            ) from error

    def _draw(self):
        """Return the PDF of the host's report, in the language of the customer."""
        report = self.env["ir.actions.report"].with_context(
            lang=self.lang, tz=self.company_id._demat_sign_zone(), demat_drawing=True
        )
        pdf, kind = report._render_qweb_pdf(REPORT, self.order_id.ids)
        if kind != "pdf":
            raise UserError(
                self.env._(
                    "%(quote)s could not be drawn as PDF: tell the administrator, "
                    "wkhtmltopdf is missing.",
                    quote=self.order_id.name,
                )
            )
        return pdf

    def _until_words(self, lang_code=None):
        """Last day to sign, as the customer reads it: on the clock of the company.

        :param lang_code: of another reader
        """
        env = self.with_context(tz=self.company_id._demat_sign_zone()).env
        return format_date(env, self.expires_on, lang_code=lang_code or self.lang)

    def _seal_frozen(self, pdf, sealer):
        """Seal for signatures to come: filling the fields stays allowed.

        :return: ``ged_archive.lib.seal.SealResult``
        """
        return sealer.seal(pdf, form_filling=True)

    def _prepare_frozen_vals(self, file):
        """Return the values of the archive row of the frozen quote."""
        order = self.order_id
        # a field of the addon of invoices, which may not be there
        has_site = "project_id" in self.env["ged.document"]._fields
        return {
            **file,
            **({"project_id": self.project_id.id} if has_site else {}),
            "company_id": self.company_id.id,
            "kind": "quote",
            "name": order.name,
            "filename": f"{order.name.replace('/', '-')}.pdf",
            "mimetype": "application/pdf",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "site_name": self.project_id.display_name or False,
            "res_model": order._name,
            "res_id": order.id,
            "origin_name": order.display_name,
            "predecessor_id": self._previous_document().id,
        }

    def _previous_document(self):
        """Last archived version of this quote, of this request or one before."""
        documents = self.env["ged.document"].sudo()
        for request in self.order_id.demat_sign_request_ids.sorted("id", reverse=True):
            found = request.signed_document_id or request.document_id
            if found and not found.successor_ids:
                return found
        return documents.browse()
