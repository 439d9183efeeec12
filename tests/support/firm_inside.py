# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Set up a firm inside Odoo, for :mod:`tests.support.firm`."""

import base64
from datetime import timedelta

from odoo import Command, fields

from odoo.addons.payment import utils as payment_utils

from demo import company as demo_company
from demo import identifiers
from tests.support.firm import CUSTOMERS, STAFF

LANGUAGE = "fr_FR"
VAT = "tva_normale"
DAYS_AGO = 20
# a PNG of one pixel, so that the addresses of pictures have something to show
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def set_up(env, passwords):
    """A French firm that seals, two customers with portal users, a site, the staff.

    Nobody has consented and no address of notification is given yet.

    :param passwords: by login: the keys of ``STAFF`` and of ``CUSTOMERS``
    :return: ``{"customers": {key: id}, "site": id, "product": id}``
    """
    env = env(context={**env.context, "lang": LANGUAGE, "tz": "Europe/Paris"})
    company = demo_company.set_up_company(env)
    demo_company.set_up_seal(env, company)
    demo_company.set_up_payment(env, company)
    company.demat_invoicing = True
    for login, groups in STAFF.items():
        _user(env, login, f"{login}@valcombe.example", groups, passwords[login])
    customers = {}
    for login, (name, root) in CUSTOMERS.items():
        partner = customers[login] = _customer(env, login, name, root)
        contact = env["res.partner"].create(
            {
                "name": f"Comptabilité {name}",
                "parent_id": partner.id,
                "email": f"{login}@portail.example",
                "lang": LANGUAGE,
            }
        )
        groups = ("base.group_portal",)
        _user(
            env, login, contact.email, groups, passwords[login], partner_id=contact.id
        )
    site = env["project.project"].create(
        {
            "name": "Résidence Les Tilleuls",
            "partner_id": customers["noyers"].id,
            "allow_billable": True,
        }
    )
    product = env["product.product"].create(
        {
            "name": "Pose de carrelage grès cérame",
            "type": "service",
            "list_price": 42.0,
            "taxes_id": [Command.set(demo_company.tax(env, VAT).ids)],
        }
    )
    return {
        "customers": {login: partner.id for login, partner in customers.items()},
        "site": site.id,
        "product": product.id,
    }


def _user(env, login, email, groups, password, **values):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login.capitalize(),
                "login": login,
                "password": password,
                "email": email,
                "lang": LANGUAGE,
                "tz": "Europe/Paris",
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
                **values,
            }
        )
    )


def _customer(env, login, name, root):
    siren = identifiers.siren(root)
    return env["res.partner"].create(
        {
            "name": name,
            "is_company": True,
            "street": "8 place de la Halle",
            "zip": "38960",
            "city": "Saint-Aubin-des-Combes",
            "country_id": env.ref("base.fr").id,
            "email": f"contact@{login}.example",
            "lang": LANGUAGE,
            "customer_rank": 1,
            "company_registry": identifiers.siret(siren),
            "vat": identifiers.vat_number(siren),
        }
    )


def make_order_invoices(env, names, *, login, product):
    """A confirmed order of a portal user, invoiced in as many parts as there are names.

    Each invoice gets all that the host can hang on it: a token, attachments, a message
    that its customer could read. They are posted and wait to be prepared.

    :return: ``{name: facts}``, see :func:`_facts`
    """
    contact = env["res.users"].search([("login", "=", login)]).partner_id
    order = env["sale.order"].create(
        {
            "partner_id": contact.id,
            "order_line": [
                Command.create({"product_id": product, "product_uom_qty": 1})
            ],
        }
    )
    order.action_confirm()
    answer = {}
    for name in names:
        line = order.order_line[:1]
        if answer:
            line.product_uom_qty += 1
        move = order._create_invoices()
        date = fields.Date.today() - timedelta(days=DAYS_AGO)
        move.write({"invoice_date": date, "invoice_date_due": date})
        move.invoice_line_ids[:1].name = f"REPERE-{name}-ligne"
        move.action_post()
        answer[name] = _facts(env, move, name, order)
    return answer


def _facts(env, move, name, order):
    """What somebody needs who tries to get at the invoice, and how its parts look."""
    secret = f"REPERE-{name}-"
    files = env["ir.attachment"].create(
        [
            {
                "name": f"{secret}{kind}",
                "raw": content,
                "res_model": move._name,
                "res_id": move.id,
            }
            for kind, content in (
                ("note.txt", f"{secret}fichier".encode()),
                ("photo.png", base64.b64decode(PIXEL) + secret.encode()),
            )
        ]
    )
    message = env["mail.message"].create(
        {
            "model": move._name,
            "res_id": move.id,
            "body": f"<p>{secret}message</p>",
            "message_type": "comment",
            "subtype_id": env.ref("mail.mt_comment").id,
            "attachment_ids": [Command.link(files[0].id)],
        }
    )
    partner = move.partner_id
    provider = env.ref("payment.payment_provider_demo")
    return {
        "id": move.id,
        "name": move.name,
        "secret": secret,
        "token": move._portal_ensure_token(),
        "pid": partner.id,
        "hash": move._sign_token(partner.id),
        "file": files[0].id,
        "picture": files[1].id,
        "message": message.id,
        "order": order.id,
        "order_token": order._portal_ensure_token(),
        "amount": move.amount_residual,
        "provider": provider.id,
        "payment_method": provider.payment_method_ids[:1].id,
        "payment_token": payment_utils.generate_access_token(
            partner.id, move.amount_residual, move.currency_id.id, env=env
        ),
        "partial_token": payment_utils.generate_access_token(
            move.id, move.amount_residual, env=env
        ),
    }
