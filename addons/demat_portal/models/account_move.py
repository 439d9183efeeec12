# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # The host has no index by customer; without one the statement of one customer reads
    # the invoices of all.
    _demat_portal_customer_idx = models.Index(
        "(commercial_partner_id, COALESCE(invoice_date, date)) "
        "WHERE state = 'posted' AND move_type != 'entry'"
    )
    # What is not paid, oldest due day first: few among all of a good customer, and
    # asked for at each page.
    _demat_portal_unpaid_idx = models.Index(
        "(commercial_partner_id, partner_id, invoice_date_due) "
        "WHERE state = 'posted' AND move_type != 'entry' "
        "AND payment_state NOT IN ('in_payment', 'paid', 'reversed')"
    )
    # The list of invoices asks by customer, newest first, and by year; with what the
    # rules of access look at, the invoices of a year are counted in the index alone.
    _demat_portal_list_idx = models.Index(
        "(partner_id, invoice_date) "
        "INCLUDE (move_type, state, demat_state, company_id) "
        "WHERE state NOT IN ('cancel', 'draft') AND move_type != 'entry'"
    )

    def _demat_reminders(self):
        """Return the reminders that were sent for these invoices: a hook.

        An addon that writes reminders extends it; it must not ask per invoice.

        :return: ``{move id: [{"date": date, "label": text}]}``, oldest first
        """
        return {}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Payments and other entries of a customer, among all the lines of his invoices.
    _demat_portal_partner_idx = models.Index(
        "(partner_id, account_id, date) "
        "WHERE parent_state = 'posted' AND display_type = 'product'"
    )
