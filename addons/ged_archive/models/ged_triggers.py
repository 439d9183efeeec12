# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""PostgreSQL triggers that make the archive append-only, whoever asks.

They refuse DELETE, TRUNCATE and any UPDATE of evidence, also for the role that owns the
tables (one exception: the content of a document whose retention has ended may go, its
row stays), and are ``ENABLE ALWAYS`` so that ``session_replication_role`` does not
silence them. The owner of a table can still drop or disable them:
``ged.chain._verify_chain`` reports that, and the chain shows what was changed.

The documents' and events' triggers compare whole rows minus a whitelist, so that a
column which another addon adds is protected without doing anything. Such a column must
therefore be nullable and without default or stored compute: filling it on existing rows
is refused as well. A migration that must rewrite rows drops the triggers first
(:func:`drop_guards`); ``init()`` of ``ged.document`` puts them back at the end of the
update.
"""

from odoo.tools import SQL
from odoo.tools.sql import existing_tables

#: ged_document: columns that may change after archiving (see ged_evidence for the
#: reasons).
DOCUMENT_FREE = (
    "write_date",
    "write_uid",
    "partner_id",
    "folder_id",
    "legal_hold",
    "legal_hold_reason",
    "portal_visible",
    # ruled one by one below
    "retention_until",
    "destroyed_at",
    "attachment_id",
    "chain_number",
    "chain_hash",
)
#: ged_event: only the link, once.
EVENT_FREE = ("chain_number", "chain_hash")
#: ir_attachment: columns of an archived file that may never change.
ATTACHMENT_FROZEN = (
    "store_fname",
    "db_datas",
    "checksum",
    "file_size",
    "mimetype",
    "res_model",
    "res_field",
    "res_id",
    "type",
    "url",
    "public",
    "access_token",
)

#: trigger name -> (table, function, events, WHEN condition)
GUARDS = {
    "ged_document_guard_row": (
        "ged_document",
        "ged_archive_guard_document",
        "BEFORE UPDATE OR DELETE ON ged_document FOR EACH ROW",
        "",
    ),
    "ged_document_guard_truncate": (
        "ged_document",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ged_document FOR EACH STATEMENT",
        "",
    ),
    "ged_event_guard_row": (
        "ged_event",
        "ged_archive_guard_event",
        "BEFORE UPDATE OR DELETE ON ged_event FOR EACH ROW",
        "",
    ),
    "ged_event_guard_truncate": (
        "ged_event",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ged_event FOR EACH STATEMENT",
        "",
    ),
    "ged_chain_guard_row": (
        "ged_chain",
        "ged_archive_guard_chain",
        "BEFORE UPDATE OR DELETE ON ged_chain FOR EACH ROW",
        "",
    ),
    "ged_chain_guard_truncate": (
        "ged_chain",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ged_chain FOR EACH STATEMENT",
        "",
    ),
    "ged_anchor_guard_row": (
        "ged_anchor",
        "ged_archive_refuse",
        "BEFORE UPDATE OR DELETE ON ged_anchor FOR EACH ROW",
        "",
    ),
    "ged_anchor_guard_truncate": (
        "ged_anchor",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ged_anchor FOR EACH STATEMENT",
        "",
    ),
    "ged_preservation_guard_row": (
        "ged_preservation",
        "ged_archive_refuse",
        "BEFORE UPDATE OR DELETE ON ged_preservation FOR EACH ROW",
        "",
    ),
    "ged_preservation_guard_truncate": (
        "ged_preservation",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ged_preservation FOR EACH STATEMENT",
        "",
    ),
    "ged_attachment_guard_row": (
        "ir_attachment",
        "ged_archive_guard_attachment",
        "BEFORE UPDATE OR DELETE ON ir_attachment FOR EACH ROW",
        "WHEN (OLD.res_model = 'ged.document')",
    ),
    "ged_attachment_guard_truncate": (
        "ir_attachment",
        "ged_archive_refuse",
        "BEFORE TRUNCATE ON ir_attachment FOR EACH STATEMENT",
        "",
    ),
}

_REFUSE = """
BEGIN
    RAISE EXCEPTION 'The archive is append-only: % on % is refused.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
"""

# One rule for both chain columns: set together, once.
_CHAIN_RULE = """
    IF OLD.chain_hash IS NOT NULL AND (
        NEW.chain_hash IS DISTINCT FROM OLD.chain_hash
        OR NEW.chain_number IS DISTINCT FROM OLD.chain_number
    ) THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'the chain link of % % cannot be changed.',
            TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.chain_number IS NULL) <> (NEW.chain_hash IS NULL) THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'number and hash of the link of % % belong together.',
            TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
"""

_ROW_RULE = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'The archive is append-only: row % of % cannot be deleted.',
            OLD.id, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - ARRAY[{free}] IS DISTINCT FROM to_jsonb(NEW) - ARRAY[{free}] THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'evidence in row % of % cannot be changed.',
            OLD.id, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
"""

