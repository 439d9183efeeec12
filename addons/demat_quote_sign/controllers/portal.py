# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale_management.controllers.portal import CustomerPortal

from ..models.demat_sign_signatory import TURN
from . import frame


class DematSignPortal(CustomerPortal):
    """The host's portal leads to the ceremony."""

    @http.route()
    def home(self, **kw):
        # EXTENDS portal
        response = super().home(**kw)
        requests = _to_sign().request_id
        response.qcontext["demat_sign_amounts"] = [
            (sum(some.mapped("amount_total")), currency)
            for currency, some in requests.grouped("currency_id").items()
        ]
        return response

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "demat_sign_count" in counters:
            values["demat_sign_count"] = len(_to_sign())
        return values

    @http.route("/my/sign", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_sign(self, **_kwargs):
        """The quotes that wait for the signature of this user."""
        values = {"page_name": "demat_sign", "signatories": _to_sign()}
        return request.render("demat_quote_sign.portal_my_sign", values)

    @http.route()
    def portal_quote_accept(
        self, order_id, access_token=None, name=None, signature=None
    ):
        # OVERRIDES sale: no signature without evidence
        token = access_token or request.httprequest.args.get("access_token")
        try:
            order = self._document_check_access("sale.order", order_id, token)
        except (AccessError, MissingError):
            return {"error": request.env._("Invalid order.")}
        if order._has_to_be_signed() and order._demat_sign_refuses_host():
            return {"error": _host_refused_words(order)}
        return super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )

    @http.route()
    def portal_quote_decline(
        self, order_id, access_token=None, decline_message=None, **kwargs
    ):
        # OVERRIDES sale: one that waits for signatures is declined in its ceremony
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if order._demat_open_request():
            return request.redirect(order.get_portal_url(suffix="/sign"))
        return super().portal_quote_decline(
            order_id,
            access_token=access_token,
            decline_message=decline_message,
            **kwargs,
        )

    @http.route(
        "/my/orders/<int:order_id>/sign",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_order_sign(self, order_id, access_token=None, **_kwargs):
        """From the page of the order to the ceremony.

        A signatory who is logged in gets there at once. The link of the order alone
        lets nobody sign: the personal links are sent to the signatories once more.
        """
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        deal = order._demat_open_request()
        if not deal:
            return request.redirect(order.get_portal_url())
        mine = _to_sign().filtered(lambda one: one.request_id == deal)
        if mine:
            return request.redirect(mine[0]._get_sign_path())
        asked = deal.signatory_ids.filtered(lambda one: one.state in TURN and one.email)
        sent = False
        if request.httprequest.method == "POST":
            wait = frame.admit("sign_word")
            if wait:
                return frame.come_back(wait)
            deal._mail("invitation", asked)
            for signatory in asked:
                deal._record_event("sent", signatory=signatory, detail=signatory.email)
            sent = True
        return request.render(
            "demat_quote_sign.portal_order_sign",
            {
                "sale_order": order,
                "deal": deal,
                "asked": asked,
                "sent": sent,
                "page_name": "quote",
            },
        )


def _to_sign():
    """The signatories that the user of this session is, whose turn it is."""
    user = request.env.user
    signatories = request.env["demat.sign.signatory"].sudo()
    if user._is_public():
        return signatories.browse()
    return signatories.search(
        [
            ("partner_id", "=", user.partner_id.id),
            ("state", "in", TURN),
            ("request_id.state", "=", "sent"),
        ]
    )


def _host_refused_words(order):
    if order._demat_open_request():
        return request.env._(
            "This quote is signed through the personal link that was sent by mail."
        )
    return request.env._(
        "%(company)s has quotes signed with evidence: ask for a link to sign this one.",
        company=order.company_id.name,
    )
