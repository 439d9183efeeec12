# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from odoo.addons.demat_invoice.lib.memory import Memory
from odoo.addons.demat_invoice.models.account_move_dispatch import INLINE_LIMIT
from odoo.addons.demat_invoice.models.account_move_produce import Failure
from odoo.addons.ged_archive.lib import facturx

from .chorus_words import norm_words, problem_words

#: Invoices of one call whose XML is drafted for the rules, while somebody waits; what
#: is beyond is checked by its sealing. Seconds: ``./demat bench chorus``.
DRAFT_LIMIT = INLINE_LIMIT
_SELLER = ("chorus_seller_siret",)
_BUYER = ("chorus_buyer_siret",)
_NUMBER = ("chorus_number",)
_IBAN = ("no_bank", "chorus_iban")
#: Rule on the XML → checks of the records that have told the same already.
TOLD_BY = {
    "CPP-BT1-LENGTH": _NUMBER,
    "CPP-BT1-CHARACTERS": _NUMBER,
    "CPP-BT10-MISSING": ("chorus_service",),
    "CPP-BT10-LENGTH": ("chorus_length",),
    "CPP-BT10-RESERVED": ("chorus_service_unknown", "chorus_service_closed"),
    "CPP-BT12-LENGTH": ("chorus_length",),
    "CPP-BT13-MISSING": ("chorus_engagement",),
    "CPP-BT13-LENGTH": ("chorus_length",),
    "CPP-BT10-BT13-EITHER": ("chorus_either",),
    "CPP-BT23-PAID": ("chorus_unpaid",),
    "CPP-BT30-SIRET": _SELLER,
    "CPP-BT30-CHECKSUM": _SELLER,
    "CPP-BT47-SIRET": _BUYER,
    "CPP-BT47-CHECKSUM": _BUYER,
    "CPP-BT81-MISSING": ("no_bank",),
    "CPP-BT84-MISSING": _IBAN,
    "CPP-BT84-IBAN": _IBAN,
}
#: Fields of the rules of EN 16931 → the same.
TERMS_TOLD_BY = {
    "BT-1": _NUMBER,
    "BT-30": _SELLER,
    "BT-47": _BUYER,
    "BT-55": ("no_country",),
    "BT-81": ("no_bank",),
    "BT-84": _IBAN,
}
#: What an invoice gets when it is posted.
NOT_YET = {"CPP-BT1-EMPTY", "CPP-BT2-DATE"}
#: Constraints of the host that "no_bank" has told.
BANK_CONSTRAINTS = ("seller_payment_instructions_1", "seller_payment_instructions_2")


