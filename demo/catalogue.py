# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the firm sells: works by the square metre, the hour, the lump sum."""

from odoo import Command

from demo.company import tax

# Key, name, unit, price without VAT.
WORKS = (
    (
        "tiles",
        "Pose de carrelage grès cérame 60 × 60, fournitures comprises",
        "m2",
        68.50,
    ),
    (
        "wall_tiles",
        "Faïence murale 25 × 40, pose à la colle, joints compris",
        "m2",
        54.00,
    ),
    ("screed", "Chape ciment armée, épaisseur 5 cm", "m2", 31.20),
    ("insulation", "Isolation sous chape, polyuréthane 56 mm", "m2", 27.80),
    ("sealing", "Étanchéité sous carrelage (SEL), locaux humides", "m2", 38.00),
    ("skirting", "Plinthes assorties, pose et joints", "m", 12.40),
    ("render", "Enduit de façade monocouche gratté, deux passes", "m2", 42.60),
    ("plaster", "Enduit plâtre intérieur, dressé", "m2", 23.90),
    ("cleaning", "Nettoyage haute pression et traitement anti-mousse", "m2", 9.80),
    (
        "demolition",
        "Dépose de revêtement existant, évacuation en décharge agréée",
        "m2",
        18.50,
    ),
    ("paint", "Peinture acrylique mate, deux couches", "m2", 14.60),
    ("paint_oil", "Peinture satinée lessivable, deux couches", "m2", 17.90),
    ("lining", "Toile de verre à peindre, pose et finition satinée", "m2", 24.30),
    ("masonry", "Mur en blocs béton creux 20 × 20 × 50, joints ciment", "m2", 74.00),
    ("labour", "Main d’œuvre, ouvrier qualifié (N3P2)", "h", 46.00),
    ("scaffold", "Échafaudage de pied : montage, location, démontage", "u", 1850.00),
    ("travel", "Installation de chantier et déplacements", "u", 320.00),
    ("waste", "Tri et évacuation des déchets de chantier (forfait)", "u", 145.00),
)
UNITS = {
    "m2": "uom.product_uom_square_meter",
    "m": "uom.product_uom_meter",
    "h": "uom.product_uom_hour",
    "u": "uom.product_uom_unit",
}


class Choice(str):
    """Title of a section of a quote of which the customer takes exactly one line."""

    __slots__ = ()


class Catalogue:
    """The products and the lines made from them."""

    def __init__(self, env):
        # 10 % for works on dwellings finished more than two years ago (article
        # 279-0 bis of the CGI); both fall due when the customer pays, as for services.
        self.taxes = {
            "full": tax(env, "tva_normale_encaissement"),
            "reduced": tax(env, "tva_intermediaire_encaissement"),
        }
        category = env["product.category"].create({"name": "Travaux"})
        products = env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "categ_id": category.id,
                    "uom_id": env.ref(UNITS[unit]).id,
                    "list_price": price,
                    "invoice_policy": "order",
                    "taxes_id": [Command.set(self.taxes["full"].ids)],
                    "property_account_income_id": tax(env, "pcg_704_account").id,
                }
                for _key, name, unit, price in WORKS
            ]
        )
        self.products = dict(zip((work[0] for work in WORKS), products, strict=True))

    def invoice_lines(self, works, rate="full"):
        """Commands of invoice lines; a text alone is a section, a :class:`Choice` one
        of variants (of quotes only).

        :param works: list of (key, quantity) and of texts
        :param rate: "full", "reduced", or ``None`` for a line without any tax
        """
        return [Command.create(vals) for vals in self._lines(works, rate, "quantity")]

    def order_lines(self, works, rate="full"):
        """The same for the lines of a quote."""
        return [
            Command.create(vals) for vals in self._lines(works, rate, "product_uom_qty")
        ]

    def _lines(self, works, rate, quantity_field):
        for work in works:
            if isinstance(work, str):
                section = {"display_type": "line_section", "name": str(work)}
                if isinstance(work, Choice):
                    section["demat_sign_variant"] = True
                yield section
                continue
            key, quantity = work
            product = self.products[key]
            yield {
                "product_id": product.id,
                quantity_field: quantity,
                "tax_ids": [Command.set(self.taxes[rate].ids if rate else [])],
            }
