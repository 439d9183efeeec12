# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.ged_archive.lib.hashing import link

from .common import SignCommon


@tagged("post_install", "-at_install")
class TestEvent(SignCommon):
    """The journal only grows, and its chain tells what was changed."""

    def setUp(self):
        super().setUp()
        self.request = self.send()
        self.events = self.request.event_ids.sorted("number")

    def test_chain(self):
        self.assertEqual(self.events.mapped("number"), [1, 2, 3])
        previous = None
        for event in self.events:
            self.assertEqual(event.chain_hash, link(previous, event._evidence()))
            previous = event.chain_hash
        self.assertEqual(self.events._verify(self.request), [])

    def test_orm_refuses(self):
        event = self.events[0].sudo()
        for change in (
            lambda: event.write({"detail": "x"}),
            event.unlink,
            lambda: event.create({"request_id": self.request.id}),
        ):
            with self.assertRaisesRegex(UserError, "journal of a signature"):
                change()

    def test_database_refuses(self):
        for statement in (
            "UPDATE demat_sign_event SET detail = 'x' WHERE id = %s",
            "DELETE FROM demat_sign_event WHERE id = %s",
            "TRUNCATE demat_sign_event CASCADE",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                ids = [self.events[0].id] if "%s" in statement else []
                self.env.cr.execute(statement, ids)

    def tamper(self, statement, *args):
        """Change a line although the triggers forbid it, as the owner could."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE demat_sign_event DISABLE TRIGGER USER")
        self.env.cr.execute(SQL(statement, *args))
        self.env.cr.execute("ALTER TABLE demat_sign_event ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def test_changed_line_is_found(self):
        self.tamper(
            "UPDATE demat_sign_event SET ip = '6.6.6.6' WHERE id = %s",
            self.events[1].id,
        )
        self.assertEqual(self.events._verify(self.request), [2])

    def test_missing_line_is_found(self):
        self.tamper("DELETE FROM demat_sign_event WHERE id = %s", self.events[1].id)
        self.assertEqual(self.events._verify(self.request), [3])

    def test_request_is_kept(self):
        with self.assertRaisesRegex(UserError, "is evidence and is kept"):
            self.request.unlink()
