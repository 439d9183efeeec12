# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Quotes sent for signature inside Odoo, for :mod:`tests.support.sign`."""

from odoo import Command

TERMS = "<h3>1. Prix</h3><p>Les prix sont fermes.</p><h3>2. Paiement</h3><p>30 %.</p>"


def send_quotes(env, *, customer, product, people, count=1, deposit=False, **values):
    """Make quotes and send them for signature, each to another customer.

    :param customer: of the first one
    :param people: ``[[name, e-mail], …]``, the signatories of each
    :param deposit: 30 % are to be paid before the order is confirmed
    :param values: of the window (``require_code``, ``bon_pour_accord``, ``terms``,
        ``options``: one, and a choice of variants, ``in_order``)
    :return: ``[{"order": id, "name": …, "request": id, "paths": [path of each]}]``
    """
    env.ref("base.user_admin").email = "devis@valcombe.example"
    partners = env["res.partner"].browse(customer)
    for number in range(1, count):
        partners |= partners[0].copy({"name": f"Client {number}"})
    env["demat.consent"]._record(
        partners, kinds=["quote"], action="given", means="contract", company=env.company
    )
    terms = env["demat.sign.terms"]
    if values.pop("terms", False):
        terms = terms.create({"name": "Conditions générales de vente", "body": TERMS})
    options = values.pop("options", False)
    values.setdefault("require_code", False)
    answer = []
    for partner in partners:
        order = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": env.ref("base.user_admin").id,
                "require_signature": True,
                "require_payment": deposit,
                "prepayment_percent": 0.3 if deposit else 1.0,
                "order_line": _lines(product, options),
            }
        )
        wizard = (
            env["demat.sign.send"]
            .with_context(default_order_id=order.id)
            .create({"terms_id": terms.id, **values})
        )
        wizard.signatory_ids = [
            Command.clear(),
            *(
                Command.create({"name": name, "email": email, "sequence": position})
                for position, (name, email) in enumerate(people)
            ),
        ]
        wizard.action_send()
        request = order.sudo().demat_sign_request_ids
        answer.append(
            {
                "order": order.id,
                "name": order.name,
                "url": order.get_portal_url(),
                "request": request.id,
                "paths": [one._get_sign_path() for one in request.signatory_ids],
            }
        )
        env.cr.commit()
    return answer


def _lines(product, options):
    lines = [Command.create({"product_id": product, "product_uom_qty": 12})]
    if options:
        lines += [
            Command.create(
                {"display_type": "line_section", "name": "Options", "is_optional": True}
            ),
            Command.create(
                {
                    "product_id": product,
                    "name": "Plinthes assorties",
                    "product_uom_qty": 0,
                    "price_unit": 9.5,
                }
            ),
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "Finition",
                    "demat_sign_variant": True,
                }
            ),
            *(
                Command.create(
                    {
                        "product_id": product,
                        "name": name,
                        "product_uom_qty": 12,
                        "price_unit": price,
                    }
                )
                for name, price in (("Brute", 4), ("Vernie", 6.5), ("Huilée", 3))
            ),
        ]
    return lines
