# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may act: one rule for invoices, bills and remittances."""

from odoo.exceptions import AccessError


def check_demat_user(records):
    """Check that the user may treat these records.

    :raises AccessError: not a user of the dematerialisation, or he may not write them
    """
    env = records.env
    if not env.su and not env.user.has_group("demat_base.group_demat_user"):
        raise AccessError(
            env._(
                "Only the users of the dematerialisation may do this. Ask an "
                'administrator for the right "Dematerialisation: User".'
            )
        )
    records.check_access("write")
