# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.demat_invoice.tests.common import DematInvoiceCommon

from tests.support.chorus import Simulator

#: A public entity of the simulator for each demand (its data set).
NOTHING, ENGAGEMENT = "12345678200051", "12345678200036"
SERVICE, BOTH = "12345678200028", "12345678200044"
EITHER, STATE = "99986401570264", "11000201100044"
CLOSED = "12345678200069"


class ChorusCommon(DematInvoiceCommon):
    """The French company of the invoices, connected to a simulated Chorus Pro.

    ``cls.chorus`` is the simulator, ``cls.account`` the account, ``cls.town`` a
    customer whose entity demands nothing.
    """

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # EXTENDS the host, which compares the time-out with a number: the client gives
        # two, to connect and to read
        if isinstance(options.get("timeout"), tuple):
            options["timeout"] = max(options["timeout"])
        return super()._request_handler(session, request, **options)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chorus = Simulator()
        cls.addClassCleanup(cls.chorus.close)
        cls.siret = cls.company.company_registry
        cls.chorus.add_supplier(cls.siret, cls.company.name)
        cls.account = cls.env["chorus.account"].create(
            {
                "company_id": cls.company.id,
                "platform": "other",
                "token_url": cls.chorus.token_url,
                "api_url": cls.chorus.api_url,
                "client_id": cls.chorus.client_id,
                "client_secret": cls.chorus.client_secret,
                "login": cls.chorus.login,
                "password": cls.chorus.password,
            }
        )
        cls.town = cls._public("Ville sans exigence", NOTHING)

    @classmethod
    def _public(cls, name, siret):
        """Return a customer that is the public entity of a SIRET, read by the API."""
        partner = cls._make_customer(name, "compta@ville.example")
        partner.vat = False
        structure = cls.env["chorus.structure"]._bring(
            siret, cls.account._chorus_client()
        )
        partner._chorus_become_public(structure)
        return partner

    @classmethod
    def _service(cls, partner, code):
        services = partner.chorus_structure_id.service_ids
        return services.filtered(lambda service: service.code == code)
