# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .models.demat_consent import drop_guard


def uninstall_hook(env):
    """Drop what the ORM does not know: the trigger that guards the register."""
    drop_guard(env.cr)
