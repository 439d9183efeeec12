# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PostgreSQL triggers that make the journal of signatures append-only, whoever asks.

The same means as the archive (``ged_archive/models/ged_triggers.py``): ``ENABLE
ALWAYS``, so that ``session_replication_role`` does not silence them.
"""

from odoo.tools import SQL

TABLE = "demat_sign_event"
FUNCTION = "demat_quote_sign_refuse"
#: trigger name -> events
GUARDS = {
    "demat_sign_event_guard_row": "BEFORE UPDATE OR DELETE ON %s FOR EACH ROW",
    "demat_sign_event_guard_truncate": "BEFORE TRUNCATE ON %s FOR EACH STATEMENT",
}

_REFUSE = """
BEGIN
    RAISE EXCEPTION 'The journal of signatures is append-only: % on % is refused.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
"""


def create_guards(cr):
    """Create or refresh the triggers and their function; idempotent."""
    function, table = SQL.identifier(FUNCTION), SQL.identifier(TABLE)
    cr.execute(
        SQL(
            "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s",
            function,
            _REFUSE,
        )
    )
    for name, events in GUARDS.items():
        trigger = SQL.identifier(name)
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s %s EXECUTE FUNCTION %s()",
                trigger,
                SQL(events, table),
                function,
            )
        )
        cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, trigger))


def drop_guards(cr):
    """Drop the triggers and their function: uninstallation."""
    cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(FUNCTION)))
