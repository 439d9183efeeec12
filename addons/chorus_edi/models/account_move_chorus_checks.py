# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.ged_archive.lib.attachments import INVOICE_XML_NAMES

from ..lib import checks, numbers, packages
from .chorus_words import field_words, problem_words

#: Longest service code, engagement and market number, with their terms
#: (chorus_pro.md 6.1).
LENGTHS = {
    "buyer_reference": ("BT-10", 100),
    "purchase_order_reference": ("BT-13", 50),
    "contract_reference": ("BT-12", 50),
}


class AccountMove(models.Model):
    """What keeps an invoice from Chorus Pro, found before it is sealed."""

    _inherit = "account.move"

    def _demat_document_findings(self, *, sealed_next=False):
        # EXTENDS demat_invoice
        findings = super()._demat_document_findings(sealed_next=sealed_next)
        lookup = self._chorus_engagement_lookup(sealed_next)
        for move in self:
            if not move._chorus_is_public():
                continue
            found = [
                *move._chorus_identity_problems(),
                *move._chorus_demand_problems(),
                *move._chorus_frame_problems(),
                *move._chorus_attachment_problems(),
                *move._chorus_engagement_problems(lookup),
            ]
            if found:
                findings[move] = findings.get(move, []) + found
        return findings

    def _chorus_identity_problems(self):
        """Number of the invoice, and who it is from and to."""
        self.ensure_one()
        blocking = self._demat_new_blocking
        account = self.company_id._chorus_account()
        entity = self.chorus_structure_id
        number = numbers.number_problem(self.name or "")
        if self.name and number:
            yield blocking("chorus_number", self._chorus_number_words(number), self)
        luhn = account._chorus_luhn()
        own = account._chorus_siret()
        wrong = numbers.siret_problem(own, luhn=luhn)
        if wrong:
            yield blocking(
                "chorus_seller_siret",
                self.env._(
                    "Chorus Pro needs the SIRET of %(company)s, fourteen digits: "
                    '"%(siret)s" %(why)s. Mend it in the company.',
                    company=self.company_id.name,
                    siret=own,
                    why=self._chorus_siret_words(wrong),
                ),
                self.company_id,
            )
        wrong = numbers.siret_problem(entity.siret or "", luhn=luhn)
        if wrong:
            yield blocking(
                "chorus_buyer_siret",
                self.env._(
                    'The SIRET "%(siret)s" of %(name)s %(why)s. Mend the public '
                    "entity of the customer.",
                    siret=entity.siret,
                    name=entity.name,
                    why=self._chorus_siret_words(wrong),
                ),
                entity,
            )
        if not entity.active:
            yield blocking(
                "chorus_closed",
                self.env._(
                    "%(name)s is closed at Chorus Pro. Ask the customer for the SIRET "
                    "that he uses now and change the public entity of the customer.",
                    name=entity.display_name,
                ),
                self.commercial_partner_id,
            )

    def _chorus_number_words(self, wrong):
        if wrong == "length":
            return self.env._(
                "Chorus Pro takes numbers of 20 characters at most; %(number)s has "
                "%(count)s. Shorten the numbering of the journal %(journal)s.",
                number=self.name,
                count=len(self.name),
                journal=self.journal_id.name,
            )
        return self.env._(
            "Chorus Pro refuses a character in the number %(number)s: letters, digits, "
            "spaces and - _ / + are allowed. Change the numbering of the journal "
            "%(journal)s.",
            number=self.name,
            journal=self.journal_id.name,
        )

    def _chorus_siret_words(self, wrong):
        return {
            "empty": self.env._("is empty"),
            "characters": self.env._("has something else than digits"),
            "length": self.env._("has not fourteen digits"),
            "checksum": self.env._("has a mistyped digit"),
        }[wrong]

    def _chorus_engagement_required(self):
        self.ensure_one()
        entity = self.chorus_structure_id
        return bool(
            (entity.engagement_required and not entity.either_required)
            or self.chorus_service_id.engagement_required
        )

    def _chorus_demand_problems(self):
        """Service and engagement, as the entity and its service demand them."""
        self.ensure_one()
        blocking = self._demat_new_blocking
        entity = self.chorus_structure_id
        code = (self.buyer_reference or "").strip()
        engagement = (self.purchase_order_reference or "").strip()
        if entity.either_required:
            if not code and not engagement:
                yield blocking(
                    "chorus_either",
                    self.env._(
                        "%(name)s demands a service code or an engagement number: fill "
                        'in "Service" or "Engagement number" on the invoice.',
                        name=entity.name,
                    ),
                    self,
                )
        elif entity.service_required and not code:
            yield blocking(
                "chorus_service",
                self.env._(
                    '%(name)s demands a service code: fill in "Service" on the '
                    "invoice, or once and for all on the customer.",
                    name=entity.name,
                ),
                self,
            )
        if self._chorus_engagement_required() and not engagement:
            yield blocking(
                "chorus_engagement",
                self.env._(
                    "%(name)s demands an engagement number: ask the customer for the "
                    'number of his order and fill in "Engagement number" on the '
                    "invoice.",
                    name=self.chorus_service_id.display_name or entity.name,
                ),
                self,
            )
        yield from self._chorus_service_problems(code)
        yield from self._chorus_length_problems()

    def _chorus_length_problems(self):
        """References that are longer than Chorus Pro takes them."""
        for name, (term, most) in LENGTHS.items():
            if len((self[name] or "").strip()) > most:
                label = field_words(self.env)[term]
                yield self._demat_new_blocking(
                    "chorus_length",
                    self.env._(
                        '"%(field)s" has more than %(most)s characters: Chorus Pro '
                        "refuses it.",
                        field=label,
                        most=most,
                    ),
                    self,
                )

    def _chorus_service_problems(self, code):
        """The service is closed, of another entity, or unknown to Chorus Pro."""
        service, entity = self.chorus_service_id, self.chorus_structure_id
        if not service and code and entity.refreshed_at:
            # typed by hand: all services of the entity are known since it was read
            services = entity.service_ids
            service = services.filtered(lambda one: one.code == code)
            if not service:
                yield self._demat_new_blocking(
                    "chorus_service_unknown",
                    self.env._(
                        '%(name)s has no service "%(code)s" at Chorus Pro: choose one '
                        'of its services in "Service".',
                        name=entity.name,
                        code=code,
                    ),
                    self,
                )
                return
        today = fields.Date.context_today(self)
        if service and (service.structure_id != entity or not service._is_open(today)):
            yield self._demat_new_blocking(
                "chorus_service_closed",
                self.env._(
                    "The service %(service)s is closed or not one of %(name)s: choose "
                    'another one in "Service" on the invoice.',
                    service=service.display_name,
                    name=entity.name,
                ),
                self,
            )

    def _chorus_frame_problems(self):
        """Billing framework, validator and bank account."""
        self.ensure_one()
        blocking = self._demat_new_blocking
        cadre = self._chorus_effective_cadre()
        if cadre in ("A9", "A12") and not self.chorus_validator_id:
            yield blocking(
                "chorus_validator",
                self.env._(
                    "An invoice of a subcontractor or co-contractor (A9, A12) is first "
                    'validated by the holder of the market: fill in "Validated by".'
                ),
                self,
            )
        if (
            cadre == "A2"
            and self.move_type == "out_invoice"
            and not self.currency_id.is_zero(self.amount_residual)
        ):
            yield blocking(
                "chorus_unpaid",
                self.env._(
                    "The billing framework A2 says that the invoice is paid already, "
                    "but something is left to pay: choose A1, or enter the payment "
                    "first."
                ),
                self,
            )
        bank = self.partner_bank_id
        if self.move_type == "out_invoice" and bank and bank.acc_type != "iban":
            yield blocking(
                "chorus_iban",
                self.env._(
                    "Chorus Pro pays to an IBAN only; %(number)s is none. Mend the "
                    "bank account of the company.",
                    number=bank.acc_number,
                ),
                bank,
            )

    def _chorus_attachment_problems(self):
        self.ensure_one()
        attachments = self.sudo().chorus_attachment_ids
        if not attachments:
            return
        files = [(file.name or "", file.file_size or 0) for file in attachments]
        for name, _size in files:
            if name.lower() in INVOICE_XML_NAMES:
                # it would take the place of the electronic invoice itself
                yield self._demat_new_blocking(
                    "chorus_attachment",
                    self.env._(
                        "A complementary document cannot have the name %(name)s, that "
                        "of the electronic invoice: rename the file.",
                        name=name,
                    ),
                    self,
                )
        for problem in checks.check_attachments(files):
            if problem.severity == "error":
                yield self._demat_new_blocking(
                    "chorus_attachment", problem_words(self.env, problem), self
                )
        yield from self._chorus_size_problems(sum(size for _name, size in files))

    def _chorus_size_problems(self, size):
        """The documents travel in the file of the invoice, which has its own limit.

        Once it is sealed only a reopening helps: better said before.

        :param size: bytes of the documents, all together
        """
        limit = packages.MAX_FILE_BYTES
        if size >= limit:
            yield self._demat_new_blocking(
                "chorus_attachment",
                self.env._(
                    "The documents have %(size).1f MB together; they travel in the "
                    "file of the invoice, and Chorus Pro takes files of %(limit).0f "
                    "MB: leave some out, or make them smaller.",
                    size=size / 1e6,
                    limit=limit / 1e6,
                ),
                self,
            )
