# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A lost container, or a company that fails, holds up nobody else."""

import base64
import os
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_preservation import FAR, TSA_LOG, PreservationCommon

QUEUE = "odoo.addons.ged_archive.models.ged_preservation_queue"


def _one_by_one(due):
    return lambda queue, after: due(queue, after, limit=1)


@tagged("post_install", "-at_install")
class TestPreservationLost(PreservationCommon):
    def setUp(self):
        super().setUp()
        self.other_company.ged_seal_profile_id = self._profile(
            company_id=self.other_company.id,
            pkcs12=base64.b64encode(self.pki.pkcs12("signer-ec")),
            password=self.pki_password,
            tsa_url=self.tsa.url,
        )
        self.other_company.ged_stamp_unsealed = True
        self.foreign = self._archive(
            company_id=self.other_company.id, partner_id=False, content=b"foreign"
        )
        companies = self.env["res.company"].search(
            [("ged_seal_profile_id", "!=", False)]
        )
        mine = self.company | self.other_company
        self.assertEqual((companies & mine).ids, mine.ids, "the failing one is first")

    def _lose(self, document):
        """Take the file of a document away from the disk, until the test is over."""
        file = document.sudo().attachment_id
        path = file._full_path(file.store_fname)
        os.rename(path, f"{path}.lost")
        self.addCleanup(os.rename, f"{path}.lost", path)
        self.env.invalidate_all()

    def test_a_lost_container_holds_up_its_own_documents_only(self):
        documents = self._sealed(2)
        for document in documents:
            document.with_user(self.manager).action_timestamp()
        lost, kept = documents
        self._renew_all()
        self._lose(lost.preservation_ids.evidence_id)
        self._run()
        self.assertEqual(len(lost.preservation_ids), 1)
        self.assertEqual(len(kept.preservation_ids), 2)
        self.assertIn("missing from the storage", self._queue().problem)
        self.assertTrue(self.foreign.preservation_ids)

    def test_a_company_that_fails_does_not_stop_the_next(self):
        document = self._sealed()
        self._renew_all()
        queues = type(self.Queue)
        preserve = queues._preserve

        def failing(queue, rows, **values):
            if queue.company_id == self.company:
                raise RuntimeError("no room")
            return preserve(queue, rows, **values)

        with (
            patch.object(queues, "_preserve", failing),
            self.assertLogs(QUEUE, "ERROR"),
        ):
            self._run()
        self.assertFalse(document.preservation_ids)
        self.assertTrue(self.foreign.preservation_ids)
        queue = self._queue()
        self.assertEqual((queue.failures, queue.problem), (1, "no room"))
        self.assertTrue(queue.retry_at)

    @mute_logger(TSA_LOG)
    def test_a_round_goes_on_where_it_was(self):
        """Documents that cannot be helped do not take the turn of the others."""
        documents = self._degraded(3)
        self.tsa.mode = "good"
        self._lose(documents[0])
        queue = self._queue()
        with (
            patch.object(type(self.Queue), "_commit", lambda _self, _count: False),
            patch.object(type(self.Queue), "_due", _one_by_one(type(self.Queue)._due)),
        ):
            self._run()
            self.assertEqual(queue.next_id, documents[0].id)
            self.assertFalse(queue.retry_at, "the round is not over")
            for document in documents[1:]:
                self._run()
                self.assertEqual(document._level_now(), "B-T")
            self._run()
        self.assertEqual((queue.next_id, queue.failures), (0, 1))
        self.assertTrue(queue.retry_at)
        self.assertIn("missing from the storage", queue.problem)

    @mute_logger(TSA_LOG)
    def test_a_batch_that_no_server_stamps_is_left_after_some_tries(self):
        documents = self._degraded(2)
        queue = self._queue()
        with patch.object(type(self.Queue), "_due", _one_by_one(type(self.Queue)._due)):
            for _try in range(3):
                self._run()
                self.assertFalse(queue.next_id)
                queue.retry_at = False
                self._forget_servers()
            self._run()
            self.assertEqual(queue.next_id, documents[0].id)
            queue.retry_at = False
            self._forget_servers()
            self.tsa.mode = "good"
            self._run()
        self.assertEqual([one._level_now() for one in documents], ["B-B", "B-T"])
        self._run()
        self.assertEqual(documents[0]._level_now(), "B-T", "in the next round")

    def test_renewing_that_gains_nothing(self):
        """The certificate of the authority ends no later than the evidence."""
        document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        self.company.ged_renew_days = FAR
        self.tsa.requests = 0
        queue = self._queue()
        for _try in range(3):
            self._run()
            self.assertEqual(len(document.preservation_ids), 1)
        self.assertEqual(self.tsa.requests, 1, "asked once a day")
        self.assertIn("no later than the evidence", queue.problem)
        self.assertFalse(queue.retry_at)
        low = self._degraded()
        self.tsa.mode = "good"
        self._run()
        self.assertEqual(low._level_now(), "B-T", "it does not wait")
        self.pki.renew_tsa()
        queue.renew_at = False
        self._run()
        self.assertEqual(len(document.preservation_ids), 2)
        self.assertFalse(queue.problem)
