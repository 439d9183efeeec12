# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The two ways of sending, each as its users meet it, and the proof that they sent."""

import io

from odoo import api
from odoo.modules.registry import Registry
from odoo.tools.pdf import OdooPdfFileReader


def send_by_host(env, clerk, ids):
    """The host's Send & Print: PDF, Factur-X, one mail each, committed.

    The mails leave in the commit, as the host does it.
    """
    with Registry(env.cr.dbname).cursor() as cr:
        moves = api.Environment(cr, clerk.id, dict(env.context))["account.move"].browse(
            ids
        )
        moves.env["account.move.send"]._generate_and_send_invoices(
            moves, sending_methods={"email"}
        )


def launch_ours(env, clerk, ids):
    """Launch a run as the clerk does from the list of what will be done."""
    with Registry(env.cr.dbname).cursor() as cr:
        moves = api.Environment(cr, clerk.id, dict(env.context))["account.move"]
        moves.env["demat.run"]._launch("send", moves.browse(ids))


def check_host(env, ids):
    """:raise RuntimeError: an invoice has no Factur-X file, or its mail has not left"""
    env.cr.rollback()
    env.invalidate_all()
    moves = env["account.move"].browse(ids)
    notifications = env["mail.notification"]._read_group(
        [
            ("mail_message_id.model", "=", "account.move"),
            ("mail_message_id.res_id", "in", ids),
            ("notification_type", "=", "email"),
        ],
        ["notification_status"],
        ["__count"],
    )
    without = moves.filtered(lambda move: "factur-x.xml" not in _embedded_names(move))
    if without or notifications != [("sent", len(ids))]:
        raise RuntimeError(
            f"the host did not send: {len(without)} without Factur-X, "
            f"mails {notifications}"
        )


def _embedded_names(move):
    reader = OdooPdfFileReader(
        io.BytesIO(move.invoice_pdf_report_id.raw or b""), strict=False
    )
    return [name for name, _content in reader.getAttachments()]


def check_ours(env, ids):
    """:raise RuntimeError: an invoice is not sealed, archived, published and told"""
    env.cr.rollback()
    env.invalidate_all()
    moves = env["account.move"].browse(ids)
    wrong = moves.filtered(
        lambda move: (
            move.demat_state != "sent"
            or move.demat_delivery != "delivered"
            or move.demat_document_id.seal_level not in ("B-B", "B-T")
            or not move.demat_document_id.chain_number
        )
    )
    if wrong:
        first = wrong[0]
        raise RuntimeError(
            f"{len(wrong)} of ours were not sent; {first.name}: {first.demat_state}, "
            f"{first.demat_delivery}, {first.demat_error}"
        )
