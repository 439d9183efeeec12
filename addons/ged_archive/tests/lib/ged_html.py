# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Pages to print: an invoice with a link and a logo, several pages, drawings, odd
characters."""

import base64
import io

from PIL import Image, ImageDraw


def _logo() -> str:
    """A PNG with a soft edge (alpha), as data address."""
    image = Image.new("RGBA", (160, 60), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for step in range(30):
        pen.rounded_rectangle(
            (step, step, 159 - step, 59 - step), 8, fill=(20, 90, 140, 8 * step)
        )
    output = io.BytesIO()
    image.save(output, "PNG")
    return "data:image/png;base64," + base64.b64encode(output.getvalue()).decode()


_STYLE = """
body { font-family: Lato, 'DejaVu Sans', sans-serif; font-size: 11pt; }
table { width: 100%; border-collapse: collapse; }
td, th { border-bottom: 1px solid #888; }
.number { text-align: right; } .total { font-weight: bold; }
"""


def page(body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _rows(count):
    return "".join(
        f"<tr><td>Fourniture et pose, lot n° {index}</td>"
        f'<td class="number">{index},00</td><td class="number">1 234,56 €</td></tr>'
        for index in range(1, count + 1)
    )


_INVOICE = (
    f'<img src="{_logo()}"><h1>Facture FAC/2026/00042</h1>'
    "<p>Où et quand : « à réception », œuvre, façade, 15 m², 20 % — échéance "
    "30/04/2026</p>"
    f"<table>{_rows(15)}</table><p class='total'>Net à payer : 2 924,50 €</p>"
    '<p><a href="https://www.example.com/conditions">Conditions de vente</a> '
    '<a href="mailto:compta@example.com">compta@example.com</a></p>'
)

PAGES = {
    "invoice": page(_INVOICE),
    "plain": page("<h1>Attestation</h1><p>Sans lien ni image.</p>"),
    "pages": page(f"{_INVOICE}<table>{_rows(140)}</table>"),
    "drawings": page(
        "<div style='opacity:.4;background:#c33;width:200px;height:40px'>Opacité</div>"
        "<svg width='200' height='60'><circle cx='30' cy='30' r='25' fill='#264' "
        "fill-opacity='.5'/><text x='70' y='35'>Dessin</text></svg>"
        "<p><b>Gras</b> <i>italique</i> <code>Code 0123</code> "
        "<a href='#bas'>plus bas</a></p><p id='bas'>Bas de page</p>"
    ),
}

#: U+E123 is of private use: no font draws it.
UNDRAWABLE = page("<p>Caractère sans dessin : \ue123 ici</p>")
