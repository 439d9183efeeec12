# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Make what a customer finds on his portal, for :mod:`tests.support.portal`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from psycopg2.errors import SerializationFailure

from odoo import Command, api


def publish(env, *, customer, product, count, days_late=20, site=None, send=True):
    """Make sealed, archived and sent invoices; those are overdue by ``days_late``, less
    ten days for each one after the first.

    :return: ids
    """
    # the page reckons where its reader lives, where the day begins before midnight UTC
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer,
                "project_id": site,
                "invoice_date": today - timedelta(days=days_late + 30),
                "invoice_date_due": today - timedelta(days=days_late - 10 * number),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product,
                            "quantity": 12.5,
                            "price_unit": 42 + number,
                        }
                    )
                ],
            }
            for number in range(count)
        ]
    )
    moves.action_post()
    if send:
        moves.action_demat_prepare()
        moves._demat_start()
        moves.with_context(force_report_rendering=True)._demat_dispatch_batch()
    return moves.ids


def invite(env, *, customer, email):
    """Invite a new contact of the customer by the host's own wizard."""
    contact = env["res.partner"].create(
        {"name": "Anne Lenoir", "parent_id": customer, "email": email, "lang": "fr_FR"}
    )
    wizard = env["portal.wizard"].create({"partner_ids": [Command.set(contact.ids)]})
    wizard.user_ids.action_grant_access()
    return contact.id


def save_card(env, *, login):
    """Make a saved card of a user, which the demo provider always accepts."""
    provider = env.ref("payment.payment_provider_demo")
    method = provider.payment_method_ids[:1]
    user = env["res.users"].search([("login", "=", login)])
    card = env["payment.token"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "partner_id": user.partner_id.id,
            "provider_ref": "card",
            "payment_details": "4242",
            "demo_simulated_state": "done",
        }
    )
    return {
        "provider_id": provider.id,
        "payment_method_id": method.id,
        "token_id": card.id,
        "amount": 1,
        "flow": "token",
        "tokenization_requested": False,
        "landing_route": "/my",
    }


def lock_after_another(env, *, moves):
    """One window has just finished, another one's look at the database is older.

    :return: whether PostgreSQL tells the second one, so that the host starts it again
    """
    with env.registry.cursor() as first, env.registry.cursor() as second:
        second.execute("SELECT 1")
        one, other = (
            api.Environment(cursor, env.uid, {})["account.move"].browse(moves)
            for cursor in (first, second)
        )
        one._demat_lock_to_pay()
        first.commit()
        try:
            other._demat_lock_to_pay()
        except SerializationFailure:
            second.rollback()
            return True
    return False
