# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a superuser of the database and of the disk may do, at random: all is found.

``GED_TAMPER_SEED=<number>`` repeats a run. The protection is out of the way: triggers
are silenced for each tampering and put back, constraints and foreign keys are dropped
(a superuser writes with ``session_replication_role = replica``).
"""

import logging
import os
import random
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from odoo.tools import SQL, mute_logger

from ..models.ged_triggers import GUARDS
from .common import ArchiveCommon, make_pdf

_logger = logging.getLogger(__name__)

TAMPERINGS = 260
#: Columns that prove nothing, each with its reason; a new column must be evidence,
#: state, or here.
BOOKKEEPING = {
    # The host's own record of the last write, which state changes move. Who archived
    # and when is evidence (archived_by_id, archived_at).
    "ged_document": {
        "create_uid",
        "create_date",
        "write_uid",
        "write_date",
        # Place in the filing plan: made from customer, site, year and kind, which are
        # evidence or state; says nothing of its own.
        "folder_id",
        # When later evidence is due at the latest: read from the file, an
        # organiser of work.
        "seal_valid_until",
    },
    "ged_event": set(),
    # The row number of a head is referred to by nothing; a head is found by its
    # company and stream.
    "ged_chain": {"id", "create_uid", "create_date", "write_uid", "write_date"},
    # Referred to by nothing; what an anchor says is in its archived evidence.
    "ged_anchor": {"id"},
    # Name, description, index and thumbnails of the host; the file name that counts
    # is evidence. db_datas is not read for a file that is in the filestore.
    "ir_attachment": {
        "id",
        "name",
        "description",
        "company_id",
        "index_content",
        "original_id",
        "db_datas",
        "create_uid",
        "create_date",
        "write_uid",
        "write_date",
    },
}


class _Undo(Exception):
    """Ends a savepoint."""


class TamperingCommon(ArchiveCommon):
    """An archive with a history, and the ways of tampering with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = int(os.environ.get("GED_TAMPER_SEED") or random.randrange(10**6))
        cls.random = random.Random(cls.seed)
        _logger.info("GED_TAMPER_SEED=%s", cls.seed)
        # a case of this class, for the helpers that are methods of one
        maker = cls("test_the_untouched_archive_has_no_problem")
        cls.documents = maker._fill()
        cls.before = maker._all_ids()
        cls.env.flush_all()
        cls._drop_constraints()

    def _fill(self):
        """An archive with all that happens to documents, three times anchored."""
        Chain, Anchor = self.env["ged.chain"], self.env["ged.anchor"]
        documents = self._archive(5, site_name="Site")
        Chain._chain_pending(self.company)
        Anchor._anchor(self.company, None)
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        vals = self._vals(7, content=None, seal=sealed, res_id=3)
        documents |= self.Document._archive([{**vals, "res_model": "res.partner"}])
        documents |= self._archive(
            predecessor_id=documents[0].id, subject_id=documents[1].id
        )
        documents[:3]._set_legal_hold(True, "lawsuit")
        documents[0]._set_legal_hold(False, "settled")
        documents[1]._set_portal_visible(False, "mistake")
        documents[2]._extend_retention(date(2050, 1, 1), "longer")
        documents[3].write({"partner_id": self.stranger.id})
        documents._record_event("viewed")
        documents[4]._record_event("downloaded", detail="by hand")
        Chain._chain_pending(self.company)
        Anchor._anchor(self.company, None)
        documents._record_event("viewed")
        Chain._chain_pending(self.company)
        return documents

    def _all_ids(self):
        files = SQL(
            "SELECT a.id FROM ir_attachment a JOIN ged_document d"
            " ON d.attachment_id = a.id WHERE d.company_id = %s ORDER BY 1",
            self.company.id,
        )
        found = {"ir_attachment": [row[0] for row in self.env.execute_query(files)]}
        for table in ("ged_document", "ged_event", "ged_chain", "ged_anchor"):
            rows = SQL(
                "SELECT id FROM %s WHERE company_id = %s ORDER BY id",
                SQL.identifier(table),
                self.company.id,
            )
            found[table] = [row[0] for row in self.env.execute_query(rows)]
        return found

    @classmethod
    def _drop_constraints(cls):
        for table, name in cls.env.execute_query(
            SQL(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                " WHERE contype IN ('f', 'c', 'u')"
                " AND (conrelid = ANY(%(ours)s::regclass[])"
                "      OR confrelid = ANY(%(ours)s::regclass[]))",
                ours=list(BOOKKEEPING),
            )
        ):
            cls.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )

    # ------------------------------------------------------------------ the crime

    @contextmanager
    def _undone(self):
        """A savepoint that is always rolled back, with empty caches around."""
        try:
            with self.cr.savepoint(flush=False):
                yield
                raise _Undo
        except _Undo:
            self.env.invalidate_all(flush=False)

    def _silenced(self, table, query):
        """Change a table as its owner can; return how many rows were changed."""
        name = SQL.identifier(table)
        self.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", name))
        self.cr.execute(query, log_exceptions=False)
        count = self.cr.rowcount
        for guard, (guarded, *_rest) in GUARDS.items():
            if guarded == table:
                self.cr.execute(
                    SQL(
                        "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s",
                        name,
                        SQL.identifier(guard),
                    )
                )
        self.env.invalidate_all(flush=False)
        return count

    def _columns(self, table):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = %s"
                " ORDER BY ordinal_position",
                table,
            )
        )
        return [row[0] for row in rows]

    def _type(self, table, column):
        return self.env.execute_query(
            SQL(
                "SELECT data_type, is_nullable = 'YES' FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = %s"
                " AND column_name = %s",
                table,
                column,
            )
        )[0]

    def _other(self, value, data_type, nullable):
        """Return another value for a column, sometimes hard to tell from the first."""
        choose = self.random
        if value not in (None, False) and nullable and choose.random() < 0.2:
            return None
        if data_type == "boolean":
            return not value
        if data_type in ("integer", "bigint"):
            return (value or 0) + choose.choice((-1, 1, 2, 1000))
        if data_type == "date":
            return (value or date(2026, 1, 1)) + timedelta(choose.choice((-365, 1)))
        if data_type.startswith("timestamp"):
            step = timedelta(seconds=choose.choice((-86400, -1, 1, 3600)))
            return (value or datetime(2026, 1, 1)) + step
        if not value:
            return choose.choice(("", "x", "0"))
        place = choose.randrange(len(value))
        other = choose.choice([sign for sign in "0123abcdXé " if sign != value[place]])
        return choose.choice((value[:place] + other + value[place + 1 :], value + " "))

    def _change_cell(self, table, column):
        row_id = self.random.choice(self.before[table])
        names = SQL.identifier(table), SQL.identifier(column)
        [[value]] = self.env.execute_query(
            SQL("SELECT %s FROM %s WHERE id = %s", names[1], names[0], row_id)
        )
        new = self._other(value, *self._type(table, column))
        self.assertEqual(
            self._silenced(
                table,
                SQL("UPDATE %s SET %s = %s WHERE id = %s", *names, new, row_id),
            ),
            1,
        )
        # a trailing space more than a column may hold is cut off by the database
        return (
            column == "id"
            or self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE id = %s AND %s IS DISTINCT FROM %s",
                    names[0],
                    row_id,
                    names[1],
                    value,
                )
            )
            and f"{table}.{column} of {row_id}: {value!r} -> {new!r}"
        )

    def _delete_row(self, table):
        row_id = self.random.choice(self.before[table])
        query = SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), row_id)
        self.assertEqual(self._silenced(table, query), 1)
        return f"{table} {row_id} deleted"

    def _insert_row(self, table):
        """A copy of a row, with a link of its own or waiting for one."""
        row_id = self.random.choice(self.before[table])
        columns = self._columns(table)
        values = {"id": SQL("nextval(%s)", f"{table}_id_seq")}
        how = "copied"
        if table == "ged_chain":
            values["stream"] = SQL("'document' || stream")
        if "chain_number" in columns:
            how = self.random.choice(("last", "below", "waiting"))
            if how == "waiting":
                # a forged event of now that waits for its link is not to be told from
                # a true one: whoever runs the program can have anything written
                values["chain_number"] = values["chain_hash"] = SQL("NULL")
                old = SQL("now() AT TIME ZONE 'UTC' - interval '3 days'")
                values["archived_at" if table == "ged_document" else "at"] = old
            else:
                number = 10**6 if how == "last" else -self.random.randrange(3)
                values["chain_number"] = SQL("%s", number)
        query = SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s FROM %(table)s"
            " WHERE id = %(id)s",
            table=SQL.identifier(table),
            names=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(
                values.get(name, SQL.identifier(name)) for name in columns
            ),
            id=row_id,
        )
        self.assertEqual(self._silenced(table, query), 1)
        return f"{table} {row_id} inserted again ({how})"

    def _swap_rows(self, table):
        """Two rows exchange the values of one column."""
        column = self.random.choice(
            [
                name
                for name in self._columns(table)
                if name not in BOOKKEEPING[table] | {"id"}
            ]
        )
        names = SQL.identifier(table), SQL.identifier(column)
        pairs = self.env.execute_query(
            SQL(
                "SELECT a.id, b.id, a.%(column)s, b.%(column)s"
                "  FROM %(table)s a JOIN %(table)s b ON a.id < b.id"
                " WHERE a.id = ANY(%(ids)s) AND b.id = ANY(%(ids)s)"
                "   AND a.%(column)s IS DISTINCT FROM b.%(column)s",
                table=names[0],
                column=names[1],
                ids=self.before[table],
            )
        )
        if not pairs:
            return None
        one, two, first, second = self.random.choice(pairs)
        if first in (None, False) and second in (None, False):
            return None
        unique = column in ("chain_number", "predecessor_id")
        if unique:
            self._silenced(
                table,
                SQL("UPDATE %s SET %s = -7 WHERE id = %s", *names, two),
            )
        for row_id, value in ((one, second), (two, first)):
            self._silenced(
                table,
                SQL("UPDATE %s SET %s = %s WHERE id = %s", *names, value, row_id),
            )
        return f"{table}.{column} of {one} and {two} swapped"

    def _spoil_file(self, _table):
        """Bytes on the disk; put back afterwards, for the disk has no savepoints."""
        file = self.env["ir.attachment"].browse(
            self.random.choice(self.before["ir_attachment"])
        )
        path = Path(file._full_path(file.store_fname))
        content = path.read_bytes()
        how = self.random.choice(("bit", "cut", "added", "emptied", "removed", "other"))
        spoilt = bytearray(content)
        if how == "bit":
            spoilt[self.random.randrange(len(spoilt))] ^= 1 << self.random.randrange(8)
        elif how == "cut":
            del spoilt[self.random.randrange(len(spoilt)) :]
        elif how == "added":
            spoilt += b"\n"
        elif how == "emptied":
            spoilt.clear()
        elif how == "other":
            spoilt[:] = make_pdf(str(self.random.random()))
        self.addCleanup(path.write_bytes, content)
        self._restore.append((path, content))
        path.unlink()
        if how != "removed":
            path.write_bytes(bytes(spoilt))
        return f"file {path.name}: {how}"

    def _found(self):
        with mute_logger("odoo.sql_db"):
            return self.env["ged.chain"]._verify_chain(self.company)

    # ----------------------------------------------------------------- the proofs
