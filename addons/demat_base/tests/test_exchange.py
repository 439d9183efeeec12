# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.demat_base.models.demat_exchange import TRANSITIONS
from odoo.addons.demat_base.models.demat_exchange_dispatch import LOCK_CLASS

from .common import DematCase


@tagged("post_install", "-at_install")
class TestExchange(DematCase):
    """States, keys, history."""

    def _in_state(self, state, key):
        exchange = self._exchange(key)
        exchange.state = state
        return exchange

    def test_created_pending(self):
        exchange = self._exchange()
        self.assertRecordValues(
            exchange,
            [
                {
                    "state": "pending",
                    "attempts": 0,
                    "direction": "out",
                    "started_at": False,
                }
            ],
        )
        self.assertEqual(exchange.display_name, "F-1 – E-mail")

    def test_known_key_gives_the_old_row(self):
        document = self._document()
        first = self._exchange("a", document)
        first._mark_sending()
        both = self.env["demat.exchange"]._create_pending(
            [
                {
                    "res_model": document._name,
                    "res_id": document.id,
                    "company_id": self.company.id,
                    "channel": "mail",
                    "idempotency_key": key,
                }
                for key in ("b", "a", "b")
            ]
        )
        self.assertEqual([row.idempotency_key for row in both], ["b", "a", "b"])
        self.assertEqual(both[1], first)
        self.assertEqual(both[1].state, "sending", "what was done is not undone")
        self.assertEqual(both[0], both[2])

    @mute_logger("odoo.sql_db")
    def test_database_keeps_keys_unique(self):
        exchange = self._exchange()
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            exchange.copy()

    @mute_logger("odoo.sql_db")
    def test_identifier_of_the_recipient_is_unique(self):
        exchanges = self._exchange("a") + self._exchange("b")
        exchanges._mark_sending()
        exchanges[0]._mark_done(external_id="<1@x>")
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            exchanges[1]._mark_done(external_id="<1@x>")
            self.env.flush_all()

    def test_every_transition(self):
        """The table is the whole truth: each pair of states is tried."""
        states = list(TRANSITIONS)
        self.assertEqual(
            set(states), set(dict(self.env["demat.exchange"]._get_states()))
        )
        for old in states:
            for new in states:
                with self.subTest(f"{old} → {new}"):
                    exchange = self._in_state(old, f"{old}{new}")
                    if new in TRANSITIONS[old]:
                        exchange._transition(new, {})
                        self.assertEqual(exchange.state, new)
                    else:
                        with self.assertRaisesRegex(UserError, "cannot become"):
                            exchange._transition(new, {})
                        self.assertEqual(exchange.state, old)

    def test_all_or_none(self):
        exchanges = self._exchange("a") + self._in_state("done", "b")
        with self.assertRaises(UserError):
            exchanges._mark_sending()
        self.assertEqual(exchanges.mapped("state"), ["pending", "done"])

    def test_ordinary_life(self):
        exchanges = self._exchange("a") + self._exchange("b")
        exchanges._mark_sending()
        self.assertEqual(exchanges.mapped("attempts"), [1, 1])
        self.assertTrue(all(exchanges.mapped("started_at")))
        exchanges[0]._mark_done(external_id="x", report="<p>Delivered</p>")
        self.assertEqual(exchanges[0].external_id, "x")
        self.assertIn("Delivered", exchanges[0].report)
        self.assertTrue(exchanges[0].done_at)
        self.assertFalse(exchanges.log_ids, "the ordinary course is on the row")

    def test_failure_and_new_attempt(self):
        exchange = self._exchange()
        exchange._mark_sending()
        exchange.with_user(self.clerk).sudo()._mark_failed("code", "Words.", "Trace")
        self.assertRecordValues(
            exchange,
            [
                {
                    "state": "failed",
                    "error_code": "code",
                    "error_text": "Words.",
                    "traceback": "Trace",
                }
            ],
        )
        self.assertRecordValues(
            exchange.log_ids,
            [
                {
                    "old_state": "sending",
                    "new_state": "failed",
                    "attempt": 1,
                    "code": "code",
                    "text": "Words.",
                    "user_id": self.clerk.id,
                }
            ],
        )
        exchange._mark_sending()
        self.assertRecordValues(
            exchange,
            [
                {
                    "attempts": 2,
                    "error_code": False,
                    "error_text": False,
                    "traceback": False,
                }
            ],
        )

    def test_mixed_attempts_are_counted_each(self):
        exchanges = self._exchange("a") + self._exchange("b")
        exchanges[0]._mark_sending()
        exchanges[0]._mark_failed("x", "x")
        exchanges._mark_sending()
        self.assertEqual(exchanges.mapped("attempts"), [2, 1])

    def test_started_exchange_is_kept(self):
        pending = self._exchange("a")
        pending.unlink()
        self.assertFalse(pending.exists())
        started = self._exchange("b")
        started._mark_sending()
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            started.unlink()

    def test_history_only_grows(self):
        exchange = self._exchange()
        exchange._mark_failed("x", "x")
        with self.assertRaises(UserError):
            exchange.log_ids.text = "y"
        with self.assertRaises(UserError):
            exchange.log_ids.unlink()

    # ---- killed servers ----

    @contextmanager
    def _other_worker(self, exchange):
        """A living process that holds the exchange, on a connection of its own."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, exchange.id))
            yield
            cr.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, exchange.id))

    def test_interrupted_sending_becomes_unknown(self):
        exchanges = self._exchange("a") + self._exchange("b", channel="ged")
        exchanges._mark_sending()
        self.env.ref("demat_base.ir_cron_recover_sending").ir_actions_server_id.run()
        self.assertEqual(exchanges.mapped("state"), ["unknown", "unknown"])
        self.assertIn("may or may not have arrived", exchanges[0].error_text)

    def test_living_worker_is_left_alone(self):
        exchange = self._exchange()
        exchange._mark_sending()
        with self._other_worker(exchange):
            self.env["demat.exchange"]._cron_recover_sending()
            self.assertEqual(exchange.state, "sending")
        self.env["demat.exchange"]._cron_recover_sending()
        self.assertEqual(exchange.state, "unknown")

    @mute_logger("odoo.sql_db")
    def test_lock_is_given_back_after_a_database_error(self):
        """A lock left on a pooled connection would keep the exchange for ever."""
        exchange = self._exchange()
        held = SQL(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = %s AND objid = %s",
            LOCK_CLASS,
            exchange.id,
        )
        with (
            patch.object(self.env.cr, "rollback", self._rollback_to_savepoint),
            self.assertRaises(psycopg2.errors.DivisionByZero),
            exchange._alive() as alive,
        ):
            self.assertTrue(alive)
            self.env.cr.execute("SAVEPOINT demat_test_lock")
            self.assertEqual(self.env.execute_query(held), [(1,)])
            self.env.cr.execute("SELECT 1 / 0")
        self.assertEqual(self.env.execute_query(held), [(0,)])

    def _rollback_to_savepoint(self):
        self.env.cr.execute("ROLLBACK TO SAVEPOINT demat_test_lock")

    # ---- on the document ----

    def test_exchanges_of_the_document(self):
        document = self._document()
        exchanges = self._exchange("a", document) + self._exchange("b", document)
        self._exchange("c")
        document = document.with_user(self.clerk)
        self.assertEqual(
            document.demat_exchange_ids, exchanges.sorted("id", reverse=True)
        )
        self.assertEqual(document.demat_exchange_count, 2)
        action = document.action_view_demat_exchanges()
        found = self.env["demat.exchange"].search(action["domain"])
        self.assertEqual(set(found), set(exchanges))
