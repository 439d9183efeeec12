# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Papers that the firm files for a customer by hand: he finds them on his portal."""

import io
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

#: name, day, site as it was called, lines
PAPERS = (
    (
        "Attestation d’assurance décennale",
        date(date.today().year, 1, 5),
        None,
        "Document de démonstration, sans valeur.",
    ),
    (
        "Bon de livraison BL-0412",
        date(date.today().year, 3, 12),
        "residence",
        "96 m² de grès cérame 60 × 60, livrés et contrôlés.",
    ),
)


def file_papers(env, company, customer, sites):
    """File them in the archive as visible to the customer."""
    env["ged.document"]._archive(
        [
            {
                "kind": "other",
                "name": name,
                "filename": f"{name}.pdf",
                "content": _draw(company.name, name, text),
                "company_id": company.id,
                "partner_id": customer.id,
                "document_date": day,
                "site_name": getattr(sites, site).name if site else None,
                "portal_visible": True,
            }
            for name, day, site, text in PAPERS
        ]
    )


def _draw(*lines):
    output = io.BytesIO()
    page = canvas.Canvas(output, pagesize=A4)
    for number, line in enumerate(lines):
        page.drawString(72, 760 - 28 * number, line.replace("’", "'"))
    page.save()
    return output.getvalue()
