# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import bill_states as states
from ..lib import cfonb
from ..lib.bill_errors import BillDataError
from ..lib.bill_slip import Slip, SlipRow, draw_slip
from ..lib.rib import rib_of, siren_of
from .account_move_transition import TRANSITION
from .demat_bill_check import address_of, cents_of
from .rights import check_demat_user


class DematBillRemittance(models.Model):
    """The acts on a remittance: file, slip, confirmation, cancellation."""

    _inherit = "demat.bill.remittance"

    # -- buttons ----------------------------------------------------------------------

    def action_make(self):
        """Make the file and remit the bills; nothing is made if one of them is wrong.

        :raises UserError: says each bill that does not fit, and why
        """
        self.ensure_one()
        self._demat_check_user()
        self._demat_lock("draft")
        bills = self.bill_ids.sorted(lambda bill: (bill.due_date, bill.id))
        self._demat_check_bills(bills)
        try:
            content = cfonb.build(self._demat_cfonb(bills))
        except BillDataError as error:
            raise UserError(self._demat_explain(error)) from error
        prefix = "BOR" if bills[0].kind == states.BOR else "LCR"
        self.env["demat.bill.change"]._record(self, "make", after="made")
        kinds = bills.grouped(lambda bill: states.remit_code(bill.kind))
        for act, group in kinds.items():
            group._demat_apply(act)
        self._demat_write(
            {
                "state": "made",
                "file_data": base64.b64encode(content),
                "file_name": f"{prefix}_{self.name}.txt",
                "file_sha256": hashlib.sha256(content).hexdigest(),
            }
        )

    def action_confirm(self):
        """The bank has taken the remittance: it cannot be cancelled any more."""
        self._demat_check_user()
        self._demat_lock("made")
        self.env["demat.bill.change"]._record(self, "confirm", after="confirmed")
        self._demat_write({"state": "confirmed"})

    def action_pay(self):
        """The bank has credited all bills of the remittance that are still with it."""
        self.ensure_one()
        bills = self.bill_ids.filtered(lambda bill: bill.state == states.REMITTED)
        if not bills:
            raise UserError(self.env._("No bill of this remittance waits for payment."))
        bills.action_pay()

    def action_cancel(self):
        self.ensure_one()
        self._demat_check_cancel()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel %(name)s", name=self.name),
            "res_model": "demat.bill.reason.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": "cancel", "default_remittance_id": self.id},
        }

    def action_download(self):
        """Download the file; the download is noted."""
        self.ensure_one()
        self._demat_check_user()
        if not self.file_sha256:
            raise UserError(self.env._("The file is not made yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/demat/bill/remittance/{self.id}/file",
            "target": "download",
        }

    def action_print_slip(self):
        self.ensure_one()
        report = self.env.ref("demat_invoice.action_report_demat_bill_remittance")
        return report.report_action(self, config=False)

    def action_view_bills(self):
        return self.bill_ids._get_records_action(name=self.env._("Bills of exchange"))

    # -- rights and states ------------------------------------------------------------

    def _demat_check_user(self):
        """:raises AccessError: not a user of the dematerialisation"""
        check_demat_user(self)

    def _demat_check_cancel(self):
        """:raises AccessError: the file is made, and no administrator asks"""
        self._demat_check_user()
        if (
            self.state == "made"
            and not self.env.su
            and not self.env.user.has_group("demat_base.group_demat_manager")
        ):
            raise AccessError(
                self.env._(
                    "The file of %(name)s is made. Only a dematerialisation "
                    "administrator may cancel it.",
                    name=self.name,
                )
            )

    def _demat_lock(self, *accepted):
        """Lock the rows and check their state.

        :raises UserError: busy, or in another state
        """
        locked = self._demat_try_lock()
        locked.invalidate_recordset(["state"])
        labels = dict(self._fields["state"]._description_selection(self.env))
        for remittance in self:
            if remittance not in locked:
                raise UserError(
                    self.env._(
                        "%(name)s: somebody else is treating this right now.",
                        name=remittance.name,
                    )
                )
            if remittance.state not in accepted:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s; this takes: %(accepted)s.",
                        name=remittance.name,
                        state=labels[remittance.state],
                        accepted=", ".join(labels[state] for state in accepted),
                    )
                )

    def _demat_write(self, values):
        return self.sudo().with_context(demat_transition=TRANSITION).write(values)

    def _demat_cancel(self, reason):
        """Cancel: the bills come back to where they were, the file is kept.

        :raises UserError: confirmed, no reason, or a bill went further meanwhile
        """
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why."))
        self._demat_lock("draft", "made")
        self._demat_check_cancel()
        self.env["demat.bill.change"]._record(
            self, "cancel", after="cancelled", reason=reason
        )
        bills = self.bill_ids
        if self.state == "made":
            moved = bills.filtered(
                lambda bill: bill.state not in (states.REMITTED, states.CANCELLED)
            )
            if moved:
                raise UserError(
                    self.env._(
                        "The bank has answered for %(names)s already: the remittance "
                        "cannot be cancelled.",
                        names=", ".join(moved.mapped("name")),
                    )
                )
            back = bills.filtered(lambda bill: bill.state == states.REMITTED)
            kinds = back.grouped(lambda bill: states.withdraw_code(bill.kind))
            for act, group in kinds.items():
                group._demat_apply(act, remittance_id=False)
        else:
            bills._demat_write({"remittance_id": False})
        self._demat_write({"state": "cancelled"})
        self.sudo().message_post(body=reason)

    # -- file -------------------------------------------------------------------------

    def _demat_check_bills(self, bills):
        """:raises UserError: one line for each bill that cannot go to the bank"""
        if not bills:
            raise UserError(self.env._("Add bills to the remittance first."))
        if len({bill.kind == states.BOR for bill in bills}) > 1:
            raise UserError(
                self.env._("LCR and promissory notes go in separate remittances.")
            )
        bills._demat_check_remittable(self)
        today = None if self.partner_bank_id.demat_past_due else self.date
        lines = []
        for bill in bills:
            problem = bill._demat_find_problem(today=today)
            if not problem and not bill._demat_values()["iban"]:
                problem = BillDataError("iban", "missing")
            if problem:
                text = bill._demat_explain(problem.field, problem.cause)
                lines.append(f"- {bill.name}: {text}")
        if lines:
            raise UserError(
                self.env._(
                    "These bills cannot go to the bank. Mend them or take them out:\n"
                    "%(lines)s",
                    lines="\n".join(lines),
                )
            )

    def _demat_cfonb(self, bills):
        """Return the :class:`cfonb.Remittance` of these bills.

        :raises BillDataError: the account or the SIREN of the company is wrong
        """
        company = self.company_id
        account = self.partner_bank_id
        return cfonb.Remittance(
            reference=self.name,
            date=self.date,
            name=company.name,
            rib=rib_of(account.sanitized_acc_number, field="partner_bank_id"),
            bills=tuple(bill._demat_cfonb() for bill in bills),
            entry=self.entry,
            domiciliation=account._demat_domiciliation(),
            siren=siren_of(company.partner_id.company_registry, company.vat),
            value_date=self.value_date or None,
            crlf=account.demat_cfonb_crlf,
            past_due=account.demat_past_due,
        )

    def _demat_explain(self, error):
        messages = {
            "value_date": self.env._("A discount needs a value date."),
            "partner_bank_id": self.env._(
                "The company's account %(account)s is no French account with a right "
                "RIB key.",
                account=self.partner_bank_id.acc_number,
            ),
            "siren": self.env._(
                "The SIREN or SIRET of the company is wrong: correct it."
            ),
            "total": self.env._("The total is too great for one file."),
        }
        return messages.get(error.field) or self.env._(
            "%(reference)s: %(field)s, %(cause)s",
            reference=error.reference or self.name,
            field=error.field,
            cause=error.cause,
        )

    def _demat_download(self):
        """Return the bytes of the file, after having noted who takes them.

        :raises UserError: no file, or its bytes are not those that were made
        """
        self.ensure_one()
        self._demat_check_user()
        content = base64.b64decode(self.sudo().file_data or b"")
        if not content:
            raise UserError(self.env._("The file is not made yet."))
        if hashlib.sha256(content).hexdigest() != self.file_sha256:
            raise UserError(
                self.env._(
                    "The stored file of %(name)s is not the one that was made: do not "
                    "send it. Call the administrator.",
                    name=self.name,
                )
            )
        self.env["demat.bill.change"]._record(self, "download")
        return content

    # -- slip -------------------------------------------------------------------------

    def _demat_render_slip(self):
        """Return the slips as one PDF; a draft is marked as a project.

        :raises UserError: no bill, or one that is wrong
        """
        self.check_access("read")
        slips = []
        for remittance in self:
            bills = remittance.bill_ids.sorted(lambda bill: (bill.due_date, bill.id))
            remittance._demat_check_slip(bills)
            slips.append(draw_slip(remittance._demat_slip(bills)))
        return slips

    def _demat_check_slip(self, bills):
        if not bills:
            raise UserError(self.env._("Add bills to the remittance first."))

    def _demat_slip(self, bills):
        company = self.company_id
        account = self.partner_bank_id
        watermark = {"draft": "PROJET", "cancelled": "ANNULÉ"}
        try:
            rows = tuple(bill._demat_slip_row() for bill in bills)
            rib = rib_of(account.sanitized_acc_number, field="partner_bank_id")
        except BillDataError as error:
            raise UserError(self._demat_explain(error)) from error
        return Slip(
            number=self.name,
            date=self.date,
            entry=self.entry,
            family="bor" if bills[0].kind == states.BOR else "lcr",
            company=(company.name, *address_of(company.partner_id)),
            bank=account._demat_domiciliation(),
            rib=rib,
            rows=rows,
            value_date=self.value_date or None,
            file_name=self.file_name or "",
            sha256=self.file_sha256 or "",
            watermark=watermark.get(self.state, ""),
        )


class DematBill(models.Model):
    _inherit = "demat.bill"

    def _demat_slip_row(self):
        row = self._demat_cfonb()
        return SlipRow(
            number=row.reference,
            drawee=row.drawee_name,
            siren=row.siren,
            rib=row.rib,
            due_date=fields.Date.to_date(row.due_date),
            amount=cents_of(self.amount),
        )
