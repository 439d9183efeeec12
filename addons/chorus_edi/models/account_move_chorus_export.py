# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError

from odoo.addons.ged_archive.lib.attachments import Attachment

from ..lib import checks
from ..lib.adapt import Reference, Wanted, adapt
from .chorus_words import norm_words, problem_words


class AccountMove(models.Model):
    """The electronic invoice as Chorus Pro reads it, for public entities only."""

    _inherit = "account.move"

    def _demat_draft_xml(self):
        # EXTENDS demat_invoice
        xml, missing = super()._demat_draft_xml()
        if self._chorus_is_public():
            xml = adapt(xml, self._chorus_wanted())
        return xml, missing

    def _demat_seal(self, pdf, xml, problems, sealer):
        # EXTENDS demat_invoice: the rules of the platform besides those of EN 16931
        if self._chorus_is_public():
            self._chorus_check_xml(xml, problems)
        return super()._demat_seal(pdf, xml, problems, sealer)

    def _demat_embedded_files(self):
        # EXTENDS demat_invoice
        files = super()._demat_embedded_files()
        if not self._chorus_is_public():
            return files
        return (
            *files,
            *(
                Attachment(
                    name=attachment.name,
                    data=attachment.raw or b"",
                    mimetype=attachment.mimetype or "application/octet-stream",
                    relationship="Supplement",
                    description=attachment.description or attachment.name,
                )
                for attachment in self.sudo().chorus_attachment_ids
            ),
        )

    def _chorus_check_xml(self, xml, others=()):
        """:param others: what ``facturx.check_cii`` found, told with them

        :raises UserError: the electronic invoice breaks a rule of Chorus Pro
        """
        lines = [
            problem_words(self.env, problem)
            for problem in self._chorus_rule_problems(xml)
            if problem.severity == "error"
        ]
        if not lines:
            return
        lines += [
            norm_words(self.env, problem)
            for problem in others
            if problem.severity == "error"
        ]
        raise UserError(
            "\n".join(
                [self.env._("The invoice breaks the rules of Chorus Pro."), *lines]
            )
        )

    def _chorus_rule_problems(self, xml):
        """Return all that the rules of Chorus Pro say of an XML: ``[lib.Problem]``."""
        self.ensure_one()
        entity = self.chorus_structure_id
        return checks.check_invoice_xml(
            xml,
            luhn=self.company_id._chorus_account()._chorus_luhn(),
            service_required=entity.service_required and not entity.either_required,
            engagement_required=self._chorus_engagement_required(),
            either_required=entity.either_required,
        )

    def _chorus_wanted(self):
        """Return what the XML has to say: ``lib.adapt.Wanted``."""
        self.ensure_one()
        account = self.company_id._chorus_account()
        return Wanted(
            cadre=self._chorus_effective_cadre(),
            type_code=self._chorus_type_code(),
            seller=account._chorus_siret(),
            buyer=self.chorus_structure_id.siret,
            scheme=account.siret_scheme,
            service=(self.buyer_reference or "").strip(),
            engagement=(self.purchase_order_reference or "").strip(),
            market=(self.contract_reference or "").strip(),
            due_code=self._chorus_due_code(),
            references=tuple(
                Reference(move.name, move.invoice_date)
                for move in self._chorus_preceding()
            ),
            payment_means=(self.move_type == "out_invoice" or account.refund_means),
            notes=self._chorus_notes(),
        )

    def _chorus_type_code(self):
        """Return BT-3: credit note, corrected invoice, down payment, or invoice."""
        self.ensure_one()
        if self.move_type == "out_refund":
            return "381"
        if self.chorus_corrects_id:
            return "384"
        return "386" if self._is_downpayment() else "380"

    def _chorus_due_code(self):
        """Return BT-8, the same for the whole invoice: 72 when the tax of all its lines
        is due at the payment, else 5.
        """
        taxes = self.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        taxes = taxes.filtered("amount")
        on_payment = taxes and all(tax.tax_exigibility == "on_payment" for tax in taxes)
        return "72" if on_payment else "5"

    def _chorus_preceding(self):
        """Return the invoices that this one names (BT-25): what it corrects, credits,
        or the down payments that it deducts.
        """
        self.ensure_one()
        if self.move_type == "out_refund":
            return self.chorus_corrects_id or self.reversed_entry_id
        if self.chorus_corrects_id:
            return self.chorus_corrects_id
        if self._is_downpayment():
            return self.browse()
        deducted = self.line_ids.sudo().sale_line_ids.filtered("is_downpayment")
        moves = deducted.invoice_lines.move_id - self
        return moves.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        ).sorted("invoice_date")

    def _chorus_notes(self):
        """Return what has no known place in the document on this channel: the holder of
        the market who validates (A9, A12).
        """
        self.ensure_one()
        validator = self.chorus_validator_id
        if self._chorus_effective_cadre() not in ("A9", "A12") or not validator:
            return ()
        text = f"Valideur : {validator.name}, SIRET {validator.siret}"
        if self.chorus_validator_service_id:
            text += f", service {self.chorus_validator_service_id.code}"
        return (text,)
