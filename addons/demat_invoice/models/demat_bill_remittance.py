# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..lib import bill_states as states
from .account_move_transition import TRANSITION

#: Fixed once the file is made.
FROZEN_FIELDS = frozenset(
    {"bill_ids", "company_id", "date", "entry", "partner_bank_id", "value_date"}
)
#: Written by the acts only.
PROTECTED_FIELDS = frozenset(
    {"change_ids", "file_data", "file_name", "file_sha256", "name", "state"}
)


class DematBillRemittance(models.Model):
    """Bills that go to the bank together, with the file and the slip.

    ``draft`` → ``made`` (the file exists and never changes again) → ``confirmed`` (the
    bank took it). A made one can be cancelled until it is confirmed: its bills come
    back, the file stays for the record.
    """

    _name = "demat.bill.remittance"
    _description = "Remittance of Bills of Exchange"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    # the default lets the form save: the number is given by create
    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("made", "File made"),
            ("confirmed", "Confirmed by the bank"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    company_partner_id = fields.Many2one(related="company_id.partner_id")
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        "Bank account",
        required=True,
        default=lambda self: self._default_partner_bank_id(),
        domain="[('partner_id', '=', company_partner_id)]",
        tracking=True,
        help="Account of the company that the bank credits.",
    )
    journal_id = fields.Many2one("account.journal", compute="_compute_journal_id")
    entry = fields.Selection(
        [
            ("collection", "Collection"),
            ("collection_delay", "Collection, credit after a fixed delay"),
            ("discount", "Discount"),
            ("discount_value", "Discount in value"),
        ],
        string="Kind of remittance",
        required=True,
        default="collection",
        tracking=True,
    )
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    value_date = fields.Date(help="Of a discount: from when the bank credits.")
    bill_ids = fields.One2many("demat.bill", "remittance_id", "Bills", copy=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    bill_count = fields.Integer("Number of bills", compute="_compute_totals")
    amount_total = fields.Monetary("Total", compute="_compute_totals")
    # nobody reads the bytes but through the download, which is noted
    file_data = fields.Binary(
        "File", attachment=True, readonly=True, copy=False, groups=fields.NO_ACCESS
    )
    file_name = fields.Char(readonly=True, copy=False)
    file_sha256 = fields.Char("SHA-256 of the file", readonly=True, copy=False)
    change_ids = fields.One2many(
        "demat.bill.change", "remittance_id", "Who and when", readonly=True
    )

    _name_unique = models.Constraint(
        "unique (name, company_id)", "Two remittances cannot have the same number."
    )

    def _default_partner_bank_id(self):
        """The company's first account at a French bank."""
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.env.company),
                ("type", "=", "bank"),
                ("bank_account_id", "!=", False),
            ]
        )
        accounts = journals.bank_account_id or self.env.company.partner_id.bank_ids
        return accounts.filtered(
            lambda account: (account.sanitized_acc_number or "")[:2] in ("FR", "MC")
        )[:1]

    @api.depends("partner_bank_id", "company_id")
    def _compute_journal_id(self):
        for remittance in self:
            remittance.journal_id = self.env["account.journal"].search(
                [
                    ("bank_account_id", "=", remittance.partner_bank_id.id),
                    ("company_id", "=", remittance.company_id.id),
                    ("type", "=", "bank"),
                ],
                limit=1,
            )

    @api.depends("bill_ids.amount")
    def _compute_totals(self):
        for remittance in self:
            remittance.bill_count = len(remittance.bill_ids)
            remittance.amount_total = sum(remittance.bill_ids.mapped("amount"))

    @api.constrains("partner_bank_id", "company_id")
    def _check_partner_bank(self):
        for remittance in self:
            owner = remittance.partner_bank_id.partner_id
            if owner != remittance.company_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(account)s is no account of %(company)s.",
                        account=remittance.partner_bank_id.display_name,
                        company=remittance.company_id.display_name,
                    )
                )

    # -- protection -------------------------------------------------------------------

    def _demat_in_transition(self):
        return self.env.context.get("demat_transition") is TRANSITION

    @api.model_create_multi
    def create(self, vals_list):
        for values in vals_list:
            self._demat_refuse_forged(values)
            values["name"] = self.env["ir.sequence"].next_by_code(
                "demat.bill.remittance"
            )
        remittances = super().create(
            [{**values, "bill_ids": []} for values in vals_list]
        )
        self.env["demat.bill.change"]._record(remittances, "create")
        for remittance, values in zip(remittances, vals_list, strict=True):
            if values.get("bill_ids"):
                remittance.bill_ids = values["bill_ids"]
        return remittances

    def write(self, vals):
        if not self._demat_in_transition():
            self._demat_refuse_forged(vals)
            frozen = FROZEN_FIELDS & vals.keys()
            for remittance in self:
                if frozen and remittance.state != "draft":
                    raise UserError(
                        self.env._(
                            "The file of %(name)s is made: the remittance cannot be "
                            "changed any more. Cancel it and make another one.",
                            name=remittance.name,
                        )
                    )
        vals = dict(vals)
        commands = vals.pop("bill_ids", None)
        result = super().write(vals) if vals else True
        if commands is not None:
            for remittance in self:
                remittance._demat_set_bills(commands)
        return result

    def _demat_refuse_forged(self, vals):
        """:raises AccessError: a field that only the acts write"""
        forged = {name for name in PROTECTED_FIELDS & vals.keys() if vals[name]}
        if forged and not self._demat_in_transition():
            raise AccessError(
                self.env._(
                    "A remittance changes through its buttons only; these fields "
                    "cannot be written: %(fields)s.",
                    fields=", ".join(sorted(forged)),
                )
            )

    def _demat_set_bills(self, commands):
        """Add and take out bills as the list on the form asks; nothing else of a bill
        can be changed from here.

        :param commands: link, unlink, set and clear of a one2many
        :raises UserError: another command
        """
        bills = self.bill_ids
        for command in commands:
            code, bill_id, *rest = (*command, 0, 0)[:3]
            if code == Command.LINK:
                bills |= bills.browse(bill_id)
            elif code in (Command.UNLINK, Command.DELETE):
                bills -= bills.browse(bill_id)
            elif code == Command.SET:
                bills = bills.browse(rest[0])
            elif code == Command.CLEAR:
                bills = bills.browse()
            elif code != Command.UPDATE or rest[0]:
                raise UserError(self.env._("Bills are made from invoices."))
        bills.check_access("write")
        (bills - self.bill_ids)._demat_check_remittable(self)
        self.bill_ids.filtered(lambda bill: bill not in bills)._demat_write(
            {"remittance_id": False}
        )
        (bills - self.bill_ids)._demat_write({"remittance_id": self.id})
        self.invalidate_recordset(["bill_ids"])

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_except_empty_draft(self):
        for remittance in self:
            if remittance.state != "draft" or remittance.file_sha256:
                raise UserError(
                    self.env._("%(name)s cannot be deleted.", name=remittance.name)
                )
        self.bill_ids._demat_write({"remittance_id": False})

    @api.model
    def _demat_make(self, bills):
        """Return a new remittance of these bills.

        :raises UserError: bills of several companies, or that cannot go to the bank
        """
        if len(bills.company_id) != 1:
            raise UserError(
                self.env._("One remittance is for the bills of one company.")
            )
        company = bills.company_id
        remittances = self.with_company(company)
        if not remittances._default_partner_bank_id():
            raise UserError(
                self.env._(
                    "%(company)s has no bank account in France to remit bills to: "
                    "enter its IBAN on the bank journal.",
                    company=company.display_name,
                )
            )
        return remittances.create(
            {"company_id": company.id, "bill_ids": [Command.set(bills.ids)]}
        )


class DematBill(models.Model):
    _inherit = "demat.bill"

    def _demat_check_remittable(self, remittance):
        """:raises UserError: one line for each bill that this remittance cannot take"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        lines = []
        for bill in self:
            if not states.can_remit(bill.kind, bill.state):
                lines.append(f"- {bill.name}: {labels[bill.state]}")
            elif bill.company_id != remittance.company_id:
                lines.append(f"- {bill.name}: {bill.company_id.display_name}")
            elif bill.remittance_id and bill.remittance_id != remittance:
                lines.append(f"- {bill.name}: {bill.remittance_id.name}")
        if lines:
            raise UserError(
                self.env._(
                    "A remittance takes bills of its company that were returned "
                    "accepted, or were issued without acceptance, and are in no other "
                    "remittance. These do not fit:\n%(lines)s",
                    lines="\n".join(lines),
                )
            )
