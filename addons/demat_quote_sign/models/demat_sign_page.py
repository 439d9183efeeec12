# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import format_amount, format_date

#: Colour of the page of signatures of a company that has chosen none.
ACCENT = "#2f5d7c"


class DematSignRequest(models.Model):
    """The last page of the frozen quote, with a field for each signatory."""

    _inherit = "demat.sign.request"

    def _add_signature_page(self, pdf, *, sealed):
        """Append the page with one empty field per signatory.

        All fields are there before the seal, which allows nothing but to sign them.

        :param sealed: whether the company seals the document after this
        :raise InvalidDocumentError: the drawing is no PDF that can be extended
        """
        # slow to import: only processes that freeze quotes pay for it
        from odoo.addons.ged_archive.lib import sign_fields

        boxes = [
            sign_fields.Box(
                field_name=signatory.field_name,
                name=signatory.name,
                role=signatory.role or "",
            )
            for signatory in self.signatory_ids
        ]
        request = self.with_context(lang=self.lang)
        return sign_fields.prepare(
            pdf,
            boxes,
            sign_fields.PageText(
                title=request.env._("Signatures"),
                facts=request._signature_page_facts(),
                intro=request._signature_page_intro(),
                waiting=request.env._("Waiting for signature"),
                notes=(request._signature_page_note(sealed),),
                accent=self._accent(),
            ),
        )

    def _accent(self):
        """Colour of the company, for what is drawn in its name."""
        return self.company_id.primary_color or ACCENT

    def _signature_page_facts(self):
        """Lines ``(label, value)`` above the boxes, of what was frozen: the evidence
        file may be made later, when the order says something else."""
        order = self.order_id
        env = self.with_context(tz=self.company_id._demat_sign_zone()).env
        facts = [
            (
                env._("Quote"),
                env._(
                    "%(quote)s of %(date)s",
                    quote=order.name,
                    date=format_date(env, self.quote_date or order.date_order),
                ),
            ),
            (env._("Request for signature"), self.name),
            (env._("Issued by"), self.company_id.name),
            (env._("Customer"), self.partner_id.display_name),
        ]
        if self.project_id:
            facts.append((env._("Site"), self.project_id.display_name))
        amount = (
            format_amount(env, self.amount_total, self.currency_id)
            if self.currency_id
            else format_amount(env, order.amount_total, order.currency_id)
        )
        facts.append((env._("Total, taxes included"), amount))
        facts.append((env._("To be signed until"), self._until_words()))
        if self.terms_id:
            facts.append((env._("General terms"), self.terms_id.display_name))
            facts.append((env._("SHA-256 of the terms"), self.terms_id.sha256))
        return tuple(facts)

    def _signature_page_intro(self):
        """What signing means."""
        if self.terms_id:
            return self.env._(
                "Each signatory signs online, in the box that bears his name. To sign "
                "is to accept the quote above, its prices and the general terms named "
                "here."
            )
        return self.env._(
            "Each signatory signs online, in the box that bears his name. To sign is "
            "to accept the quote above and its prices."
        )

    def _signature_page_note(self, sealed):
        """Small print: what protects the document, and how far."""
        if not sealed:
            return self.env._(
                "This document carries no seal of %(company)s. Its SHA-256 is kept in "
                "the archive and in the evidence file: a change of the document shows "
                "by comparison with it.",
                company=self.company_id.name,
            )
        return self.env._(
            "This document is sealed by %(company)s: any later change shows, even of a "
            "single byte. The signatures are simple electronic signatures (Regulation "
            "(EU) 910/2014, article 3); the evidence file is archived with the signed "
            "document.",
            company=self.company_id.name,
        )
