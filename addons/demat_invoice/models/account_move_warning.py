# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from ..lib import states


class AccountMove(models.Model):
    """What a clerk sees at first glance (seed 004): padlock, indebted customer."""

    _inherit = "account.move"

    demat_lock_reason = fields.Char(
        string="Locked",
        compute="_compute_demat_lock_reason",
        help="Why the document can no longer be changed; empty while it can.",
    )
    demat_debt_warning = fields.Char(
        string="Customer in debt",
        compute="_compute_demat_debt_warning",
        help="Invoices that the customer has not paid although they are due.",
    )

    @api.depends("demat_state", "demat_sent_date", "demat_sent_uid", "inalterable_hash")
    @api.depends_context("lang", "tz")
    def _compute_demat_lock_reason(self):
        for move in self:
            if move.demat_state == states.SENT:
                move.demat_lock_reason = move._demat_sent_reason()
            elif move.demat_state == states.SENDING:
                move.demat_lock_reason = self.env._("Locked: it is being sent.")
            elif move.inalterable_hash:
                move.demat_lock_reason = self.env._(
                    "Locked: the entry is secured by the accounts."
                )
            else:
                move.demat_lock_reason = False

    def _demat_sent_reason(self):
        """Return the reason of the padlock of an invoice that has left."""
        if not (self.demat_sent_date and self.demat_sent_uid):
            return self.env._("Locked: sent to the recipient.")
        return self.env._(
            "Locked: sent to the recipient on %(date)s by %(user)s.",
            date=format_datetime(self.env, self.demat_sent_date, dt_format="short"),
            user=self.sudo().demat_sent_uid.name,
        )

    @api.depends("commercial_partner_id", "company_id", "move_type", "state")
    @api.depends_context("lang", "tz", "uid")
    def _compute_demat_debt_warning(self):
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type in ("out_invoice", "out_receipt")
                and move.commercial_partner_id
            )
        )
        (self - drafts).demat_debt_warning = False
        if not drafts:
            return
        debts = {
            (partner, company): (count, amount, oldest)
            for partner, company, count, amount, oldest in self.env[
                "account.move"
            ]._read_group(
                drafts._demat_debt_domain(),
                ["commercial_partner_id", "company_id"],
                ["__count", "amount_residual_signed:sum", "invoice_date_due:min"],
            )
        }
        for move in drafts:
            debt = debts.get((move.commercial_partner_id._origin, move.company_id))
            move.demat_debt_warning = debt and move._demat_debt_words(*debt)

    def _demat_debt_domain(self):
        """Return the domain of what the customers of these documents owe for too long.

        Sent or not, with a bill or without: what is due is due.
        """
        return [
            ("commercial_partner_id", "in", self.commercial_partner_id._origin.ids),
            ("company_id", "in", self.company_id.ids),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_receipt")),
            ("payment_state", "in", ("not_paid", "partial", "blocked")),
            ("invoice_date_due", "<", fields.Date.context_today(self)),
            ("amount_residual_signed", ">", 0),
        ]

    def _demat_debt_words(self, count, amount, oldest):
        values = {
            "name": self.commercial_partner_id.name,
            "amount": formatLang(
                self.env, amount, currency_obj=self.company_id.currency_id
            ),
            "count": count,
            "date": format_date(self.env, oldest),
        }
        if count == 1:
            return self.env._(
                "%(name)s already owes %(amount)s: one invoice is overdue since "
                "%(date)s.",
                **values,
            )
        return self.env._(
            "%(name)s already owes %(amount)s: %(count)s invoices are overdue, the "
            "oldest since %(date)s.",
            **values,
        )

    def action_demat_view_debt(self):
        """Open the overdue invoices of the customer."""
        self.ensure_one()
        self.check_access("read")
        moves = self.env["account.move"].search(self._demat_debt_domain())
        return moves._get_records_action(name=self.env._("Overdue invoices"))
