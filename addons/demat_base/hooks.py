# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .models.demat_consent import drop_guard


def uninstall_hook(env):
    """Drop what the ORM does not know: the trigger that guards the register.

    The register goes with the addon. Its rows go first: they hold the customers they
    name, some of which (demo data) are removed before the table.
    """
    drop_guard(env.cr)
    env.cr.execute("DELETE FROM demat_consent")
