# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal


class DematHome(CustomerPortal):
    """The cards of the home page: how much is to be paid, is overdue, is new.

    They are part of the page itself, so they are there without scripts, and whoever
    owes nothing is told so.
    """

    @route()
    def home(self, **kw):
        # EXTENDS portal
        response = super().home(**kw)
        if request.env.user._is_portal():
            response.qcontext["demat_cards"] = _cards()
        return response

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal: for apps that ask for numbers only
        values = super()._prepare_home_portal_values(counters)
        if "demat_document_count" in counters:
            values["demat_document_count"] = _new_documents()
        return values


def _cards():
    """Return ``to_pay`` and ``overdue`` (``(count, [(amount, currency)])`` each) and
    ``new_documents``: three queries, whatever the number of invoices.
    """
    Move = request.env["account.move"]
    owed = Move._demat_payable_domain() & Domain("move_type", "!=", "out_refund")
    late = Domain("invoice_date_due", "<", fields.Date.context_today(Move))
    return {
        "to_pay": _sum(owed),
        "overdue": _sum(owed & late),
        "new_documents": _new_documents(),
    }


def _sum(domain):
    rows = request.env["account.move"]._read_group(
        domain, ["currency_id"], ["__count", "amount_residual:sum"]
    )
    return {
        "count": sum(count for _currency, count, _amount in rows),
        "amounts": [(amount, currency) for currency, _count, amount in rows],
    }


def _new_documents():
    Document = request.env["ged.document"]
    since = request.env.user._demat_documents_seen_until()
    return Document.search_count(
        Document._demat_portal_domain() & Domain("archived_at", ">", since)
    )
