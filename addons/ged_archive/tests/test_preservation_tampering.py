# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What somebody changes in the rows of later evidence, past the triggers, is found."""

from odoo.tests import tagged
from odoo.tools import SQL

from .common_preservation import PreservationCommon


@tagged("post_install", "-at_install")
class TestPreservationTampering(PreservationCommon):
    def setUp(self):
        super().setUp()
        self.document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        self._renew_all()
        self._run()
        self.assertEqual(len(self.document.preservation_ids), 2)
        self._link()
        self.assertFalse(self._problems())

    def _superuser(self, statement):
        """What only the owner of the tables can do."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE ged_preservation DISABLE TRIGGER USER")
        self.cr.execute(statement)
        self.cr.execute(
            "ALTER TABLE ged_preservation"
            " ENABLE ALWAYS TRIGGER ged_preservation_guard_row"
        )
        self.cr.execute(
            "ALTER TABLE ged_preservation"
            " ENABLE ALWAYS TRIGGER ged_preservation_guard_truncate"
        )
        self.env.invalidate_all()

    def _assert_found(self, text):
        found = [
            one
            for one in self._problems()
            if one.code == "later" and one.document_id == self.document.id
        ]
        self.assertIn(text, " ".join(one.message for one in found))

    def test_each_column_is_compared(self):
        row = self.document.preservation_ids[0]
        for column, value, label in (
            ("valid_until", "2099-01-01", "Good until"),
            ("tsa_subject", "CN=Somebody else", "Time-stamp authority"),
            ("digest_algorithm", "sha512", "Digest"),
            ("level_before", "B-LT", "Level before"),
            ("level_after", "B-B", "Level since"),
            ("level_after", "B-LTA", "Level since"),
            ("late", True, "Late"),
        ):
            with self.subTest(column), self.cr.savepoint() as savepoint:
                self._superuser(
                    SQL(
                        "UPDATE ged_preservation SET %s = %s WHERE id = %s",
                        SQL.identifier(column),
                        value,
                        row.id,
                    )
                )
                self._assert_found(label)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertFalse(self._problems())

    def test_a_row_that_was_removed_is_missed(self):
        row = self.document.preservation_ids[0]
        self._superuser(SQL("DELETE FROM ged_preservation WHERE id = %s", row.id))
        self._assert_found("tells of 2 later time stamps, the archive knows 1")
        self._superuser("DELETE FROM ged_preservation")
        self._assert_found("tells of 2 later time stamps, the archive knows 0")
