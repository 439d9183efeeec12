# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is sent: a company, customers with consent, invoices of ten lines."""

from itertools import cycle, islice

from odoo import Command, fields

from demo import company as firm
from demo import identifiers
from demo.catalogue import WORKS, Catalogue

LINES = 10
CUSTOMERS = 10


class Supply:
    """Makes posted invoices; the same kind for both ways of sending."""

    def __init__(self, env, smtp_host, smtp_port):
        env = env(context={**env.context, "lang": firm.LANGUAGE, "tz": "Europe/Paris"})
        firm.set_up_mail(env, smtp_host, smtp_port)
        self.company = firm.set_up_company(env)
        firm.set_up_seal(env, self.company)
        for xml_id in ("tva_normale_encaissement", "tva_intermediaire_encaissement"):
            firm.tax(env, xml_id).active = True
        self.catalogue = Catalogue(env)
        self.clerk = self._create_clerk(env)
        self.customers = self._create_customers(env)
        self.env = env
        env.cr.commit()

    def _create_clerk(self, env):
        groups = ("account.group_account_invoice", "demat_base.group_demat_user")
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Facturation",
                    "login": "bench",
                    "email": "bench@valcombe-batiment.example",
                    "lang": firm.LANGUAGE,
                    "group_ids": [Command.set([env.ref(name).id for name in groups])],
                }
            )
        )

    def _create_customers(self, env):
        customers = env["res.partner"].create(
            [
                self._prepare_customer_vals(env, number)
                for number in range(1, CUSTOMERS + 1)
            ]
        )
        env["demat.consent"]._record(
            customers, kinds=("invoice",), action="given", means="contract"
        )
        return customers

    def _prepare_customer_vals(self, env, number):
        siren = identifiers.siren(f"995000{number:02d}")
        return {
            "name": f"Client {number:02d} SAS",
            "is_company": True,
            "company_registry": identifiers.siret(siren),
            "vat": identifiers.vat_number(siren),
            "street": f"{number} rue de la Mesure",
            "zip": "38000",
            "city": "Grenoble",
            "country_id": env.ref("base.fr").id,
            "lang": firm.LANGUAGE,
            "email": f"compta@client-{number:02d}.example",
            "invoice_edi_format": "facturx",
            # both mails carry the PDF
            "demat_attach_pdf": True,
        }

    def invoices(self, count, *, ours):
        """Posted invoices; ours have entered the process and are prepared."""
        self.company.demat_invoicing = ours
        today = fields.Date.context_today(self.env.user)
        works = [(key, 3 + number) for number, (key, *_rest) in enumerate(WORKS)][
            :LINES
        ]
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": today,
                    "delivery_date": today,
                    "invoice_user_id": self.clerk.id,
                    "invoice_line_ids": self.catalogue.invoice_lines(works),
                }
                for customer in islice(cycle(self.customers), count)
            ]
        )
        moves.action_post()
        if ours:
            moves.with_user(self.clerk).action_demat_prepare()
        self.env.cr.commit()
        return moves.ids
