# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..lib import vies

#: Parameter with the address of the service, for those who reach it another way.
ADDRESS_PARAMETER = "chorus_edi.vies_address"


class ViesCheck(models.Model):
    """One question to VIES about a customer's VAT number, and its answer.

    An answer (valid or not) is never changed: what the service sent is in the archive,
    the row shows it. A row without answer is the to-do of :meth:`_cron_ask_again`,
    which fills it once the service answers. Written by :meth:`_consult` alone; users
    read. Entry points: the buttons on the customer and on the invoice, and the sending.
    """

    _name = "vies.check"
    _description = "Consultation of VIES"
    _order = "asked_at desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["vat", "consultation", "trader_name"]

    company_id = fields.Many2one(
        "res.company", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    vat = fields.Char(string="VAT number asked about", required=True, index=True)
    requester = fields.Char(string="Asked in the name of", required=True)
    outcome = fields.Selection(
        [("valid", "Valid"), ("invalid", "Not valid"), ("none", "No answer yet")],
        required=True,
    )
    code = fields.Char(string="Code of the refusal")
    words = fields.Char(string="What it means", compute="_compute_words")
    asked_at = fields.Datetime(string="Asked on", required=True)
    user_id = fields.Many2one("res.users", string="Asked by", ondelete="restrict")
    date = fields.Date(string="Date of the consultation")
    consultation = fields.Char(string="Consultation number")
    trader_name = fields.Char(string="Name at VIES")
    trader_address = fields.Char(string="Address at VIES")
    document_id = fields.Many2one(
        "ged.document",
        string="Evidence",
        ondelete="restrict",
        check_company=True,
        help="The answer of the service, as it came, in the archive.",
    )
    move_ids = fields.Many2many(
        "account.move",
        "vies_check_account_move_rel",
        "check_id",
        "move_id",
        string="Invoices",
        check_company=True,
    )
    tries = fields.Integer(string="Times asked", default=1)
    next_at = fields.Datetime(string="Asked again on", index="btree_not_null")

    @api.depends("vat", "date", "outcome")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for check in self:
            parts = [
                check.vat,
                check.date and format_date(self.env, check.date),
                labels.get(check.outcome),
            ]
            check.display_name = " · ".join(filter(None, parts))

    @api.depends("code", "outcome", "date", "consultation", "vat")
    @api.depends_context("lang")
    def _compute_words(self):
        for check in self:
            check.words = check._get_words()

    def _get_words(self):
        """Return one sentence: what VIES said, or why not and what to do."""
        self.ensure_one()
        values = {
            "vat": self.vat,
            "date": self.date and format_date(self.env, self.date),
            "number": self.consultation,
        }
        if self.outcome == "valid" and self.consultation:
            return self.env._(
                "%(vat)s is valid (VIES, %(date)s, consultation number %(number)s).",
                **values,
            )
        if self.outcome == "valid":
            return self.env._(
                "%(vat)s is valid (VIES, %(date)s), but VIES gave no consultation "
                "number: check the VAT number of your company.",
                **values,
            )
        if self.outcome == "invalid":
            return self.env._(
                "%(vat)s is not valid (VIES, %(date)s): ask the customer for his "
                "number, or invoice with VAT.",
                **values,
            )
        return self._refusal_words(vies.CODES.get(self.code, "retry"))

    def _refusal_words(self, reaction):
        values = {
            "vat": self.vat,
            "code": self.code,
            "requester": self.requester,
        }
        if self.code == "NO_REQUESTER":
            return self.env._(
                "VIES could not be asked about %(vat)s: the company has no VAT number. "
                "Fill it in on the company.",
                **values,
            )
        if self.code == "BAD_ADDRESS":
            return self.env._(
                "VIES could not be asked about %(vat)s: the address of the service in "
                "the system parameters cannot be used.",
                **values,
            )
        if reaction == "number":
            return self.env._(
                "%(vat)s is not a VAT number for VIES (%(code)s): correct it on the "
                "customer.",
                **values,
            )
        if reaction == "requester":
            return self.env._(
                "VIES does not accept the VAT number of your company, %(requester)s "
                "(%(code)s): correct it on the company.",
                **values,
            )
        if reaction == "blocked":
            return self.env._(
                "VIES refuses the questions of this server (%(code)s). Ask on its web "
                "site, keep the answer in the archive, and tell your administrator.",
                **values,
            )
        return self.env._(
            "VIES did not answer about %(vat)s (%(code)s). It will be asked again.",
            **values,
        )

    # -- what is known ----------------------------------------------------------------

    @api.model
    def _find_answers(self, company, numbers):
        """Return ``{number: check}``, the last answer about each, if fresh enough.

        :param numbers: VAT numbers in the form of ``str(VatNumber)``
        """
        since = fields.Date.context_today(self) - timedelta(days=company.vies_days)
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("vat", "in", list(numbers)),
                ("outcome", "in", ("valid", "invalid")),
                ("date", ">=", since),
            ],
            order="asked_at, id",
        )
        return {check.vat: check for check in found}

    def _is_usable(self):
        """Say whether an invoice may rest on this answer without asking again.

        A number that is not valid may become so any day: it is asked about again.
        """
        self.ensure_one()
        if self.outcome == "valid":
            return bool(self.consultation)
        return self.asked_at > fields.Datetime.now() - timedelta(hours=1)

    @api.model
    def _find_resting(self, company, number):
        """Return the last failure that makes a question useless for now, if any.

        A service that does not answer costs its time-out once, not for each customer
        of a run. What fails in one member state says nothing of the others.
        """
        since = fields.Datetime.now() - timedelta(minutes=5)
        failed = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("outcome", "=", "none"),
                ("asked_at", ">=", since),
            ]
        )
        for check in failed:
            local = (check.code or "").startswith("MS_")
            if vies.CODES.get(check.code) != "number" and (
                not local or check.vat[:2] == number.country
            ):
                return check
        return self.browse()
