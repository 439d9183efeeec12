# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A firm that sends its invoices with demat, on a real server."""

import secrets

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


class Firm:
    """The firm on one server: its people, customers, site and invoices.

    ``passwords`` by login (``clerk``, ``colleague``, ``manager`` of the firm; ``noyers``
    and ``bellecombe``, customers on the portal), ``customers`` (login → id), ``site``, ``product``.
    """

    def __init__(self, server):
        self.server = server
        logins = [*STAFF, *CUSTOMERS]
        self.passwords = {login: secrets.token_urlsafe(16) for login in logins}
        facts = self._inside("set_up(env, passwords)", passwords=self.passwords)
        self.customers = facts["customers"]
        self.site = facts["site"]
        self.product = facts["product"]

    def _inside(self, call, **values):
        return self.server.run(f"{IMPORT}result = firm_inside.{call}", **values)

    def rpc(self, login):
        """A session of one of our people or customers."""
        return self.server.rpc(login, self.passwords[login])

    def give_consent(self, login):
        self._inside("give_consent(env, partner)", partner=self.customers[login])

    def make_invoices(self, count, login="noyers", **values):
        """Invoices of a customer, posted unless told otherwise: ``[{"id", "name"}]``."""
        values |= {"partner": self.customers[login], "product": self.product}
        return self._inside(
            "make_invoices(env, count, **values)", count=count, values=values
        )

    def make_order_invoices(self, names, login="noyers"):
        """Waiting invoices of one order, with all that could lead to them: name → facts."""
        return self._inside(
            "make_order_invoices(env, names, login=login, product=product)",
            names=names,
            login=login,
            product=self.product,
        )

    def send(self, rpc, ids):
        """Press "Send" and confirm, as the web client does; answers its notification.

        :raise RpcError: the refusal that the clerk reads
        """
        action = rpc.call("account.move", "action_demat_send", ids)
        context = action["context"]
        lines = rpc.call("demat.send.wizard", "default_get", ["line_ids"], context=context)
        wizard = rpc.call("demat.send.wizard", "create", [lines], context=context)
        return rpc.call("demat.send.wizard", "action_send", wizard, context=context)
