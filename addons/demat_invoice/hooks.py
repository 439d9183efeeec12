# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Leave the host usable without us: no transient state survives the addon.

    The sealed files stay where they are: on their invoices and in the archive.
    """
    cron = env.ref("demat_invoice.ir_cron_dispatch", raise_if_not_found=False)
    if cron:
        cron.active = False
    _keep_used_methods(env)
    _logger.info(
        "demat_invoice: the sealed invoices stay on their invoices and in the archive."
    )


def _keep_used_methods(env):
    """Payments that were made by bill keep their method, as one by hand.

    The host keeps the lines of a method that payments use; it could not delete the
    method any more.
    """
    manual = env.ref("account.account_payment_method_manual_in")
    lines = env["account.payment.method.line"].search(
        [("code", "in", ("fr_lcr", "fr_bor"))]
    )
    used = (
        env["account.payment"]
        .sudo()
        .search([("payment_method_line_id", "in", lines.ids)])
        .payment_method_line_id
    )
    for line in used:
        line.write({"name": line.name, "payment_method_id": manual.id})
