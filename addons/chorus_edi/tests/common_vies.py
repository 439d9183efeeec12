# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from odoo.addons.demat_invoice.tests.common import DematInvoiceCommon

from ..models.vies_check import ADDRESS_PARAMETER
from . import vies_server

BELGIAN = "BE0477472701"
GERMAN = "DE123456788"


class ViesCommon(DematInvoiceCommon):
    """A VIES on this machine, and customers of other member states."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        running = vies_server.running()
        cls.vies = running.__enter__()
        cls.addClassCleanup(running.__exit__, None, None, None)
        cls.env["ir.config_parameter"].sudo().set_param(
            ADDRESS_PARAMETER, cls.vies.address
        )
        cls.company.vat = "FR23334175221"
        cls.exempt = cls.company_data["default_tax_sale"].copy(
            {
                "name": "Exonération intracommunautaire",
                "amount": 0,
                "ubl_cii_tax_category_code": "K",
            }
        )
        cls.belgian = cls._make_foreigner("Zonen NV", "base.be", BELGIAN)
        cls.german = cls._make_foreigner("Söhne GmbH", "base.de", GERMAN)

    def setUp(self):
        super().setUp()
        self.vies.outcomes.clear()
        self.vies.questions.clear()

    @classmethod
    def _make_foreigner(cls, name, country, vat):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": "compta@example.org",
                "street": "Wetstraat 1",
                "zip": "1000",
                "city": "Brussel",
                "country_id": cls.env.ref(country).id,
                "vat": vat,
            }
        )

    @classmethod
    def _exempt_invoice(cls, partner=None, **values):
        values.setdefault("delivery_date", "2026-11-02")
        return cls._invoice(
            partner or cls.belgian,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Carrelage",
                        "quantity": 10,
                        "price_unit": 42.0,
                        "tax_ids": [Command.set(cls.exempt.ids)],
                    }
                )
            ],
            **values,
        )

    @classmethod
    def _checks(cls, moves):
        return cls.env["vies.check"].search([("move_ids", "in", moves.ids)])

    def _todos(self, move):
        return move.activity_search(["chorus_edi.mail_activity_type_vies"])
