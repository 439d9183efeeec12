# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
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
    """Return ``to_pay`` and ``overdue`` (``count``, and ``amounts``: a list of
    ``(amount, currency)``) and ``new_documents``.

    Three queries, whatever the number of invoices.
    """
    return {
        "to_pay": _to_pay(),
        "overdue": _overdue(),
        "new_documents": _new_documents(),
    }


def _to_pay():
    Move = request.env["account.move"]
    owed = Move._demat_payable_domain() & Domain("move_type", "!=", "out_refund")
    return _card(
        Move._read_group(owed, ["currency_id"], ["__count", "amount_residual:sum"])
    )


def _overdue():
    """The instalments that are late, as on the statement: not the whole invoices."""
    Move = request.env["account.move"]
    late = Domain("move_id", "in", Move._search(Move._demat_overdue_domain()))
    return _card(
        request.env["account.move.line"]
        .sudo()
        ._read_group(
            late & Move._demat_late_terms_domain(),
            ["currency_id"],
            ["move_id:count_distinct", "amount_residual_currency:sum"],
        )
    )


def _card(rows):
    """Return a card of rows ``(currency, count, amount)``."""
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
