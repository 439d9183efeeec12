# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the ORM does not undo by itself when the addon is removed."""

#: Columns that keep a row of the directory from being deleted.
HOLDERS = (
    ("res_partner", ("chorus_structure_id", "chorus_service_id")),
    ("sale_order", ("chorus_service_id",)),
    (
        "account_move",
        ("chorus_service_id", "chorus_validator_id", "chorus_validator_service_id"),
    ),
)


def uninstall_hook(env):
    """Let go of the directory, whose rows go one by one before their tables."""
    for table, columns in HOLDERS:
        for column in columns:
            # names of the tuple above, no text of anybody
            env.cr.execute(
                f"UPDATE {table} SET {column} = NULL WHERE {column} IS NOT NULL"  # noqa: S608
            )
    env.invalidate_all()
