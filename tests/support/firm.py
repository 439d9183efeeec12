# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A firm that sends its invoices with demat, on a real server."""

import secrets
from typing import NamedTuple

# login: groups
STAFF = {
    "clerk": ("account.group_account_invoice", "demat_base.group_demat_user"),
    "colleague": ("account.group_account_invoice", "demat_base.group_demat_user"),
    "manager": (
        "account.group_account_manager",
        "demat_base.group_demat_manager",
        "project.group_project_manager",
        "sales_team.group_sale_manager",
    ),
}
# login: name, first digits of the SIREN
CUSTOMERS = {
    "noyers": ("Foncière des Noyers SAS", "99812406"),
    "bellecombe": ("Menuiserie Bellecombe SARL", "99645371"),
}

IMPORT = "from tests.support import firm_inside\n"


class FirmTemplate(NamedTuple):
    """A database with a firm that servers can begin with, and what to know of it."""

    name: str | None
    passwords: dict
    facts: dict


def set_up(run, name=None):
    """Make the firm.

    :param run: runs Python text in Odoo, see ``DematServer.run``
    :param name: the database, if it is a template
    :return: :class:`FirmTemplate`
    """
    passwords = {login: secrets.token_urlsafe(16) for login in (*STAFF, *CUSTOMERS)}
    code = f"{IMPORT}result = firm_inside.set_up(env, passwords)"
    return FirmTemplate(name, passwords, run(code, passwords=passwords))


class Firm:
    """The firm on one server: its people, customers, site and invoices.

    ``passwords`` by login: ``clerk``, ``colleague``, ``manager`` of the firm, and its
    customers on the portal, ``noyers`` and ``bellecombe``; ``customers`` (login → id),
    ``site``, ``product``.
    """

    def __init__(self, server):
        self.server = server
        made = server.template
        if not isinstance(made, FirmTemplate):
            made = set_up(server.run)
        self.passwords = made.passwords
        self.customers = made.facts["customers"]
        self.site = made.facts["site"]
        self.product = made.facts["product"]

    def _inside(self, call, **values):
        return self.server.run(f"{IMPORT}result = firm_inside.{call}", **values)

    def rpc(self, login):
        """A session of one of our people or customers."""
        return self.server.rpc(login, self.passwords[login])

    def give_consent(self, login):
        """The clerk records that the customer accepts electronic invoices."""
        clerk = self.rpc("clerk")
        customers = [[6, 0, [self.customers[login]]]]
        values = {"partner_ids": customers, "action": "given", "means": "form"}
        wizard = clerk.call("demat.consent.wizard", "create", [values])
        clerk.call("demat.consent.wizard", "action_record", wizard)

    def make_invoices(self, count, login="noyers", **values):
        """The clerk makes invoices of one line and validates them: their ids."""
        clerk = self.rpc("clerk")
        made = [
            {
                "move_type": "out_invoice",
                "partner_id": self.customers[login],
                "invoice_line_ids": [
                    [
                        0,
                        0,
                        {
                            "product_id": self.product,
                            "quantity": 12.5,
                            "price_unit": 42 + number,
                        },
                    ]
                ],
                **values,
            }
            for number in range(count)
        ]
        ids = clerk.call("account.move", "create", made)
        clerk.call("account.move", "action_post", ids)
        return ids

    def make_order_invoices(self, names, login="noyers"):
        """Waiting invoices of one order, with all that leads to them: name → facts."""
        return self._inside(
            "make_order_invoices(env, names, login=login, product=product)",
            names=names,
            login=login,
            product=self.product,
        )

    def open_send(self, rpc, ids):
        """Press "Send": a function that confirms, as the dialog of the web client does.

        :raise RpcError: (that function) the refusal that the clerk reads
        """
        action = rpc.call("account.move", "action_demat_send", ids)
        context = action["context"]
        model = action["res_model"]
        values = rpc.call(model, "default_get", ["line_ids"], context=context)
        wizard = rpc.call(model, "create", [values], context=context)
        return lambda: rpc.call(model, "action_send", wizard, context=context)

    def send(self, rpc, ids):
        """Press "Send" and confirm; answers the notification."""
        return self.open_send(rpc, ids)()