class AccountMove(models.Model):
    """What the rules say of the electronic invoice, before it is sealed.

    The sealing checks the XML that leaves, in any case. Screens check a draft, so that
    the faults of the records and of the XML, and the warnings, are told at once; so
    does a sending of what it holds back. What a sending seals is not drafted before.
    """

    _inherit = "account.move"

    def _demat_document_findings(self, *, sealed_next=False):
        # EXTENDS demat_invoice
        findings = super()._demat_document_findings(sealed_next=sealed_next)
        public = self.filtered(lambda move: move._chorus_is_public())
        held = public.filtered(lambda move: move in findings)
        wanted = held if sealed_next else held + (public - held)
        drafted = wanted[:DRAFT_LIMIT]
        # the host asks for each line of each invoice
        drafted.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        batch = {"demat_unece": Memory(), "chorus_checker": Memory()}
        for move in drafted.with_context(**batch):
            told = {finding.code for finding in findings.get(move, ())}
            found = move._chorus_draft_findings(told)
            if found:
                findings[self.browse(move.id)] = findings.get(move, []) + found
        for move in wanted[DRAFT_LIMIT:]:
            findings[move] = [*findings.get(move, ()), move._chorus_later_remark()]
        return findings

    def _chorus_later_remark(self):
        return self._demat_new_remark(
            "chorus_later",
            self.env._(
                "The rules on its electronic invoice are checked when it is sealed: "
                "here they were for %(count)s invoices to Chorus Pro only.",
                count=DRAFT_LIMIT,
            ),
            self,
        )

    def _chorus_draft_findings(self, told):
        """Return what the rules say of a draft of the electronic invoice.

        :param told: codes of what was found in the records, not to be said again
        :return: list of ``Blocking`` and ``Remark``, their code is the id of the rule
        """
        self.ensure_one()
        # as who seals: a reader of the invoice need not read all that it is made of
        move = self.sudo().with_company(self.company_id)
        found = move._demat_guarded(lambda: move._chorus_check_draft(told))
        if isinstance(found, Failure):
            return [self._demat_new_blocking("chorus_xml", found.text, self)]
        return found

    def _chorus_check_draft(self, told):
        """:raises UserError: there is no XML, since the host misses too much"""
        xml, missing = self._demat_draft_xml()
        found = [
            self._demat_new_blocking("chorus_missing", text, self)
            for text in self._chorus_missing(missing, told)
        ]
        for problem in self._chorus_rule_problems(xml):
            if not told.intersection(TOLD_BY.get(problem.rule, ())) and (
                self.state == "posted" or problem.rule not in NOT_YET
            ):
                found.append(self._chorus_finding(problem))
        if self.state == "posted" and not missing:
            found += self._chorus_norm_findings(xml, told)
        return found

    def _chorus_missing(self, texts, told):
        """What the host misses, without what was told already; it gives texts only."""
        if texts and "no_bank" in told:
            exporter = self.env["account.edi.xml.cii"]
            values = exporter._export_invoice_vals(
                self.with_context(lang=self.partner_id.lang)
            )
            constraints = exporter._export_invoice_constraints(self, values)
            texts = texts - {constraints.get(key) for key in BANK_CONSTRAINTS}
        return sorted(texts)

    def _chorus_norm_findings(self, xml, told):
        """What XSD and rules of EN 16931 say, without their many warnings, which are
        not about Chorus Pro. That they could not be checked is a remark: the sealing
        asks the checker again, and needs its answer.
        """
        # one that is away is waited for once in a batch
        batch = self.env.context.get("chorus_checker", {})
        schematron = self.env["res.company"]._ged_use_schematron()
        problems = batch.get("away") or self._demat_guarded(
            lambda: facturx.check_cii(xml, schematron=schematron)
        )
        if isinstance(problems, Failure):
            if problems.code == "checker":
                batch["away"] = problems
            return [self._chorus_norm_remark(problems)]
        lines = {}
        for problem in problems:
            if problem.severity == "error" and not told.intersection(
                TERMS_TOLD_BY.get(problem.term, ())
            ):
                # what is wrong in a hundred lines is one thing to mend
                same = (problem.rule, problem.term, problem.message)
                lines.setdefault(same, []).append(problem)
        return [
            self._demat_new_blocking(
                first.rule,
                norm_words(self.env, first, [one.line for one in (first, *others)]),
                self,
            )
            for first, *others in lines.values()
        ]

    def _chorus_norm_remark(self, failure):
        return self._demat_new_remark(
            "chorus_norm",
            self.env._(
                "The rules of EN 16931 could not be checked now: %(why)s. They are "
                "checked when it is sealed.",
                why=failure.text.rstrip(" ."),
            ),
            self,
        )

    def _chorus_finding(self, problem):
        """A broken rule with the record where it is mended."""
        make = self._demat_new_blocking
        if problem.severity != "error":
            make = self._demat_new_remark
        words = problem_words(self.env, problem)
        return make(problem.rule, words, self._chorus_mended_in(problem))

    def _chorus_mended_in(self, problem):
        """Return the record of the field that a rule is about."""
        company = self.company_id
        by_field = {
            "BT-1": self.journal_id,
            "BT-30": company,
            "BT-47": self.chorus_structure_id,
            "BT-81": self.partner_bank_id or company.partner_id,
            "BT-84": self.partner_bank_id or company.partner_id,
        }
        record = by_field.get(problem.field)
        if record is None and problem.field in ("BT-8", "BT-118", "BT-119", "BT-120"):
            record = self._chorus_tax_of(problem.values.get("category"))
        return record or self

    def _chorus_tax_of(self, category):
        """Return the tax of a VAT category, if only one can be meant."""
        taxes = self.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        if category:
            code = self.env["account.edi.common"]._get_tax_category_code
            customer = self.commercial_partner_id
            supplier = self.company_id.partner_id.commercial_partner_id
            taxes = taxes.filtered(
                lambda tax: code(customer, supplier, tax) == category
            )
        return taxes if len(taxes) == 1 else taxes.browse()
