# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import Command, http
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.demat_invoice.tests.common import DematInvoiceCommon


class GroupCase(DematInvoiceCommon, HttpCase):
    """A group of two customers (a parent and its subsidiary), a neighbour, and who has
    an account: ``owner`` and ``colleague`` of the group, ``neighbour``, ``employee``
    without rights on invoices. The host's demo provider takes payments.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # pages are read in English here, the host's default is that of new partners
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        cls.subsidiary = cls._make_customer("Filiale Accord SARL", "fil@accord.example")
        cls.subsidiary.parent_id = cls.customer
        cls.owner = cls._portal_user("owner", cls.customer)
        cls.colleague = cls._portal_user("colleague", cls.customer)
        cls.neighbour = cls._portal_user("neighbour", cls.silent)
        cls.employee = new_test_user(
            cls.env,
            "group_employee",
            groups="base.group_user",
            password="group_employee",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.provider = cls._demo_provider(cls.company)

    @classmethod
    def _portal_user(cls, login, partner, company=None):
        company = company or cls.company
        contact = cls.env["res.partner"].create(
            {"name": f"Contact {login}", "parent_id": partner.id}
        )
        return new_test_user(
            cls.env,
            f"group_{login}",
            groups="base.group_portal",
            password=f"group_{login}",
            name=contact.name,
            partner_id=contact.id,
            email=f"{login}@group.example",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
        )

    @classmethod
    def _demo_provider(cls, company):
        provider = (
            cls.env.ref("payment.payment_provider_demo")
            .sudo()
            .copy({"company_id": company.id})
        )
        provider.write({"state": "test", "is_published": True})
        provider.payment_method_ids.active = True
        return provider

    @classmethod
    def _published(cls, partner=None, *, amount=100.0, due="2026-10-01", **values):
        """A sent invoice without tax, as its customer sees it."""
        values = {"invoice_date": "2026-09-01", **values}
        move = cls._invoice(
            partner,
            invoice_line_ids=[
                Command.create(
                    {"name": "Pose", "price_unit": amount, "tax_ids": [Command.clear()]}
                )
            ],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )
        cls._force_state(move, "sent")
        return move

    def _as(self, user):
        self.authenticate(user and user.login, user and user.login)

    def _get(self, url):
        # the host logs each refusal as a warning
        with mute_logger("odoo.http"):
            return self.url_open(url, allow_redirects=False)

    def _post(self, url, values):
        with mute_logger("odoo.http"):
            return self.url_open(
                url,
                data=values | {"csrf_token": http.Request.csrf_token(self)},
                method="POST",
            )

    def _rpc(self, url, **params):
        """Call a JSON route: ``(result, error)``"""
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            response = self.url_open(
                url,
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            )
        answer = response.json()
        return answer.get("result"), answer.get("error")