_DOCUMENT = """
BEGIN
    {row_rule}
    {chain_rule}
    -- no date means "kept without limit": a date would shorten the retention
    IF NEW.retention_until IS NOT NULL AND (
        OLD.retention_until IS NULL OR NEW.retention_until < OLD.retention_until
    ) THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'the retention of document % cannot be shortened.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    -- the content goes once, after the last day of the retention, never under a hold;
    -- the time written down is that of the transaction, not one that suits
    IF (NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at
        OR NEW.attachment_id IS DISTINCT FROM OLD.attachment_id
    ) AND NOT (
        OLD.destroyed_at IS NULL
        AND NEW.attachment_id IS NULL
        AND NEW.destroyed_at IS NOT DISTINCT FROM
            date_trunc('second', now() AT TIME ZONE 'UTC')
        AND OLD.retention_until IS NOT NULL
        AND OLD.retention_until < (now() AT TIME ZONE 'UTC')::date
        AND NEW.retention_until IS NOT DISTINCT FROM OLD.retention_until
        AND OLD.legal_hold IS NOT TRUE
        AND NEW.legal_hold IS NOT TRUE
    ) THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'the content of document % cannot be removed or replaced.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
"""

_EVENT = """
BEGIN
    {row_rule}
    {chain_rule}
    RETURN NEW;
END;
"""

# A head only goes forward, and never to another chain.
_CHAIN_HEAD = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'head % of a chain cannot be deleted.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.id <> OLD.id OR NEW.company_id <> OLD.company_id
        OR NEW.stream <> OLD.stream OR NEW.head_number < OLD.head_number
        OR (NEW.head_number = OLD.head_number
            AND NEW.head_hash IS DISTINCT FROM OLD.head_hash) THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'head % of a chain only goes forward.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
"""

_ATTACHMENT = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (
            SELECT FROM ged_document
             WHERE id = OLD.res_id AND destroyed_at IS NOT NULL
        ) AND NOT EXISTS (
            SELECT FROM ged_document WHERE attachment_id = OLD.id
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The archive is append-only: '
            'file % of document % cannot be deleted.',
            OLD.id, OLD.res_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF {changed} THEN
        RAISE EXCEPTION 'The archive is append-only: '
            'file % of document % cannot be changed.',
            OLD.id, OLD.res_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
"""


def _names(columns):
    return ", ".join(f"'{column}'" for column in columns)


def _row_rule(free):
    return _ROW_RULE.format(free=_names(free))


def _function_bodies():
    """Return ``{function: PL/pgSQL text}``; all parts are constants of this module."""
    changed = " OR ".join(
        f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ATTACHMENT_FROZEN
    )
    return {
        "ged_archive_refuse": _REFUSE,
        "ged_archive_guard_document": _DOCUMENT.format(
            row_rule=_row_rule(DOCUMENT_FREE), chain_rule=_CHAIN_RULE
        ),
        "ged_archive_guard_event": _EVENT.format(
            row_rule=_row_rule(EVENT_FREE), chain_rule=_CHAIN_RULE
        ),
        "ged_archive_guard_chain": _CHAIN_HEAD,
        "ged_archive_guard_attachment": _ATTACHMENT.format(changed=changed),
    }


def create_guards(cr):
    """Create or refresh the triggers of the tables that exist, and their functions.

    Idempotent. While the addon is installed its tables come one by one: each model of
    :data:`GUARDS` calls this in its ``init()``.
    """
    tables = existing_tables(cr, {guard[0] for guard in GUARDS.values()})
    for name, body in _function_bodies().items():
        cr.execute(
            SQL(
                "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS "
                "%s",
                SQL.identifier(name),
                body,
            )
        )
    for name, (table, function, events, when) in GUARDS.items():
        if table not in tables:
            continue
        trigger, table = SQL.identifier(name), SQL.identifier(table)
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s %s %s EXECUTE FUNCTION %s()",
                trigger,
                SQL(events),
                SQL(when),
                SQL.identifier(function),
            )
        )
        cr.execute(SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, trigger))


def drop_guards(cr):
    """Drop all triggers and their functions: uninstallation, migrations."""
    tables = existing_tables(cr, {guard[0] for guard in GUARDS.values()})
    for name, (table, _function, _events, _when) in GUARDS.items():
        if table not in tables:
            continue
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(name),
                SQL.identifier(table),
            )
        )
    for function in sorted({guard[1] for guard in GUARDS.values()}):
        cr.execute(SQL("DROP FUNCTION IF EXISTS %s()", SQL.identifier(function)))


# pg_trigger.tgtype: row 1, before 2, delete 8, update 16, truncate 32
_BEFORE_ROW = 27
_BEFORE_TRUNCATE = 34
_ARCHIVED_FILES = "%WHEN (((old.res_model)::text = 'ged.document'::text)) EXECUTE%"


def missing_guards(cr):
    """Return the names of the triggers that do not protect: absent, disabled or
    rewritten.
    """
    bodies = _function_bodies()
    cr.execute(
        """
        SELECT t.tgname, c.relname, p.proname, p.prosrc
          FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
          JOIN pg_proc p ON p.oid = t.tgfoid
         WHERE t.tgname = ANY(%s)
           AND t.tgenabled = 'A'
           AND t.tgtype = CASE WHEN t.tgname LIKE '%%truncate' THEN %s ELSE %s END
           AND t.tgattr = ''::int2vector
           AND (t.tgqual IS NULL OR c.relname = 'ir_attachment'
                AND pg_get_triggerdef(t.oid) LIKE %s)
           AND c.relnamespace = current_schema()::regnamespace
        """,
        [list(GUARDS), _BEFORE_TRUNCATE, _BEFORE_ROW, _ARCHIVED_FILES],
    )
    sound = {
        name
        for name, table, function, source in cr.fetchall()
        if GUARDS[name][:2] == (table, function) and source == bodies[function]
    }
    return sorted(set(GUARDS) - sound)
