# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import html

from .common_group import GroupCase

PAY = "/my/statement/pay"


class PayCase(GroupCase):
    """What a browser does to pay."""

    def _tree(self, url):
        return html.fromstring(self._get(url).content)

    def _page(self, query):
        return self._tree(f"{PAY}?{query}")

    def _ids(self, *moves):
        return "&".join(f"ids={move.id}" for move in moves)

    def _form(self, page):
        """What the payment form of the page sends, as its script does."""
        [form] = page.xpath("//form[@id='o_payment_form']")
        return form

    def _offer(self, query):
        form = self._form(self._page(query))
        return form.get("data-access-token"), float(form.get("data-amount"))

    def _start(self, token, **values):
        return self._rpc(
            f"{PAY}/transaction",
            **{
                "access_token": token,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids[:1].id,
                "token_id": None,
                "amount": 1.0,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "https://elsewhere.example",
                "is_validation": False,
                "payment_reference": "forged",
                **values,
            },
        )

    def _take(self, query, state="done", **values):
        """Start a payment and let the provider answer; nothing is booked yet."""
        token, _amount = self._offer(query)
        answer, error = self._start(token, **values)
        self.assertFalse(error)
        return self._answer(self._transaction(answer["reference"]), state)

    def _answer(self, transaction, state="done"):
        """The provider's answer, as the form of the demo provider gives it."""
        _result, error = self._rpc(
            "/payment/demo/simulate_payment",
            reference=transaction.reference,
            payment_details="4242",
            simulated_state=state,
        )
        self.assertFalse(error)
        self.env.invalidate_all()
        return transaction

    def _book(self, transaction):
        """What the page of the host does while the customer waits."""
        _result, error = self._rpc("/payment/status/poll")
        self.assertFalse(error)
        self.env.invalidate_all()
        return transaction

    def _pay(self, query, state="done"):
        """Pay in the browser's place; returns the transaction, post-processed."""
        return self._book(self._take(query, state))

    def _transaction(self, reference):
        return self.env["payment.transaction"].search([("reference", "=", reference)])

    def _payments(self, transaction):
        return self.env["account.payment"].search(
            [("payment_transaction_id", "=", transaction.id)]
        )

    def _pay_on_host_page(self, move):
        """Start a payment on the host's own page of an invoice: ``(values, error)``"""
        return self._rpc(
            f"/invoice/transaction/{move.id}",
            access_token=move._portal_ensure_token(),
            provider_id=self.provider.id,
            payment_method_id=self.provider.payment_method_ids[:1].id,
            token_id=None,
            amount=move.amount_total,
            flow="direct",
            tokenization_requested=False,
            landing_route="/my",
        )
