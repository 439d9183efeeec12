# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import bill_states as states
from .account_move_transition import TRANSITION

#: Blocked bills that a notification names.
NAMED = 5


class AccountMove(models.Model):
    """A customer invoice that is settled by bills of exchange."""

    _inherit = "account.move"

    demat_bill_ids = fields.One2many(
        "demat.bill",
        "move_id",
        string="Bills of exchange",
        groups="demat_base.group_demat_user,account.group_account_readonly",
    )
    demat_bill_count = fields.Integer(
        compute="_compute_demat_bill_count",
        groups="demat_base.group_demat_user,account.group_account_readonly",
    )
    demat_bill_wanted = fields.Boolean(compute="_compute_demat_bill_wanted")

    @api.depends("demat_bill_ids.state")
    def _compute_demat_bill_count(self):
        counts = dict(
            self.env["demat.bill"]._read_group(
                [("move_id", "in", self.ids), ("state", "in", states.LIVE_STATES)],
                ["move_id"],
                ["__count"],
            )
        )
        for move in self:
            move.demat_bill_count = counts.get(move._origin, 0)

    @api.depends("preferred_payment_method_line_id", "move_type", "state")
    def _compute_demat_bill_wanted(self):
        for move in self:
            move.demat_bill_wanted = (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and bool(move._demat_bill_kind())
            )

    def _demat_bill_kind(self):
        """Return the kind of bill that the payment method asks for, or False."""
        self.ensure_one()
        method = self.preferred_payment_method_line_id
        return method._demat_bill_kind() if method else False

    # -- making bills -----------------------------------------------------------------

    def action_demat_make_bills(self):
        """Make the bills that are missing, and show all of them."""
        bills = self._demat_make_bills()
        if not bills:
            raise UserError(self._demat_no_bills_message())
        return bills._get_records_action(name=self.env._("Bills of exchange"))

    def action_view_demat_bills(self):
        return self.demat_bill_ids._get_records_action(
            name=self.env._("Bills of exchange")
        )

    def action_demat_print_bills(self):
        """Make and issue what is missing, then print (treatment ``print_bills``)."""
        bills, blocked = self._demat_bills_to_print()
        if not bills:
            causes = "\n".join(f"- {bill.name}: {bill.problem}" for bill in blocked)
            raise UserError(causes or self._demat_no_bills_message())
        if blocked:
            return self._demat_tell_blocked(blocked, bills.action_print())
        return bills.action_print()

    def _demat_tell_blocked(self, blocked, following):
        """Return the notification that names the bills which are not printed, and why.

        :param following: the action that prints the others
        """
        causes = [f"{bill.move_id.name}: {bill.problem}" for bill in blocked[:NAMED]]
        if len(blocked) > NAMED:
            causes.append("…")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Bills not printed: %(count)s", count=len(blocked)),
                "message": " ".join(causes),
                "type": "warning",
                # it has to be read, and what it names to be mended
                "sticky": True,
                "next": following,
            },
        }

    def _demat_bills_to_print(self):
        """Return ``(bills, blocked)`` of these invoices, in their order.

        Missing bills are made, drafts issued; ``blocked`` are those that could not be,
        their field ``problem`` says why. Invoices of another payment method have none.
        """
        bills = self._demat_make_bills()
        _issued, blocked = bills._demat_issue_possible()
        rank = {move_id: number for number, move_id in enumerate(self.ids)}
        bills = (bills - blocked).sorted(
            lambda bill: (rank[bill.move_id.id], bill.due_date, bill.id)
        )
        return bills, blocked

    def _demat_make_bills(self):
        """Make one bill for each open instalment that has none.

        Invoices that are not to be settled by a bill are passed over; a customer
        without a usable account gets a draft that says so.

        :return: the live bills of these invoices, old and new
        """
        self._demat_check_user()
        wanted = self.filtered("demat_bill_wanted")
        # two clerks on one invoice: the second is told to try again
        wanted._demat_lock_or_refuse()
        wanted.invalidate_recordset(["demat_bill_ids"])
        values = []
        for move in wanted:
            billed = move.sudo().demat_bill_ids.filtered(
                lambda bill: bill.state in states.LIVE_STATES
            )
            values += [
                move._prepare_demat_bill_vals(line)
                for line in move._demat_open_instalments() - billed.line_id
            ]
        bills = self.env["demat.bill"]
        # or the index would still see a bill that was cancelled a moment ago
        bills.flush_model(["state", "line_id"])
        created = bills.sudo().with_context(demat_transition=TRANSITION).create(values)
        made = bills.search(
            [("move_id", "in", wanted.ids), ("state", "in", states.LIVE_STATES)]
        )
        return made | bills.browse(created.ids)

    def _demat_open_instalments(self):
        """Return the lines of what the customer still owes on this invoice."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and not line.reconciled
                and line.amount_residual_currency > 0
            )
        ).sorted(lambda line: (line.date_maturity or fields.Date.today(), line.id))

    def _prepare_demat_bill_vals(self, line):
        """Values of the bill for one instalment.

        TO EXTEND where other data should be on the bill.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        due = line.date_maturity or self.invoice_date_due or today
        return {
            "kind": self._demat_bill_kind(),
            "company_id": self.company_id.id,
            "move_id": self.id,
            "line_id": line.id,
            "drawee_id": self.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "amount": line.amount_residual_currency,
            "issue_date": today,
            "issue_place": self._demat_issue_place(),
            "due_date": due,
        }

    def _demat_bill_obstacle(self):
        """Return ``(words, record)``: why no bill of this invoice can be printed, and
        where that is mended; ``None`` if one can. Nothing is made by it.
        """
        self.ensure_one()
        live = self.demat_bill_ids.filtered(
            lambda bill: bill.state in states.LIVE_STATES
        )
        if any(bill.state != states.DRAFT for bill in live):
            return None
        bills = live or [
            # it gets its number when it is made
            self.env["demat.bill"].new(
                {"name": "0", **self._prepare_demat_bill_vals(line)}
            )
            for line in self._demat_open_instalments()
        ]
        today = fields.Date.context_today(self)
        for bill in bills:
            problem = bill._demat_find_problem(today=today)
            if not problem:
                return None
            action = bill._demat_fix_action(problem.field)
            record = self.env[action["res_model"]].browse(action.get("res_id"))
            return bill._demat_explain(problem.field, problem.cause), record
        return self.env._("Nothing is due: there is no bill to print."), self

    def _demat_issue_place(self):
        """A billet à ordre is subscribed at the customer's, a lettre drawn at ours."""
        own = self._demat_bill_kind() != states.BOR
        partner = self.company_id.partner_id if own else self.commercial_partner_id
        return partner.city

    def _demat_no_bills_message(self):
        return self.env._(
            "No bill to make: the invoices have to be validated and not paid, and "
            "their payment method has to be a bill of exchange (LCR, promissory "
            "note). "
            "The method is chosen on the customer, tab Invoicing, or on the invoice, "
            "tab Other Info."
        )

    # -- when the invoice changes -----------------------------------------------------

    def button_draft(self):
        # EXTENDS account: a bill stands for an instalment of the validated invoice
        live = self.sudo().demat_bill_ids.filtered(
            lambda bill: bill.state in states.LIVE_STATES
        )
        in_bank = live._demat_in_bank()
        if in_bank:
            raise UserError(
                self.env._(
                    "%(names)s: the bank has these bills. They have to be cancelled "
                    "before the invoice is reset.",
                    names=", ".join(in_bank.mapped("name")),
                )
            )
        result = super().button_draft()
        live._demat_cancel(self.env._("The invoice was reset to draft."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_bills(self):
        """Bills that were never issued go with their invoice, others keep it."""
        bills = self.sudo().demat_bill_ids
        issued = bills.filtered("frozen")
        if issued:
            raise UserError(
                self.env._(
                    "The bills %(names)s were issued for this invoice: it cannot be "
                    "deleted.",
                    names=", ".join(issued.mapped("name")),
                )
            )
        bills.unlink()
