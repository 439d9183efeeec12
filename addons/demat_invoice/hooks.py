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
    _logger.info(
        "demat_invoice: the sealed invoices stay on their invoices and in the archive."
    )
