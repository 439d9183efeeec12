# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from binascii import Error as NoBase64

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.misc import hash_sign, verify_hash_signed

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..models.account_move_pay import MOST, OPEN_STATES
from .dematerialisation import admit
from .statement import DematStatementController

PAY = "/my/statement/pay"
PAID = "/my/statement/paid"
_SCOPE = "demat_portal.pay"
_HOURS = 12
#: A form that names more is no form of ours.
_MOST_IDS = 20_000


class DematPayment(PortalAccount):
    """Pay one invoice, a selection or all that is overdue; of one's own group only.

    The server computes what is due. The form carries it signed, together with the
    invoices that it is for, and a payment starts only while both are still so.
    """

    @http.route(PAY, type="http", auth="user", methods=["GET", "POST"], website=True)
    def demat_portal_pay(self, scope=None, **_kwargs):
        """Show what is to be paid: ``ids`` (any number), or ``scope=overdue``."""
        _check_reader()
        moves = self._demat_chosen(scope)
        paying = moves._demat_paying()
        groups = (moves - paying)._demat_pay_groups()
        values = {
            "page_name": "demat_pay",
            "paying": paying.sudo(),
            "groups": groups,
            "scope": scope if scope == "overdue" else "",
            "most": MOST,
            "today": fields.Date.context_today(moves),
        }
        if len(groups) == 1 and not groups[0]["problem"]:
            values |= self._demat_pay_values(groups[0])
        return request.render("demat_portal.pay", values)

    @http.route(f"{PAY}/transaction", type="jsonrpc", auth="user")
    def demat_portal_transaction(self, access_token=None, **kwargs):
        """Start the payment that the page offered.

        :param access_token: what the page signed
        :return: processing values of the host's transaction
        :raise ValidationError: forged, too old, not what is due any more, being paid in
            another window, or too many
        """
        _check_reader()
        _check_rate()
        group = self._demat_offered(access_token)
        self._validate_transaction_kwargs(
            kwargs, additional_allowed_keys=("payment_reference",)
        )
        self._demat_check_provider(group, kwargs.get("provider_id"))
        # the customer's page says neither how much nor where to go afterwards
        for name in ("amount", "landing_route", "is_validation", "payment_reference"):
            kwargs.pop(name, None)
        moves, company = group["moves"], group["company"]
        prefix = (
            company.get_next_batch_payment_communication() if len(moves) > 1 else None
        )
        transaction = self._create_transaction(
            amount=group["amount"],
            currency_id=group["currency"].id,
            partner_id=request.env.user.partner_id.id,
            landing_route=PAID,
            reference_prefix=prefix,
            custom_create_values={
                "invoice_ids": [fields.Command.set(moves.ids)],
                "demat_portal_selection": True,
                "demat_portal_shares": {
                    move.id: move._demat_signed_residual() for move in moves
                },
            },
            **kwargs,
        )
        transaction.landing_route = f"{PAID}/{transaction.id}"
        return transaction._get_processing_values()

    @http.route(
        f"{PAID}/<int:transaction_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def demat_portal_paid(self, transaction_id, **_kwargs):
        """Say what became of a payment, and what to do if it failed."""
        _check_reader()
        own = request.env.user._demat_portal_own()
        transaction = (
            request.env["payment.transaction"]
            .sudo()
            .search(
                [
                    ("id", "=", transaction_id),
                    ("demat_portal_selection", "=", True),
                    ("partner_id.commercial_partner_id", "in", own.ids),
                ]
            )
        )
        if not transaction:
            raise NotFound()
        moves = request.env["account.move"].search(
            Domain("id", "in", transaction.invoice_ids.ids)
            & Domain("commercial_partner_id", "in", own.ids),
            order="invoice_date_due, id",
        )
        if not moves:
            raise NotFound()
        return request.render(
            "demat_portal.paid",
            {
                "page_name": "demat_paid",
                "transaction": transaction,
                "moves": moves.sudo(),
            },
        )

    # -- the host's own ways ----------------------------------------------------------

    @http.route()
    def portal_my_overdue_invoices(self, access_token=None, **kw):
        # OVERRIDES account_payment: the host pays for one partner in one currency
        if request.env.user._is_portal():
            return request.redirect(f"{PAY}?scope=overdue")
        return super().portal_my_overdue_invoices(access_token=access_token, **kw)

    def _get_overdue_invoice_count(self, limit=1):
        # EXTENDS account: of all entities that the customer pays for; the list of
        # invoices asks only whether there is one
        if not request.env.user._is_portal():
            return super()._get_overdue_invoice_count()
        Move = request.env["account.move"]
        return Move.search_count(self._demat_overdue(), limit=limit)

    def _demat_overdue(self):
        """Return the domain of what is overdue, put together once for a request."""
        if not isinstance(getattr(request, "demat_overdue", None), Domain):
            request.demat_overdue = request.env["account.move"]._demat_overdue_domain()
        return request.demat_overdue

    def _prepare_home_portal_values(self, counters):
        # EXTENDS account: the home page shows how many
        values = super()._prepare_home_portal_values(counters)
        if "overdue_invoice_count" in counters and request.env.user._is_portal():
            values["overdue_invoice_count"] = self._get_overdue_invoice_count(None)
        return values

    def _get_account_searchbar_filters(self):
        # EXTENDS account: the same invoices as the count
        filters = super()._get_account_searchbar_filters()
        if request.env.user._is_portal():
            # a list would lose what only domains may say
            filters["overdue_invoices"]["domain"] = self._demat_overdue()
        return filters

    # -- steps ------------------------------------------------------------------------

    def _demat_chosen(self, scope):
        """Return the payable moves that the request names, as the user."""
        Move = request.env["account.move"]
        if scope == "overdue":
            return Move.search(
                Move._demat_overdue_domain(), order="invoice_date_due, id", limit=MOST
            )
        ids = _numbers(request.httprequest.values.getlist("ids"))
        if not ids:
            return Move
        domain = Domain("id", "in", ids) & Move._demat_payable_domain()
        return Move.search(domain, order="invoice_date_due, id")

    def _demat_pay_values(self, group):
        """Return what the host's payment form and the transfer need."""
        moves = group["moves"]
        reference = moves._demat_pay_reference()
        values = self._get_common_page_view_values(
            invoices_data={
                "partner": request.env.user.partner_id,
                "company": group["company"],
                "total_amount": group["amount"],
                "currency": group["currency"],
                "amount_residual": group["amount"],
                "landing_route": PAID,
                "transaction_route": f"{PAY}/transaction",
            },
            access_token=_sign(group),
        )
        bank = moves._demat_pay_bank()
        return {
            **values,
            "group": group,
            "amount": group["amount"],
            "bank": bank,
            "qr_code": bank._demat_sepa_qr(
                group["amount"], group["currency"], reference
            ),
            "transfer_reference": reference,
        }

    def _demat_offered(self, token):
        """Return the group that the page offered, checked anew."""
        refusal = ValidationError(
            request.env._(
                "What is due has changed since this page was opened, or the page is "
                "too old: open it again from your statement."
            )
        )
        try:
            content = verify_hash_signed(request.env(su=True), _SCOPE, token)
        except (ValueError, NoBase64, AttributeError, TypeError) as exc:
            raise refusal from exc
        if not content or content[0] != request.env.uid:
            raise refusal
        _uid, ids, currency, amount = content
        Move = request.env["account.move"]
        moves = Move.search(Domain("id", "in", ids) & Move._demat_payable_domain())
        moves._demat_lock_to_pay()
        groups = (moves - moves._demat_paying())._demat_pay_groups()
        if len(groups) != 1 or groups[0]["problem"]:
            raise refusal
        [group] = groups
        if (
            set(group["moves"].ids) != set(ids)
            or group["currency"].id != currency
            or group["currency"].compare_amounts(group["amount"], amount)
        ):
            raise refusal
        return group

    def _demat_check_provider(self, group, provider_id):
        """:raise ValidationError: the page offered no such provider"""
        offered = (
            request.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                group["company"].id,
                request.env.user.partner_id.id,
                group["amount"],
                currency_id=group["currency"].id,
            )
        )
        if provider_id not in offered.ids:
            raise ValidationError(
                request.env._(
                    "This means of payment is not offered (any more): open the page "
                    "again from your statement and choose another one."
                )
            )


