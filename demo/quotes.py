# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quotes: one being written, two sent (one of them for signature), three confirmed;
two of these have a site."""

from datetime import timedelta

from odoo import fields

from demo.catalogue import Choice

REDUCED_NOTE = (
    "Le client certifie que les travaux portent sur des locaux à usage d’habitation "
    "achevés depuis plus de deux ans (TVA à 10 %, art. 279-0 bis du CGI)."
)

TERMS = """
<h3>1. Prix</h3>
<p>Les prix du devis sont fermes jusqu’à la fin de sa validité.</p>
<h3>2. Paiement</h3>
<p>Trente pour cent à la signature, le solde à l’avancement, à trente jours.</p>
<h3>3. Travaux</h3>
<p>Les travaux que le devis ne nomme pas font l’objet d’un autre devis.</p>
"""


def create_quotes(env, clerk, catalogue, customers, sites):
    """The quotes; returns the confirmed ones that invoices are made from, and the one
    that is to be signed.

    :return: {"residence": order, "school": order, "house": order, "hall": order}
    """
    maker = _Maker(env, clerk, catalogue)
    maker.make(
        customers.joinery,
        ["Extension de l’atelier", ("masonry", 64), ("render", 58), ("labour", 24)],
    )
    hall = maker.make(
        customers.property_firm,
        [
            "Hall d’entrée bâtiment B",
            ("demolition", 46),
            ("tiles", 46),
            ("skirting", 38),
            "Paliers des étages 1 à 4",
            ("tiles", 72),
            ("waste", 1),
            Choice("Peinture des murs du hall"),
            ("paint", 96),
            ("paint_oil", 96),
            ("lining", 96),
        ],
        days=6,
        site=sites.residence,
    )
    hall.action_quotation_sent()
    maker.make(
        customers.household,
        [
            "Terrasse et clôture",
            ("masonry", 22),
            ("screed", 30),
            ("tiles", 30),
            ("travel", 1),
        ],
        rate="reduced",
        days=11,
    ).action_quotation_sent()
    confirmed = _make_confirmed(maker, customers, sites)
    for order in confirmed.values():
        _confirm(order)
    return {**confirmed, "hall": hall}


def _make_confirmed(maker, customers, sites):
    """Those that the customers accept, by name."""
    return {
        "residence": maker.make(
            customers.property_firm,
            [
                "Situation n° 1 : appartements 101 à 104",
                ("demolition", 118),
                ("insulation", 118),
                ("screed", 118),
                ("tiles", 118),
                ("skirting", 96),
                "Salles de bains",
                ("sealing", 27),
                ("wall_tiles", 64),
                "Chantier",
                ("travel", 1),
                ("waste", 2),
            ],
            days=118,
            site=sites.residence,
            reference="MOE-2207",
        ),
        "school": maker.make(
            customers.town_hall,
            [
                "Façades sud et est",
                ("scaffold", 2),
                ("cleaning", 264),
                ("render", 264),
                ("waste", 1),
            ],
            days=96,
            site=sites.school,
            reference="Marché 2026-014",
        ),
        "house": maker.make(
            customers.household,
            [
                "Salle de bains de l’étage",
                ("demolition", 21),
                ("sealing", 21),
                ("wall_tiles", 18),
                ("tiles", 6.5),
                ("labour", 8),
            ],
            rate="reduced",
            days=104,
        ),
    }


def send_for_signature(env, clerk, company, order):
    """Send a quote for signature, with general terms; its mail leaves at the commit."""
    company.demat_sign_terms_id = env["demat.sign.terms"].create(
        {"name": "Conditions générales de vente", "body": TERMS}
    )
    window = env["demat.sign.send"].with_user(clerk)
    window.with_context(default_order_id=order.id).create({}).action_send()


class _Maker:
    def __init__(self, env, clerk, catalogue):
        self.env = env
        self.clerk = clerk
        self.catalogue = catalogue
        self.today = fields.Date.context_today(env.user)

    def make(self, partner, works, *, rate="full", days=1, site=None, reference=False):
        """A quote written ``days`` ago."""
        date = fields.Datetime.to_datetime(self.today - timedelta(days=days))
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "user_id": self.clerk.id,
                "date_order": date.replace(hour=9),
                "client_order_ref": reference,
                "project_id": site.id if site else False,
                "order_line": self.catalogue.order_lines(works, rate),
                "note": REDUCED_NOTE if rate == "reduced" else False,
            }
        )


def _confirm(order):
    date = order.date_order
    order.action_confirm()
    # Confirming dates the order of today.
    order.date_order = date
