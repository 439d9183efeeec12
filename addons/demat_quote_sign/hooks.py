# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from .models.demat_sign_triggers import drop_guards

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Leave no trigger behind; what was signed stays in the archive."""
    drop_guards(env.cr)
    _logger.info("demat_quote_sign: the signed quotes stay in the archive.")
