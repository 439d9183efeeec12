# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import bill_states as states
from .account_move_transition import TRANSITION

KIND_SELECTION = [
    (states.LCR_ACCEPTED, "LCR to be accepted"),
    (states.LCR_NOT_ACCEPTED, "LCR without acceptance"),
    (states.BOR, "Promissory note"),
]
STATE_SELECTION = [
    (states.DRAFT, "Draft"),
    (states.ISSUED, "Issued"),
    (states.SENT, "Sent for acceptance"),
    (states.ACCEPTED, "Returned accepted"),
    (states.REMITTED, "Remitted"),
    (states.PAID, "Paid"),
    (states.UNPAID, "Unpaid"),
    (states.CANCELLED, "Cancelled"),
]

#: What a user may write, as long as the bill is a draft.
DRAFT_FIELDS = frozenset(
    {"drawee_reference", "issue_date", "issue_place", "partner_bank_id"}
)
#: Written by the acts only.
PROTECTED_FIELDS = frozenset(
    {
        "amount",
        "change_ids",
        "company_id",
        "currency_id",
        "drawee_id",
        "due_date",
        "frozen",
        "kind",
        "line_id",
        "move_id",
        "name",
        "payment_id",
        "printed_date",
        "printed_uid",
        "problem_code",
        "remittance_id",
        "state",
    }
)


class DematBill(models.Model):
    """A bill of exchange (lettre de change) or a promissory note (billet à ordre).

    One for each instalment of a customer invoice. Life: ``lib/bill_states.py``. What is
    printed is read from the customer, his bank and the company as long as the bill is a
    draft, and frozen when it is issued. Entry points:
    ``account.move._demat_make_bills``, the ``action_*`` buttons, and
    ``demat.bill.remittance``.
    """

    _name = "demat.bill"
    _description = "Bill of Exchange"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_date, id"
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False)
    kind = fields.Selection(KIND_SELECTION, required=True, readonly=True)
    state = fields.Selection(
        STATE_SELECTION,
        required=True,
        readonly=True,
        default=states.DRAFT,
        tracking=True,
        index=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company", "Drawer", required=True, readonly=True, index=True
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Instalment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    drawee_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        "Account of the drawee",
        compute="_compute_partner_bank_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain="[('partner_id', '=', drawee_id)]",
        tracking=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True, tracking=True)
    issue_date = fields.Date(required=True, tracking=True)
    issue_place = fields.Char(tracking=True)
    due_date = fields.Date(required=True, readonly=True, index=True)
    drawee_reference = fields.Char(
        size=10, help="What the customer wants to read on the bill: 10 characters."
    )
    remittance_id = fields.Many2one(
        "demat.bill.remittance",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
    )
    payment_id = fields.Many2one(
        "account.payment", readonly=True, copy=False, ondelete="set null"
    )
    printed_date = fields.Datetime("Printed on", readonly=True, copy=False)
    printed_uid = fields.Many2one("res.users", "Printed by", readonly=True, copy=False)
    frozen = fields.Json(
        readonly=True,
        copy=False,
        help="What the issued bill says, whatever becomes of the customer's data.",
    )
    problem_code = fields.Char(
        compute="_compute_problem_code",
        store=True,
        help="What keeps a draft from being issued: field and cause.",
    )
    problem = fields.Char("Blocked", compute="_compute_problem")
    change_ids = fields.One2many(
        "demat.bill.change", "bill_id", "Who and when", readonly=True
    )
    drawee_siren = fields.Char("SIREN", compute="_compute_printed")
    rib = fields.Char("RIB", compute="_compute_printed")
    domiciliation = fields.Char(compute="_compute_printed")
    amount_in_words = fields.Char(compute="_compute_printed")

    _one_per_instalment = models.UniqueIndex(
        "(line_id) WHERE state != 'cancelled'",
        "There is a bill for this instalment already.",
    )
    _name_unique = models.Constraint(
        "unique (name, company_id)", "Two bills cannot have the same number."
    )

    @api.depends("drawee_id.bank_ids.sanitized_acc_number", "state")
    def _compute_partner_bank_id(self):
        """Take the first account of the customer that a bill can be drawn on."""
        for bill in self:
            if bill.state == states.DRAFT and not bill.partner_bank_id:
                accounts = bill.drawee_id.bank_ids.filtered(
                    lambda account, company=bill.company_id: (
                        account.company_id in (company, company.browse())
                    )
                )
                french = accounts.filtered(
                    lambda account: (
                        (account.sanitized_acc_number or "")[:2].upper() in ("FR", "MC")
                    )
                )
                bill.partner_bank_id = (french or accounts)[:1]
            else:
                bill.partner_bank_id = bill.partner_bank_id

    # -- protection -------------------------------------------------------------------

    def _demat_in_transition(self):
        return self.env.context.get("demat_transition") is TRANSITION

    @api.model_create_multi
    def create(self, vals_list):
        if not self._demat_in_transition():
            raise AccessError(
                self.env._(
                    "Bills are made from invoices: use the button of the invoice."
                )
            )
        for values in vals_list:
            values["name"] = self.env["ir.sequence"].next_by_code("demat.bill")
        bills = super().create(vals_list)
        self.env["demat.bill.change"]._record(bills, "create")
        return bills

    def write(self, vals):
        if not self._demat_in_transition():
            self._demat_refuse_forged(vals)
        return super().write(vals)

    def _demat_refuse_forged(self, vals):
        """:raises AccessError: a field that only the acts write
        :raises UserError: a field that is fixed since the bill was issued
        """
        forged = PROTECTED_FIELDS & vals.keys()
        if forged:
            raise AccessError(
                self.env._(
                    "A bill changes through its buttons only; these fields cannot be "
                    "written: %(fields)s.",
                    fields=", ".join(sorted(forged)),
                )
            )
        names = DRAFT_FIELDS & vals.keys()
        for bill in self:
            fixed = names if bill.state != states.DRAFT else set()
            if bill.kind == states.BOR and bill.state in (states.ISSUED, states.SENT):
                # the customer writes his account on the note he signs
                fixed = fixed - {"partner_bank_id"}
            if fixed:
                labels = [
                    self._fields[name].get_description(self.env)["string"]
                    for name in sorted(fixed)
                ]
                raise UserError(
                    self.env._(
                        "%(name)s is issued: it cannot be changed any more"
                        " (%(fields)s). Cancel it and make another one.",
                        name=bill.name,
                        fields=", ".join(labels),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_except_never_issued(self):
        """What was once issued is evidence; its number stays."""
        for bill in self:
            if bill.frozen or bill.state not in (states.DRAFT, states.CANCELLED):
                raise UserError(
                    self.env._(
                        "%(name)s was issued and cannot be deleted. Cancel it.",
                        name=bill.name,
                    )
                )

    def _demat_write(self, values):
        """Write as an act: past the protection, as the user (for the tracking)."""
        return self.sudo().with_context(demat_transition=TRANSITION).write(values)

    # -- places -----------------------------------------------------------------------

    def action_view_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_view_remittance(self):
        self.ensure_one()
        return self.remittance_id._get_records_action()
