# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import RedirectWarning

from ..lib import bill_states as states
from ..lib.bill_errors import BillDataError
from ..lib.bill_form import BillForm, Party, check_form
from ..lib.cfonb import Bill, check_bill
from ..lib.rib import Rib, check_siren, rib_of, siren_of
from ..lib.words import euros_in_words


def cents_of(amount):
    """Return an amount of euros in cents."""
    return round(amount * 100)


def address_of(partner):
    """Return the lines of an address, France left out."""
    country = partner.country_id
    return [
        line
        for line in (
            partner.street,
            partner.street2,
            " ".join(part for part in (partner.zip, partner.city) if part),
            country.name if country and country.code != "FR" else "",
        )
        if line
    ]


class DematBill(models.Model):
    """What a bill says, and what is wrong with it."""

    _inherit = "demat.bill"

    # -- what it says -----------------------------------------------------------------

    def _demat_values(self):
        """Return what is printed: the frozen values, or those of today for a draft.

        :return: dict of texts and lists of texts, fit for a Json field
        """
        self.ensure_one()
        if self.frozen:
            return self.frozen
        bill = self.sudo()
        company = bill.company_id.partner_id
        account = bill.partner_bank_id
        return {
            "drawer_name": bill.company_id.name or "",
            "drawer_address": address_of(company),
            "drawer_registry": company.company_registry or "",
            "drawer_vat": bill.company_id.vat or "",
            "drawee_name": bill.drawee_id.name or "",
            "drawee_address": address_of(bill.drawee_id),
            "drawee_registry": bill.drawee_id.company_registry or "",
            "drawee_vat": bill.drawee_id.vat or "",
            "iban": account.sanitized_acc_number or "",
            "domiciliation": account._demat_domiciliation() if account else "",
            "invoice": bill.move_id.name or "",
        }

    def _demat_rib(self, *, strict=True):
        """Return the drawee's :class:`Rib`, or None.

        :raises BillDataError: the account is missing or wrong, if ``strict``
        """
        iban = self._demat_values()["iban"]
        try:
            return rib_of(iban)
        except BillDataError:
            if strict:
                raise
            return None

    def _demat_sirens(self, values):
        """Return the SIREN of drawer and drawee.

        :raises BillDataError: the registration number of one is wrong
        """
        numbers = []
        for side in ("drawer", "drawee"):
            try:
                numbers.append(
                    siren_of(values[f"{side}_registry"], values[f"{side}_vat"])
                )
            except BillDataError as error:
                error.field = f"{side}_siren"
                raise
        return numbers

    def _demat_form(self, *, strict=True):
        """Return the :class:`BillForm` to print.

        :param strict: raise :class:`BillDataError` for a wrong account or SIREN; if
            not, the zone stays empty (specimen of a draft)
        """
        self.ensure_one()
        values = self._demat_values()
        need_account = strict and self.kind != states.BOR
        try:
            drawer_siren, drawee_siren = self._demat_sirens(values)
        except BillDataError:
            if strict:
                raise
            drawer_siren = drawee_siren = ""
        if strict and values["iban"]:
            need_account = True
        watermark = {states.DRAFT: "SPÉCIMEN", states.CANCELLED: "ANNULÉ"}
        return BillForm(
            kind=self.kind,
            number=self.name,
            amount=cents_of(self.amount),
            issue_date=self.issue_date,
            due_date=self.due_date,
            place=self.issue_place or "",
            drawer=Party(
                values["drawer_name"], tuple(values["drawer_address"]), drawer_siren
            ),
            drawee=Party(
                values["drawee_name"], tuple(values["drawee_address"]), drawee_siren
            ),
            rib=self._demat_rib(strict=need_account),
            domiciliation=values["domiciliation"],
            drawee_reference=self.drawee_reference or "",
            invoice=values["invoice"],
            watermark=watermark.get(self.state, ""),
        )

    def _demat_cfonb(self):
        """Return the :class:`Bill` for the file of the bank.

        :raises BillDataError: the account or the SIREN is wrong
        """
        self.ensure_one()
        values = self._demat_values()
        _drawer_siren, drawee_siren = self._demat_sirens(values)
        return Bill(
            reference=self.name,
            kind=self.kind,
            drawee_name=values["drawee_name"],
            rib=self._demat_rib(),
            amount=cents_of(self.amount),
            due_date=self.due_date,
            issue_date=self.issue_date,
            domiciliation=values["domiciliation"],
            drawee_reference=self.drawee_reference or "",
            siren=check_siren(drawee_siren),
        )

    @api.depends(
        "state",
        "frozen",
        "amount",
        "partner_bank_id.sanitized_acc_number",
        "drawee_id.company_registry",
        "drawee_id.vat",
    )
    def _compute_printed(self):
        for bill in self:
            form = bill._demat_form(strict=False)
            bill.drawee_siren = form.drawee.siren
            bill.rib = form.rib.text if isinstance(form.rib, Rib) else ""
            bill.domiciliation = form.domiciliation
            bill.amount_in_words = euros_in_words(max(form.amount, 0))

    # -- what is wrong ----------------------------------------------------------------

    def _demat_find_problem(self, *, today=None):
        """Return the :class:`BillDataError` that blocks this bill, or None.

        :param today: date that the due date must not be before
        """
        self.ensure_one()
        if self.currency_id.name != "EUR":
            return BillDataError("currency", "unknown", self.currency_id.name or "")
        if self.move_id.state != "posted":
            return BillDataError("move", "unknown", self.move_id.name or "")
        try:
            form = self._demat_form()
            check_form(form, today=today)
            if form.rib:
                check_bill(self._demat_cfonb(), today=today)
        except BillDataError as error:
            return error
        line = self.line_id
        if (
            not line
            or self.currency_id.compare_amounts(
                line.amount_residual_currency, self.amount
            )
            < 0
        ):
            return BillDataError("line", "unknown", line.amount_residual_currency)
        return None

    @api.depends(
        "state",
        "kind",
        "amount",
        "currency_id",
        "issue_date",
        "issue_place",
        "due_date",
        "drawee_reference",
        "move_id.state",
        "partner_bank_id.sanitized_acc_number",
        "drawee_id.name",
        "drawee_id.street",
        "drawee_id.city",
        "drawee_id.company_registry",
        "drawee_id.vat",
        "company_id.partner_id.company_registry",
    )
    def _compute_problem_code(self):
        """Store the cause as a code: the sentence depends on the reader's language."""
        today = fields.Date.context_today(self)
        for bill in self:
            problem = (
                bill._demat_find_problem(today=today)
                if bill.state == states.DRAFT
                else None
            )
            bill.problem_code = f"{problem.field}:{problem.cause}" if problem else False

    @api.depends("problem_code")
    @api.depends_context("lang")
    def _compute_problem(self):
        for bill in self:
            bill.problem = (
                bill._demat_explain(*bill.problem_code.split(":"))
                if bill.problem_code
                else False
            )

    def _demat_explain(self, field, cause):
        """Return the sentence for a problem: what, and what to do."""
        drawee = self.drawee_id.display_name or ""
        account = {
            "missing": self.env._(
                "%(drawee)s has no bank account: enter the IBAN of the account the "
                "bill is drawn on.",
                drawee=drawee,
            ),
            "foreign_account": self.env._(
                "The account of %(drawee)s is not in France: a French bank collects no "
                "bill on it.",
                drawee=drawee,
            ),
            "rib_key": self.env._(
                "The account of %(drawee)s has a wrong RIB key: ask for a new RIB.",
                drawee=drawee,
            ),
        }
        wrong_iban = self.env._(
            "The account of %(drawee)s is no valid IBAN: correct it.", drawee=drawee
        )
        messages = {
            ("currency", None): self.env._("Bills are drawn in euros only."),
            ("move", None): self.env._("The invoice is not validated."),
            ("line", None): self.env._(
                "Less than the amount of the bill is still due: the instalment was "
                "paid or credited. Cancel the bill."
            ),
            ("drawee_siren", None): self.env._(
                "The SIREN or SIRET of %(drawee)s is wrong: correct it or empty it.",
                drawee=drawee,
            ),
            ("drawer_siren", None): self.env._(
                "The SIREN or SIRET of the company is wrong: correct it."
            ),
            ("place", None): self.env._(
                "The place of issue is missing: enter it, or the city of the company."
            ),
            ("drawee_address", None): self.env._(
                "%(drawee)s has neither an address nor a bank: the place of payment is "
                "missing.",
                drawee=drawee,
            ),
            ("drawee_name", None): self.env._("The customer's name cannot be written."),
            ("drawer_name", None): self.env._("The company's name is missing."),
            ("due_date", "past_due"): self.env._("The due date is over."),
            ("due_date", None): self.env._("The due date is before the date of issue."),
            ("issue_date", None): self.env._("The date of issue is missing."),
            ("amount", "too_big"): self.env._(
                "A bill has to be under 100,000,000.00 euros."
            ),
            ("amount", None): self.env._("Nothing is due."),
            ("drawee_reference", None): self.env._(
                "The customer's reference has more than 10 characters."
            ),
        }
        if field in ("iban", "rib"):
            return account.get(cause, wrong_iban)
        return (
            messages.get((field, cause))
            or messages.get((field, None))
            or self.env._("%(field)s: %(cause)s", field=field, cause=cause)
        )

    def action_fix(self):
        """Open where the problem can be mended."""
        self.ensure_one()
        return self._demat_fix_action((self.problem_code or "").split(":")[0])

    def _demat_fix_action(self, field):
        """Return the action that opens the record which holds this field."""
        if field in ("iban", "rib") and self.partner_bank_id:
            return self.partner_bank_id._get_records_action(target="new")
        if field in ("currency", "move", "line", "due_date", "amount"):
            return self.move_id._get_records_action()
        if field in ("drawer_siren", "drawer_name"):
            return self.company_id.partner_id._get_records_action()
        if field in ("place", "issue_date", "drawee_reference"):
            return self._get_records_action()
        return self.drawee_id._get_records_action()

    def _demat_raise_problem(self, problem):
        """:raises RedirectWarning: the sentence, with a button to where it is mended"""
        raise RedirectWarning(
            self.env._(
                "%(name)s: %(problem)s",
                name=self.name,
                problem=self._demat_explain(problem.field, problem.cause),
            ),
            self._demat_fix_action(problem.field),
            self.env._("Mend it"),
        )
