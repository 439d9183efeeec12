# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..lib.hashing import GENESIS
from ..models import ged_chain
from ..models.ged_evidence import COLUMNS, EVENT_COLUMNS, build_evidence
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestChain(ArchiveCommon):
    """One chain of documents and one of events for each company."""

    def _tamper(self, table, query, *args):
        """Do what an owner of the database can do: silence the trigger, change,
        restore.
        """
        name = SQL.identifier(table)
        self.env.flush_all()
        self.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", name))
        self.cr.execute(SQL(query, *args))
        self.assertEqual(self.cr.rowcount, 1)
        trigger = {"ir_attachment": "ged_attachment"}.get(table, table)
        for kind in ("row", "truncate"):
            self.cr.execute(
                SQL(
                    "ALTER TABLE %s ENABLE ALWAYS TRIGGER %s",
                    name,
                    SQL.identifier(f"{trigger}_guard_{kind}"),
                )
            )
        self.env.invalidate_all()

    def _codes(self):
        return [(problem.code, problem.stream) for problem in self._problems()]

    def test_rows_are_linked_in_order_without_gaps(self):
        documents = self._archive(3)
        self.assertEqual(documents.mapped("chain_number"), [0, 0, 0])
        self.assertEqual(self._link(), 6)  # 3 documents, 3 events
        more = self._archive(2)
        self.assertEqual(self._link(), 4)
        self.assertEqual(self._link(), 0)
        self.assertEqual((documents | more).mapped("chain_number"), [1, 2, 3, 4, 5])
        head = self.env["ged.chain"].search(
            [("company_id", "=", self.company.id), ("stream", "=", "document")]
        )
        self.assertEqual((head.head_number, head.head_hash), (5, more[1].chain_hash))
        self.assertFalse(self._problems())

    def test_rows_waiting_for_their_link_are_no_problem(self):
        self._archive(2)
        self.assertFalse(self._problems())
        self._link()
        self._archive(1)
        self.assertFalse(self._problems())

    def test_companies_have_chains_of_their_own(self):
        mine = self._archive(2)
        theirs = self._archive(2, company_id=self.other_company.id)
        self.env["ged.chain"]._chain_pending()
        self.assertEqual(mine.mapped("chain_number"), [1, 2])
        self.assertEqual(theirs.mapped("chain_number"), [1, 2])
        self.assertFalse(self._problems(self.company | self.other_company))

    def test_large_backlog_is_linked_in_batches(self):
        self._archive(5)
        with patch.object(ged_chain, "BATCH", 2):
            self.assertEqual([self._link() for _turn in range(4)], [4, 4, 2, 0])
            self.assertFalse(self._problems())

    def test_cron_links_what_a_crash_left(self):
        document = self._archive()
        self.env["ged.chain"]._cron_chain_pending()
        self.assertEqual(document.chain_number, 1)

    def test_archive_format_2_can_be_recomputed_by_hand(self):
        """An auditor needs a JSON printer and sha256sum, nothing of ours."""
        documents = self._archive(2, site_name="Quai n° 12 – « Bât. É »")
        self._link()
        expected = GENESIS
        for document in documents:
            evidence = {
                "format": 2,
                "stream": "document",
                "id": document.id,
                "company_id": self.company.id,
                "kind_id": document.kind_id.id,
                "kind_code": "invoice",
                "name": document.name,
                "filename": document.filename,
                "mimetype": "application/pdf",
                "size": document.size,
                "sha256": document.sha256,
                "partner_name": "Dupont SARL",
                "site_name": "Quai n° 12 – « Bât. É »",
                "document_date": "2026-03-31",
                "res_model": None,
                "res_id": None,
                "origin_name": None,
                "version": 1,
                "predecessor_id": None,
                "seal_level": "none",
                "seal_signer": None,
                "seal_fingerprint": None,
                "sealed_at": None,
                "seal_note": None,
                "archived_at": document.archived_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "archived_by_id": self.env.uid,
                "verify_code": document.verify_code,
                "seal_asked": None,
                "subject_id": None,
            }
            text = json.dumps(
                evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":")
            )
            expected = hashlib.sha256(f"{expected}\n{text}".encode()).hexdigest()
            self.assertEqual(document.chain_hash, expected)

    def test_format_is_pinned(self):
        """A change of these lists needs a new format number."""
        first, second = (
            hashlib.sha256(
                repr((COLUMNS["document", number], COLUMNS["event", number])).encode()
            ).hexdigest()[:16]
            for number in (1, 2)
        )
        self.assertEqual(first, "52468810eaad9a60")
        self.assertEqual(second, "c4c2ce3c445b55f8")

    def test_evidence_holds_no_floats_and_no_unknown_format(self):
        row = dict.fromkeys(EVENT_COLUMNS)
        with self.assertRaises(TypeError):
            build_evidence("event", {**row, "evidence_format": 1, "detail": 1.5})
        with self.assertRaises(KeyError):
            build_evidence("event", {**row, "evidence_format": 99})

    # ----------------------------------------------------------------- tampering

    def test_changed_document_is_found(self):
        documents = self._archive(3)
        self._link()
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET document_date = '2020-01-01' WHERE id = %s",
            documents[1].id,
        )
        (problem,) = self._problems()
        self.assertEqual(problem[:3], ("link", "document", documents[1].id))
        self.assertIn("changed", documents[1]._link_problem())
        self.assertFalse(documents[2]._link_problem())

    def test_changed_document_with_its_own_hash_recomputed_is_found(self):
        """A forger who recomputes the link breaks the next one."""
        documents = self._archive(3)
        self._link()
        Chain = self.env["ged.chain"]
        row = Chain._read_rows("document", SQL("id = %s", documents[1].id))[0]
        row["name"] = "forged"
        forged = ged_chain.link(
            documents[0].chain_hash, build_evidence("document", row)
        )
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET name = 'forged', chain_hash = %s WHERE id = %s",
            forged,
            documents[1].id,
        )
        (problem,) = self._problems()
        self.assertEqual(problem[:3], ("link", "document", documents[2].id))

    def test_changed_event_is_found(self):
        event = self._archive(2).event_ids.sorted("id")[0]
        self._link()
        self._tamper(
            "ged_event", "UPDATE ged_event SET user_name = 'X' WHERE id = %s", event.id
        )
        self.assertEqual(self._codes(), [("link", "event")])

    def test_removed_event_is_found(self):
        events = self._archive(3).event_ids.sorted("id")
        self._link()
        self._tamper("ged_event", "DELETE FROM ged_event WHERE id = %s", events[1].id)
        self.assertEqual(self._codes(), [("gap", "event"), ("journal", "document")])

    def test_removed_end_is_found(self):
        events = self._archive(3).event_ids.sorted("id")
        self._link()
        self._tamper("ged_event", "DELETE FROM ged_event WHERE id = %s", events[2].id)
        self.assertEqual(self._codes(), [("head", "event"), ("journal", "document")])

    def test_renumbered_chain_is_found(self):
        documents = self._archive(2)
        self._link()
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET chain_number = 3 WHERE id = %s",
            documents[1].id,
        )
        self.assertEqual(self._codes(), [("gap", "document"), ("head", "document")])

    def test_hash_and_file_replaced_together_are_found(self):
        """The file fits its row again, but the row does not fit the chain."""
        document = self._archive()
        self._link()
        other = self.env["ir.attachment"].create({"name": "x", "raw": b"other"})
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET attachment_id = %s, sha256 = %s, size = 5 WHERE "
            "id = %s",
            other.id,
            hashlib.sha256(b"other").hexdigest(),
            document.id,
        )
        self.assertEqual(
            self._codes(),
            [("orphan", "document"), ("link", "document"), ("file", "document")],
        )

    def test_file_pointer_replaced_is_found(self):
        document = self._archive()
        self._link()
        other = self.env["ir.attachment"].create({"name": "x", "raw": b"other"})
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET attachment_id = %s WHERE id = %s",
            other.id,
            document.id,
        )
        self.assertEqual(
            self._codes(), [("orphan", "document"), ("content", "document")]
        )

    def test_format_downgrade_is_found(self):
        document = self._archive()
        self._link()
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET evidence_format = 9 WHERE id = %s",
            document.id,
        )
        self.assertEqual(self._codes(), [("link", "document")])

    def test_two_heads_are_impossible(self):
        self._archive()
        self._link()
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(flush=False),
        ):
            self.cr.execute(
                "INSERT INTO ged_chain (company_id, stream) VALUES (%s, 'document')",
                [self.company.id],
            )

    # -------------------------------------------------------------- after commit

    def test_one_callback_per_transaction(self):
        callbacks = self.env.cr.postcommit
        callbacks.clear()
        self._archive(2)
        self._archive()._record_event("verified")
        names = [callback.__name__ for callback in callbacks._funcs]
        self.assertEqual(names.count("link_after_commit"), 1)
        callbacks.clear()

    def test_lock_that_is_not_free_postpones_the_link(self):
        """The caller has committed: it must not see an error, the cron will link."""
        callbacks = self.env.cr.postcommit
        callbacks.clear()
        document = self._archive()
        with (
            patch.object(
                type(self.env["ged.chain"]),
                "_chain_pending",
                side_effect=psycopg2.errors.LockNotAvailable("busy"),
            ) as attempt,
            patch.object(ged_chain._logger, "info") as info,
        ):
            callbacks.run()
        attempt.assert_called_once()
        self.assertIn("postponed", info.call_args.args[0])
        self.assertFalse(document.chain_number)

    @mute_logger("odoo.addons.ged_archive.models.ged_chain")
    def test_failure_after_the_commit_does_not_reach_the_caller(self):
        """Whatever goes wrong: the work is committed and must not be done twice."""
        callbacks = self.env.cr.postcommit
        callbacks.clear()
        self._archive()
        with patch.object(
            type(self.env["ged.chain"]), "_chain_pending", side_effect=KeyError("x")
        ) as attempt:
            callbacks.run()
            attempt.assert_called_once()
            with self.assertRaises(KeyError):
                ged_chain._link_in_own_transactions(self.env.registry)

    @mute_logger("odoo.addons.ged_archive.models.ged_chain")
    def test_a_row_that_cannot_be_linked_stops_nobody(self):
        """Neither of an unknown format, nor where the head of a company is spoilt."""
        first, strange = self._archive(2)
        other = self._archive(company_id=self.other_company.id, partner_id=False)
        self.env["ged.chain"]._chain_pending()
        self.env.cr.execute(
            "INSERT INTO ged_event (company_id, document_id, event_type, at, "
            "evidence_format) SELECT company_id, id, 'viewed', archived_at, 9 "
            "FROM ged_document WHERE id = %s",
            [strange.id],
        )
        first._record_event("viewed")
        self.env["ged.chain"]._chain_pending()
        self.env.invalidate_all()
        self.assertTrue(first.event_ids[0].chain_number)
        self._tamper(
            "ged_chain",
            "UPDATE ged_chain SET head_hash = 'spoilt'"
            " WHERE company_id = %s AND stream = 'event'",
            self.company.id,
        )
        (first | other)._record_event("viewed")
        self.env["ged.chain"]._chain_pending()
        self.env.invalidate_all()
        self.assertFalse(first.event_ids[0].chain_number)
        self.assertTrue(other.event_ids[0].chain_number)

    def test_two_rows_with_one_number_where_a_batch_ends(self):
        documents = self._archive(5)
        self._link()
        self.assertEqual(self._problems(), [])
        forged = self._archive()
        self._link()
        [[index]] = self.env.execute_query(
            SQL(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'ged_document'"
                " AND indexdef LIKE 'CREATE UNIQUE%%chain_number%%'"
            )
        )
        self.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        self._tamper(
            "ged_document",
            "UPDATE ged_document SET chain_number = 2 WHERE id = %s",
            forged.id,
        )
        self._tamper(
            "ged_chain",
            "UPDATE ged_chain SET head_number = 5, head_hash = %s"
            " WHERE company_id = %s AND stream = 'document'",
            documents[-1].chain_hash,
            self.company.id,
        )
        with patch.object(ged_chain, "BATCH", 2):
            found = self._problems()
        self.assertIn(
            ("gap", forged.id), [(one.code, one.document_id) for one in found]
        )