class DematInvoicePayment(PaymentPortal):
    """The host's payment of one invoice obeys the same rule."""

    @http.route()
    def invoice_transaction(self, invoice_id, access_token, **kwargs):
        # EXTENDS account_payment: the refusal is that of a wrong token
        move = request.env["account.move"].sudo().browse(invoice_id).exists()
        if move and not move._demat_may_pay():
            raise ValidationError(request.env._("The access token is invalid."))
        return super().invoice_transaction(invoice_id, access_token, **kwargs)

    def _process_transaction(self, partner_id, currency_id, invoice_ids, *args, **kw):
        # EXTENDS account_payment: a page that was left open does not pay once more
        moves = request.env["account.move"].sudo().browse(invoice_ids)
        moves._demat_lock_to_pay()
        if moves._demat_paying() or any(
            move.state == "posted" and move.currency_id.is_zero(move.amount_residual)
            for move in moves
        ):
            raise ValidationError(
                request.env._(
                    "This is paid already, or a payment is on its way: open the page "
                    "again to see it."
                )
            )
        return super()._process_transaction(
            partner_id, currency_id, invoice_ids, *args, **kw
        )


class DematStatementPayment(DematStatementController):
    """Whoever only reads somebody else's statement is offered no payment."""

    @http.route()
    def statement(self, **params):
        # EXTENDS demat_portal
        response = super().statement(**params)
        values = response.qcontext
        own = request.env.user._demat_portal_own()
        payable = [
            line
            for line in values["lines"]
            if line["payable"] and line["partner_id"] in own.ids
        ]
        values["demat_pay_ticked"] = bool(payable)
        values["demat_pay_overdue"] = self._demat_any_overdue(values, own, payable)
        return response

    def _demat_any_overdue(self, values, own, payable):
        """Say whether the user may pay something that is overdue.

        The lines that are shown tell it as a rule, the sums where nothing is late; only
        else the invoices are asked.
        """
        if any(
            line["late"] and line["payment_state"] in OPEN_STATES for line in payable
        ):
            return True
        if not any(sums["late"] for sums in values["overview"]["accounts"].values()):
            return False
        Move = request.env["account.move"]
        mine = Domain("commercial_partner_id", "in", (values["entities"] & own).ids)
        late = mine & Move._demat_overdue_domain(own)
        return bool(Move.search_count(late, limit=1))


def _check_reader():
    """:raise NotFound: one of our own people without rights on invoices; for the portal
    the record rules decide
    """
    if not request.env["account.move"].has_access("read"):
        raise NotFound()


def _check_rate():
    """:raise ValidationError: too many payments were started from this address"""
    if wait := admit("pay_start"):
        raise ValidationError(
            request.env._(
                "Too many payments were started from here. Nothing was charged: come "
                "back in %(minutes)s minutes.",
                minutes=-(-wait // 60),
            )
        )


def _numbers(texts):
    """Return the ids among the values of a form; what is none is left out."""
    return [
        int(text)
        for text in texts[:_MOST_IDS]
        if text.isascii() and text.isdigit() and len(text) < 10
    ]


def _sign(group):
    return hash_sign(
        request.env(su=True),
        _SCOPE,
        [
            request.env.uid,
            group["moves"].ids,
            group["currency"].id,
            group["amount"],
        ],
        expiration_hours=_HOURS,
    )
