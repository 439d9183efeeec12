# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from .models.demat_sign_triggers import drop_guards

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Leave no trigger and no mail on its way; what was signed stays in the archive."""
    waiting = env["demat.exchange"].search(
        [
            ("res_model", "=", "demat.sign.signatory"),
            ("state", "in", ("pending", "failed", "unknown")),
        ]
    )
    waiting._mark_cancelled(
        env._("The signature of quotes was uninstalled: the link leads nowhere.")
    )
    drop_guards(env.cr)
    _logger.info("demat_quote_sign: the signed quotes stay in the archive.")
