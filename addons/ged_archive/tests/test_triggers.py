# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import psycopg2

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.ged_triggers import GUARDS, create_guards, drop_guards, missing_guards
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestTriggers(ArchiveCommon):
    """The server's own role owns the tables: what is refused here is refused to
    everybody.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.Document._archive(
            [
                {
                    "kind": "invoice",
                    "name": "F1",
                    "filename": "f1.txt",
                    "content": b"first",
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                }
            ]
        )
        cls.env["ged.chain"]._chain_pending(cls.company)
        cls.env.flush_all()

    def _sql(self, query, *args):
        self.cr.execute(SQL(query, *args))

    def _assert_refused(self, query, *args):
        with (
            self.assertRaisesRegex(psycopg2.errors.RestrictViolation, "append-only"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(flush=False),
        ):
            self._sql(query, *args)

    def test_role_of_the_server_owns_the_tables(self):
        """Otherwise the refusals below could come from missing privileges."""
        self._sql(
            "SELECT bool_and(tableowner = current_user) FROM pg_tables"
            " WHERE tablename IN ('ged_document', 'ged_event', 'ir_attachment')"
        )
        self.assertTrue(self.cr.fetchone()[0])

    def test_delete_is_refused(self):
        document = self.document
        self._assert_refused(
            "DELETE FROM ged_event WHERE document_id = %s", document.id
        )
        self._assert_refused("DELETE FROM ged_document WHERE id = %s", document.id)
        self._assert_refused(
            "DELETE FROM ir_attachment WHERE id = %s", document.attachment_id.id
        )

    def test_truncate_is_refused(self):
        for table in ("ged_event", "ged_document", "ir_attachment"):
            self._assert_refused("TRUNCATE %s CASCADE", SQL.identifier(table))

    def test_every_column_of_a_document_is_evidence_unless_listed(self):
        free = {
            "write_date",
            "write_uid",
            "partner_id",
            "folder_id",
            "legal_hold",
            "legal_hold_reason",
            "portal_visible",
            "retention_until",
        }
        self._sql(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'ged_document' AND table_schema = current_schema()"
        )
        columns = self.cr.fetchall()
        self.assertGreater(len(columns), 30)
        for column, kind in columns:
            if column in free:
                continue
            other = {
                "integer": "COALESCE({c}, 0) + 1",
                "boolean": "NOT COALESCE({c}, false)",
                "date": "COALESCE({c}, CURRENT_DATE) + 1",
                "timestamp without time zone": "COALESCE({c}, now()::timestamp) + '1s'",
            }.get(kind, "md5(COALESCE({c}, ''))")
            self._assert_refused(
                f"UPDATE ged_document SET {column} = {other.format(c=column)} WHERE id "
                f"= %s",
                self.document.id,
            )

    def test_column_of_another_addon_is_protected(self):
        self._sql("ALTER TABLE ged_document ADD COLUMN x_added varchar")
        self._assert_refused(
            "UPDATE ged_document SET x_added = 'a' WHERE id = %s", self.document.id
        )

    def test_filing_columns_may_change(self):
        self._sql(
            "UPDATE ged_document SET partner_id = %s, legal_hold = true, "
            "portal_visible = false"
            " WHERE id = %s",
            self.stranger.id,
            self.document.id,
        )
        self.document.invalidate_recordset()
        self.assertEqual(self.document.partner_id, self.stranger)

    def test_retention_goes_forward_only(self):
        ident = self.document.id
        update = "UPDATE ged_document SET retention_until = %s WHERE id = %s"
        self._assert_refused(update, "2027-01-01", ident)
        self._sql(update, "2060-01-01", ident)
        self._assert_refused(update, "2059-12-31", ident)
        self._sql(update, None, ident)
        self._assert_refused(update, "2099-01-01", ident)

    def test_link_is_written_once(self):
        for table in ("ged_document", "ged_event"):
            name = SQL.identifier(table)
            self._assert_refused("UPDATE %s SET chain_number = 99", name)
            self._assert_refused("UPDATE %s SET chain_hash = %s", name, "0" * 64)
            self._assert_refused(
                "UPDATE %s SET chain_number = NULL, chain_hash = NULL", name
            )
        fresh = self._archive()
        self.env.flush_all()
        self._assert_refused(
            "UPDATE ged_document SET chain_number = 7 WHERE id = %s", fresh.id
        )
        self._sql(
            "UPDATE ged_document SET chain_number = 7, chain_hash = %s WHERE id = %s",
            "0" * 64,
            fresh.id,
        )

    def test_event_is_frozen(self):
        for column, value in (
            ("detail", "x"),
            ("user_name", "x"),
            ("ip", "x"),
            ("event_type", "viewed"),
            ("at", "2020-01-01"),
            ("user_id", self.employee.id),
        ):
            self._assert_refused(
                "UPDATE ged_event SET %s = %s", SQL.identifier(column), value
            )

    def test_file_is_frozen(self):
        for column, value in (
            ("store_fname", "00/00"),
            ("db_datas", b"x"),
            ("checksum", "0"),
            ("file_size", 1),
            ("mimetype", "text/html"),
            ("res_model", "res.partner"),
            ("res_id", 1),
            ("res_field", "x"),
            ("type", "url"),
            ("url", "https://example.com"),
            ("public", True),
            ("access_token", "x"),
        ):
            self._assert_refused(
                "UPDATE ir_attachment SET %s = %s WHERE id = %s",
                SQL.identifier(column),
                value,
                self.document.attachment_id.id,
            )

    def test_other_files_are_not_concerned(self):
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        file.raw = b"y"
        file.public = True
        file.unlink()

    def test_replica_mode_does_not_silence_the_triggers(self):
        self._sql(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = ANY(%s)", list(GUARDS)
        )
        self.assertEqual({row[0] for row in self.cr.fetchall()}, {"A"})

    def test_creation_can_be_repeated(self):
        create_guards(self.cr)
        create_guards(self.cr)
        self.assertFalse(missing_guards(self.cr))

    def test_missing_guards_are_reported(self):
        """Disabled, made ordinary, dropped, or with another function body: all are
        told.
        """
        self.assertFalse(missing_guards(self.cr))
        self._sql("ALTER TABLE ged_event DISABLE TRIGGER ged_event_guard_row")
        self._sql("ALTER TABLE ged_document ENABLE TRIGGER ged_document_guard_row")
        self._sql("DROP TRIGGER ged_attachment_guard_row ON ir_attachment")
        self.assertEqual(
            missing_guards(self.cr),
            [
                "ged_attachment_guard_row",
                "ged_document_guard_row",
                "ged_event_guard_row",
            ],
        )
        create_guards(self.cr)
        self._sql(
            "CREATE OR REPLACE FUNCTION ged_archive_refuse() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END;'"
        )
        refusing = [guard for guard in GUARDS.values() if "refuse" in guard[1]]
        self.assertEqual(len(missing_guards(self.cr)), len(refusing))
        codes = {problem.code for problem in self._problems()}
        self.assertEqual(codes, {"guard"})
        drop_guards(self.cr)
        self.assertEqual(missing_guards(self.cr), sorted(GUARDS))
