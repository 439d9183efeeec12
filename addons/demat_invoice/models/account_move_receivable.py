# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import Command, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS account: seed 000 section 2, action 5
        today = fields.Date.context_today(self)
        now = self.filtered(lambda move: not (soft and move.date > today))
        now._demat_use_individual_accounts()
        return super()._post(soft)

    def _demat_use_individual_accounts(self):
        """Give each customer of these documents his own receivable account and use it.

        Customers that have one already keep it: the accountant may have chosen it. So
        does an invoice whose account was chosen by hand or by its fiscal position.
        """
        for company in self.company_id.filtered("demat_individual_account"):
            moves = self.filtered(
                lambda move, c=company: (
                    move.company_id == c
                    and move.is_sale_document(include_receipts=True)
                    and move.state == "draft"
                )
            ).with_company(company)
            for partner in moves.commercial_partner_id:
                shared = partner._demat_get_shared_account(company)
                lines = moves.filtered(
                    lambda move, p=partner: move.commercial_partner_id == p
                ).line_ids.filtered(
                    lambda line, a=shared: (
                        line.display_type == "payment_term" and line.account_id == a
                    )
                )
                if lines:
                    account = partner.sudo()._demat_get_individual_account(company)
                    lines.account_id = account


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _demat_get_shared_account(self, company):
        """Return the receivable account of customers that have none of their own."""
        partner = self.with_company(company)
        field = partner._fields["property_account_receivable_id"]
        return field.get_company_dependent_fallback(partner)

    def _demat_get_individual_account(self, company):
        """Return the customer's own receivable account; create it the first time.

        :param company: ``res.company`` whose chart of accounts is meant
        :return: ``account.account``, type receivable, reconcilable
        """
        self.ensure_one()
        partner = self.with_company(company)
        shared = partner._demat_get_shared_account(company)
        if partner.property_account_receivable_id and (
            partner.property_account_receivable_id != shared
        ):
            return partner.property_account_receivable_id
        account = (
            self.env["account.account"]
            .with_company(company)
            .create(
                {
                    "code": partner._demat_next_account_code(company),
                    "name": partner.name,
                    "account_type": "asset_receivable",
                    "reconcile": True,
                    "company_ids": [Command.set(company.ids)],
                }
            )
        )
        partner.property_account_receivable_id = account
        return account

    def _demat_next_account_code(self, company):
        """Return a free code: the prefix, then the customer's reference or a counter.

        A reference that is empty or taken falls back to the counter, so that validating
        an invoice never fails for it.
        """
        self.ensure_one()
        prefix = company.demat_account_prefix or "411"
        accounts = self.env["account.account"].with_company(company)
        if company.demat_account_numbering == "reference":
            reference = re.sub(r"[^0-9A-Z]", "", (self.ref or "").upper())
            code = prefix + reference
            if reference and not accounts.search_count([("code", "=", code)], limit=1):
                return code
        while True:
            code = prefix + company._demat_next_account_number()
            if not accounts.search_count([("code", "=", code)], limit=1):
                return code


class ResCompany(models.Model):
    _inherit = "res.company"

    def _demat_next_account_number(self):
        """Return the next number of the company's customer accounts, six digits."""
        self.ensure_one()
        sequence_sudo = self.env["ir.sequence"].sudo()
        code = "demat.receivable.account"
        sequence = sequence_sudo.search(
            [("code", "=", code), ("company_id", "=", self.id)], limit=1
        )
        if not sequence:
            sequence = sequence_sudo.create(
                {
                    "name": self.env._("Customer accounts"),
                    "code": code,
                    "company_id": self.id,
                    "padding": 6,
                }
            )
        return sequence.next_by_id()
