# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A lost container, or a company that fails, holds up nobody else."""

import base64
import os
from unittest.mock import patch

from odoo.tests import tagged

from .common_preservation import PreservationCommon

QUEUE = "odoo.addons.ged_archive.models.ged_preservation_queue"


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
        # the authority of the tests lasts until 2060: all is due
        self.company.ged_renew_days = 365 * 60
        self._lose(lost.preservation_ids.evidence_id)
        self._run()
        self.assertEqual(len(lost.preservation_ids), 1)
        self.assertEqual(len(kept.preservation_ids), 2)
        self.assertIn("missing from the storage", self._queue().problem)
        self.assertTrue(self.foreign.preservation_ids)

    def test_a_company_that_fails_does_not_stop_the_next(self):
        document = self._sealed()
        self.company.ged_renew_days = 365 * 60
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
