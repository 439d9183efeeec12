# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import bill_states as states
from ..lib.bill_form import draw_bills
from .rights import check_demat_user

REPORT = "demat_invoice.report_demat_bill"


class DematBill(models.Model):
    """The acts on a bill: the only code that changes its state."""

    _inherit = "demat.bill"

    # -- buttons ----------------------------------------------------------------------

    def action_issue(self):
        """Issue the drafts; what is blocked stays, with its cause."""
        self._demat_check_user()
        if len(self) == 1:
            self._demat_check_states("issue")
            problem = self._demat_find_problem(today=fields.Date.context_today(self))
            if problem:
                self._demat_raise_problem(problem)
        issued, blocked = self._demat_issue_possible()
        if len(self) == 1:
            return None
        return self._demat_notify_issued(issued, blocked)

    def action_send(self):
        """The paper is on its way to the customer, for his signature."""
        self._demat_apply("send")

    def action_accept(self):
        """The customer returned the bill, signed."""
        self._demat_check_states("accept")
        for bill in self:
            problem = bill._demat_find_account_problem()
            if problem:
                bill._demat_raise_problem(problem)
        self._demat_apply("accept")

    def action_pay(self):
        """The bank has credited the bill; books the payment if nobody has."""
        self._demat_pay()

    def action_refuse(self):
        return self._demat_ask_reason("refuse", self.env._("Returned unpaid"))

    def action_cancel(self):
        return self._demat_ask_reason("cancel", self.env._("Cancel bills"))

    def action_print(self):
        """Print; a draft shows the mark of a specimen and stays what it is."""
        self._demat_check_user()
        report = self.env.ref("demat_invoice.action_report_demat_bill")
        # the form has no letterhead to choose first
        return report.report_action(self, config=False)

    def action_remit(self):
        """Put the bills into a new remittance and open it."""
        self._demat_check_user()
        remittance = self.env["demat.bill.remittance"]._demat_make(self)
        return remittance._get_records_action()

    def _demat_ask_reason(self, act, title):
        self._demat_check_user()
        self._demat_check_manager(act)
        self._demat_check_states(act)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "demat.bill.reason.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": act, "default_bill_ids": self.ids},
        }

    # -- rights -----------------------------------------------------------------------

    def _demat_check_user(self):
        """:raises AccessError: not a user of the dematerialisation"""
        check_demat_user(self)

    def _demat_check_manager(self, act):
        """:raises AccessError: a bill that the bank has, and no administrator asks"""
        needed = self.filtered(lambda bill: bill.state in states.MOVES[act].manager)
        if needed and not (
            self.env.su or self.env.user.has_group("demat_base.group_demat_manager")
        ):
            raise AccessError(
                self.env._(
                    "%(names)s: the bank has it. Only a dematerialisation "
                    "administrator may cancel it.",
                    names=", ".join(needed.mapped("name")),
                )
            )

    def _demat_check_states(self, act):
        """:raises UserError: one line for each bill that the act does not take"""
        wrong = self.filtered(
            lambda bill: not states.can_move(act, bill.kind, bill.state)
        )
        if not wrong:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        lines = "\n".join(
            f"- {bill.name}: {kinds[bill.kind]}, {labels[bill.state]}" for bill in wrong
        )
        raise UserError(
            self.env._(
                "This takes bills that are: %(accepted)s.\n"
                "These do not fit:\n%(lines)s",
                accepted=", ".join(labels[name] for name in states.MOVES[act].sources),
                lines=lines,
            )
        )

    # -- acts -------------------------------------------------------------------------

    def _demat_lock(self):
        """Lock the rows and read their state anew.

        :raises UserError: somebody else is treating one of them
        """
        locked = self._demat_try_lock()
        busy = self - locked
        if busy:
            raise UserError(
                self.env._(
                    "%(names)s: somebody else is treating this right now. Wait a "
                    "moment, then look at the state again.",
                    names=", ".join(busy.mapped("name")),
                )
            )
        locked.invalidate_recordset(["state", "remittance_id"])
        return locked

    def _demat_apply(self, act, *, reason=None, **values):
        """Apply one act to all bills, or refuse all with the reasons.

        :param act: key of ``bill_states.MOVES``
        :param values: further fields to write along
        :raises UserError: a state that the act does not take, or no reason given
        :raises AccessError: not allowed
        """
        if not self:
            return
        self._demat_check_user()
        move = states.MOVES[act]
        if move.reason and not (reason or "").strip():
            raise UserError(self.env._("Say why."))
        self._demat_lock()
        self._demat_check_states(act)
        self._demat_check_manager(act)
        self.env["demat.bill.change"]._record(
            self, act.removesuffix("_direct"), after=move.target, reason=reason
        )
        self._demat_write({"state": move.target, **values})
        if reason:
            for bill in self:
                bill.sudo().message_post(body=reason)

    def _demat_issue_possible(self):
        """Issue the drafts that nothing blocks, and freeze what they say.

        :return: (issued bills, blocked bills); the cause is in ``problem``
        """
        self._demat_check_user()
        today = fields.Date.context_today(self)
        issued = self.browse()
        blocked = self.browse()
        for bill in self.filtered(lambda bill: bill.state == states.DRAFT):
            problem = bill._demat_find_problem(today=today)
            if problem:
                blocked |= bill
                code = f"{problem.field}:{problem.cause}"
                if bill.problem_code != code:
                    bill._demat_write({"problem_code": code})
            else:
                issued |= bill
        for bill in issued:
            bill._demat_write({"frozen": bill._demat_values()})
        issued._demat_apply("issue")
        return issued, blocked

    def _demat_notify_issued(self, issued, blocked):
        lines = [f"{bill.name}: {bill.problem}" for bill in blocked[:10]]
        message = self.env._("%(count)s bills issued.", count=len(issued))
        if blocked:
            message += " " + self.env._(
                "%(count)s are blocked: %(lines)s",
                count=len(blocked),
                lines=" ".join(lines),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if blocked else "success",
                "message": message,
                "sticky": bool(blocked),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _demat_find_account_problem(self):
        """Freeze the account that a customer wrote on the note he signed.

        :return: what is wrong with it, or None
        """
        if self.kind == states.BOR and self.frozen and self.partner_bank_id:
            account = self.sudo().partner_bank_id
            values = {
                **self.frozen,
                "iban": account.sanitized_acc_number,
                "domiciliation": account._demat_domiciliation(),
            }
            if values != self.frozen:
                self._demat_write({"frozen": values})
        try:
            self._demat_rib()
        except ValueError as problem:
            return problem
        return None

    # -- paper ------------------------------------------------------------------------

    def _demat_render_pdf(self, *, per_page=3):
        """Return the bills as one PDF, in their order, and note who printed which.

        Drafts and cancelled bills carry a watermark and are not counted as printed.
        """
        self.check_access("read")
        data = draw_bills(
            [bill._demat_form(strict=False) for bill in self], per_page=per_page
        )
        printed = self.filtered(
            lambda bill: bill.state not in (states.DRAFT, states.CANCELLED)
        )
        if printed:
            self.env["demat.bill.change"]._record(printed, "print")
            printed._demat_write(
                {"printed_date": fields.Datetime.now(), "printed_uid": self.env.uid}
            )
        return data
