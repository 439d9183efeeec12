# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a superuser of the database and of the disk may do, at random: all is found.

``GED_TAMPER_SEED=<number>`` repeats a run. The protection is out of the way: triggers
are silenced for each tampering and put back, constraints and foreign keys are dropped
(a superuser writes with ``session_replication_role = replica``).
"""

from psycopg2.errors import NotNullViolation, UniqueViolation

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.ged_chain import link
from ..models.ged_evidence import build_evidence
from .common_tampering import BOOKKEEPING, TAMPERINGS, TamperingCommon, _Undo


@tagged("post_install", "-at_install")
class TestTampering(TamperingCommon):
    def test_the_untouched_archive_has_no_problem(self):
        self.assertFalse(self._found())
        self.assertTrue(all(self.before.values()))

    def test_every_column_is_evidence_state_or_named_here(self):
        """A column that nobody vouches for must not come in unseen."""
        for table, exempt in BOOKKEEPING.items():
            self.assertLessEqual(exempt, set(self._columns(table)), table)

    def test_random_tampering_is_found(self):
        self._restore = []
        cells = [
            (self._change_cell, (table, column))
            for table, exempt in BOOKKEEPING.items()
            for column in self._columns(table)
            if column not in exempt
        ]
        others = [
            (self._delete_row, ("ged_document",)),
            (self._delete_row, ("ged_event",)),
            (self._delete_row, ("ged_chain",)),
            (self._delete_row, ("ged_anchor",)),
            (self._insert_row, ("ged_document",)),
            (self._insert_row, ("ged_event",)),
            (self._insert_row, ("ged_anchor",)),
            (self._swap_rows, ("ged_document",)),
            (self._swap_rows, ("ged_event",)),
            (self._swap_rows, ("ged_anchor",)),
            (self._spoil_file, ("",)),
            (self._spoil_file, ("",)),
        ]
        done, missed = 0, []
        while done < TAMPERINGS:
            tamper, arguments = (
                cells[done]
                if done < len(cells)
                else self.random.choice(others + self.random.sample(cells, 6))
            )
            with self._undone():
                try:
                    what = tamper(*arguments)
                except (UniqueViolation, NotNullViolation):
                    # not even a superuser writes that: another value
                    raise _Undo from None
                if what and not self._found():
                    missed.append(what)
                done += bool(what)
            while self._restore:
                path, content = self._restore.pop()
                path.write_bytes(content)
        self.assertFalse(missed, f"GED_TAMPER_SEED={self.seed}")
        self.assertGreaterEqual(done, 200)
        self.assertFalse(self._found())

    # ------------------------------------------------------------- whole rewrites

    def _rewrite(self, stream, first):
        """Link everything anew from a number on, head included: a chain that holds."""
        Chain = self.env["ged.chain"]
        table = f"ged_{stream}"
        rows = Chain._read_rows(
            stream,
            SQL(
                "company_id = %s AND chain_number IS NOT NULL ORDER BY chain_number",
                self.company.id,
            ),
        )
        previous = None
        for row in rows:
            if row["chain_number"] >= first:
                row["chain_hash"] = link(previous, build_evidence(stream, row))
                self._silenced(
                    table,
                    SQL(
                        "UPDATE %s SET chain_hash = %s WHERE id = %s",
                        SQL.identifier(table),
                        row["chain_hash"],
                        row["id"],
                    ),
                )
            previous = row["chain_hash"]
        self._silenced(
            "ged_chain",
            SQL(
                "UPDATE ged_chain SET head_hash = %s WHERE company_id = %s"
                " AND stream = %s",
                previous,
                self.company.id,
                stream,
            ),
        )

    def test_a_chain_rewritten_to_its_end_is_found_by_the_anchors(self):
        for stream, column in (("document", "name"), ("event", "user_name")):
            with self._undone():
                self._silenced(
                    f"ged_{stream}",
                    SQL(
                        "UPDATE %s SET %s = 'forged' WHERE company_id = %s"
                        " AND chain_number = 2",
                        SQL.identifier(f"ged_{stream}"),
                        SQL.identifier(column),
                        self.company.id,
                    ),
                )
                self._rewrite(stream, 2)
                problems = self._found()
                self.assertEqual({problem.code for problem in problems}, {"anchor"})
                self.assertIn("written anew", problems[0].message)

    def test_a_rewrite_after_the_last_anchor_is_the_known_limit(self):
        """Since the last anchor nothing outside vouches for the end of the chain."""
        anchored = max(
            self.env["ged.anchor"]
            .search([("company_id", "=", self.company.id)])
            .mapped("event_number")
        )
        with self._undone():
            self._silenced(
                "ged_event",
                SQL(
                    "UPDATE ged_event SET user_name = 'forged' WHERE company_id = %s"
                    " AND chain_number = %s",
                    self.company.id,
                    anchored + 1,
                ),
            )
            self._rewrite("event", anchored + 1)
            self.assertFalse(self._found())
