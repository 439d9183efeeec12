# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Runs in Odoo: the same invoices drawn by the host and in the fast way."""

import base64

from odoo import Command

LAYOUTS = ("standard", "boxed", "striped", "bold", "bubble", "wave", "folder")
#: Both ways keep the rows of a table whole; the host alone cuts them.
ROWS = "<style>tr{page-break-inside:avoid}</style>"
CUSTOM = """
<data inherit_id="account.report_invoice_document">
    <xpath expr="//div[hasclass('page')]" position="before">
        <style>
            .speciale > p { color: #b00020; border: 2px dashed #005500; padding: 6px }
            #informations { letter-spacing: 1px }
        </style>
        <div class="speciale"><p>Offre de la maison</p></div>
    </xpath>
</data>
"""


def set_up(env):
    """The firm of the measures; its invoices print no code, which the host has not."""
    from bench.data import Supply

    supply = Supply(env, "127.0.0.1", 9)
    supply.company.demat_print_code = False
    return supply


def draw(env, _payload, supply=None):
    """Return ``{case: {"host": [PDF in base64, …], "fast": […]}}``.

    Cases: each layout of the host, with an invoice of one page and one of several;
    ``css`` with rules and an element of a customised template; ``second`` another
    company with another layout; ``refund`` a credit note. The database is changed.
    """
    supply = supply or set_up(env)
    env = supply.env
    _add_style(env, "web.minimal_layout", "//head", ROWS)
    moves = env["account.move"].browse(supply.invoices(2, ours=True))
    _lengthen(moves[1])
    answer = {}
    for name in LAYOUTS:
        supply.company.external_report_layout_id = env.ref(
            f"web.external_layout_{name}"
        )
        answer[name] = _both(env, moves)
    answer["refund"] = _both(env, _refund(moves[0]))
    answer["second"] = _both(env, _second_company(env, moves[0]))
    env["ir.ui.view"].create(
        {
            "name": "Customised invoice",
            "type": "qweb",
            "mode": "extension",
            "inherit_id": env.ref("account.report_invoice_document").id,
            "arch": CUSTOM,
        }
    )
    answer["css"] = _both(env, moves)
    return answer


def _add_style(env, template, place, text):
    env["ir.ui.view"].create(
        {
            "name": f"Style of {template}",
            "type": "qweb",
            "mode": "extension",
            "inherit_id": env.ref(template).id,
            "arch": (
                f'<data><xpath expr="{place}" position="inside">{text}</xpath></data>'
            ),
        }
    )


def _lengthen(move):
    """Give an invoice so many lines that it takes several pages."""
    move.button_draft()
    [line, *_others] = move.invoice_line_ids.filtered("product_id")
    move.invoice_line_ids = [
        Command.create(
            {
                "product_id": line.product_id.id,
                "name": f"Ouvrage {number}\nSelon plan du {number % 28 + 1:02d} mars",
                "quantity": number,
                "price_unit": 12.5,
                "tax_ids": [Command.set(line.tax_ids.ids)],
            }
        )
        for number in range(1, 61)
    ]
    move.action_post()


def _refund(move):
    """The credit note of an invoice."""
    values = {"ref": "Retour de matériel", "invoice_date": move.invoice_date}
    refund = move._reverse_moves([values])
    refund.action_post()
    return refund


def _second_company(env, move):
    """An invoice of another company, with colours, layout and mentions of its own."""
    company = env["res.company"].create(
        {
            "name": "Seconde Maison SARL",
            "street": "2 rue du Second",
            "city": "Lyon",
            "zip": "69001",
            "country_id": env.ref("base.fr").id,
            "external_report_layout_id": env.ref("web.external_layout_wave").id,
            "primary_color": "#00695c",
            "secondary_color": "#4e342e",
            "report_footer": "<p>Seconde Maison, RCS Lyon</p>",
        }
    )
    env.user.company_ids |= company
    env = env(context={**env.context, "allowed_company_ids": [company.id]})
    env["account.chart.template"].try_loading("fr", company, install_demo=False)
    company.demat_print_code = False
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "company_id": company.id,
            "partner_id": move.partner_id.id,
            "invoice_date": move.invoice_date,
            "invoice_line_ids": [
                Command.create({"name": "Conseil", "quantity": 2, "price_unit": 80})
            ],
        }
    )
    invoice.action_post()
    return invoice


def _both(env, moves):
    # the renderer fetches the style sheets of the host's way from the server
    env.cr.commit()
    sender = env["account.move.send"]
    data = {
        move: {"pdf_report": sender._get_default_pdf_report_id(move)} for move in moves
    }
    company = moves.company_id
    sender.with_company(company)._prepare_invoice_pdf_report(data)
    host = [values["pdf_attachment_values"]["raw"] for values in data.values()]
    env.cr.commit()
    fast = moves.with_company(company)._demat_render_together().values()
    return {
        "host": [base64.b64encode(pdf).decode() for pdf in host],
        "fast": [base64.b64encode(pdf).decode() for pdf in fast],
    }
