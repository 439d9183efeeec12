# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields

from .common import DematInvoiceCommon

CUSTOMER_IBAN = "FR1420041010050500013M02606"
COMPANY_IBAN = "FR7630006000011234567890189"


class DematBillCommon(DematInvoiceCommon):
    """A bank that takes bills, a customer who is billed by LCR, one instalment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_bank"]
        cls.company_account = cls.company.partner_id.bank_ids.filtered(
            lambda account: account.sanitized_acc_number == COMPANY_IBAN
        )
        cls.journal.bank_account_id = cls.company_account
        cls.company_account.demat_domiciliation = "BNP Lyon"
        cls.methods = {
            "lcr_accepted": cls._make_method("fr_lcr", "accepted"),
            "lcr_not_accepted": cls._make_method("fr_lcr", "not_accepted"),
            "bor": cls._make_method("fr_bor"),
        }
        cls.customer_account = cls.env["res.partner.bank"].create(
            {
                "acc_number": CUSTOMER_IBAN,
                "partner_id": cls.customer.id,
                "demat_domiciliation": "La Banque Postale Grenoble",
            }
        )
        cls.customer.company_registry = "552100554"
        cls.customer.property_inbound_payment_method_line_id = cls.methods[
            "lcr_accepted"
        ]
        cls.today = fields.Date.context_today(cls.env.user)
        cls.due_date = fields.Date.add(cls.today, days=45)

    @classmethod
    def _make_method(cls, code, acceptance="accepted"):
        return cls.env["account.payment.method.line"].create(
            {
                "name": f"{code} {acceptance}",
                "payment_method_id": cls.env.ref(
                    f"demat_invoice.account_payment_method_{code}"
                ).id,
                "journal_id": cls.journal.id,
                "demat_acceptance": acceptance,
            }
        )

    @classmethod
    def _bill_invoice(cls, kind="lcr_accepted", partner=None, **values):
        return cls._invoice(
            partner,
            **{
                "invoice_date": cls.today,
                "invoice_date_due": cls.due_date,
                "invoice_payment_term_id": False,
                "preferred_payment_method_line_id": cls.methods[kind].id,
                **values,
            },
        )

    def _bill(self, kind="lcr_accepted", state="draft", **values):
        """Return the bill of a new invoice, brought to a state by the clerk."""
        move = self._bill_invoice(kind, **values)
        bill = move.with_user(self.clerk)._demat_make_bills()
        if state != "draft":
            bill.action_issue()
        if state in ("accepted", "remitted", "paid", "unpaid") and (
            kind != "lcr_not_accepted"
        ):
            bill.action_accept()
        if state in ("remitted", "paid", "unpaid"):
            self._remit(bill)
        if state == "paid":
            bill.action_pay()
        if state == "unpaid":
            bill._demat_refuse("Insufficient funds")
        return bill

    def _remit(self, bills, user=None):
        """Remit bills as the clerk and make the file."""
        remittance = (
            self.env["demat.bill.remittance"]
            .with_user(user or self.clerk)
            ._demat_make(bills.with_user(user or self.clerk))
        )
        remittance.action_make()
        return remittance

    @classmethod
    def _term_of_three(cls):
        return cls.env["account.payment.term"].create(
            {
                "name": "Three instalments",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in ((33.33, 30), (33.33, 60), (33.34, 90))
                ],
            }
        )

    def _last(self, record):
        return record.change_ids.sorted("id")[-1]

    def _acts(self, record):
        return record.change_ids.sorted("id").mapped("act")
