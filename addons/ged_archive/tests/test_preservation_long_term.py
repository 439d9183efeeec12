# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What was sealed lower because nobody answered is raised to B-LT by the job, with
revocation data that the authority gives later."""

from odoo.tests import tagged

from ..lib import asic, preservation
from .common_preservation import LongTermCommon


@tagged("post_install", "-at_install")
class TestLongTermLater(LongTermCommon):
    def _container(self, document):
        row = document.preservation_ids[:1]
        content = asic.read(row.evidence_id._get_content())
        return preservation.read_manifest(content.manifest)

    def test_raised_to_long_term(self):
        documents = self._sealed_while_silent(count=3)
        before = [one._get_content() for one in documents]
        self.assertEqual(set(documents.mapped("seal_level")), {"B-T"})
        self.assertEqual(set(documents.mapped("seal_asked")), {"B-LT"})
        self.assertIn("not revoked", documents[0].seal_note)

        queue = self._run()
        self.assertEqual(set(documents.mapped("level_now")), {"B-T"})
        self.assertEqual((queue.failures, len(documents.preservation_ids)), (1, 0))
        self.assertIn("Essai signer-ec", queue.problem)

        self._services("good")
        self._run()
        documents.invalidate_recordset()
        self.assertEqual(set(documents.mapped("level_now")), {"B-LT"})
        self.assertEqual([one._get_content() for one in documents], before)
        self.assertEqual((queue.failures, queue.problem), (0, False))
        self.assertEqual(len(documents.preservation_ids.evidence_id), 1)
        entries, _previous, data = self._container(documents[0])
        self.assertEqual(
            sorted(one["sha256"] for one in entries), sorted(documents.mapped("sha256"))
        )
        # the signer by OCSP, the authority between by the list of the root
        self.assertTrue(data.ocsps and data.crls)
        self.assertIn(self.pki.der("interm"), data.certificates)
        self.assertFalse(self.env["ged.chain"]._verify_documents(documents))
        asked = dict(self.pki.requests)
        self._run()
        self.assertEqual(self.pki.requests, asked, "nothing is due any more")

    def test_raised_to_archive_time_stamp(self):
        document = self._sealed_while_silent(level="B-LTA")
        self.assertEqual(document.seal_level, "B-T")
        self._services("good")
        self._run()
        self.assertEqual(document.level_now, "B-LTA")
        self.assertFalse(document._preservation_problems())

    def test_list_where_no_responder_answers(self):
        document = self._sealed_while_silent()
        self._services("good")
        self.pki.modes["ocsp"] = "error"
        self._run()
        self.assertEqual(document.level_now, "B-LT")
        _entries, _previous, data = self._container(document)
        self.assertEqual((len(data.ocsps), len(data.crls) > 0), (0, True))
        self.assertFalse(document._preservation_problems())

    def test_one_without_answer_does_not_hold_up_the_others(self):
        silent = self._sealed_while_silent("silent")
        good = self._sealed_while_silent()
        self._services("good")
        queue = self._run()
        self.assertEqual((good.level_now, silent.level_now), ("B-LT", "B-T"))
        self.assertIn("Essai silent", queue.problem)

    def test_revoked_is_never_raised(self):
        document = self._sealed_while_silent("revoked")
        self._services("good")
        queue = self._run()
        self.assertEqual(document.level_now, "B-T")
        self.assertFalse(document.preservation_ids)
        self.assertIn("revoked", queue.problem)

    def test_level_that_was_lowered_is_found(self):
        """Also where it could have been no higher: the container tells the level."""
        document = self._sealed_while_silent(level="B-LT")
        self._services("good")
        self._run()
        row = document.preservation_ids
        self.assertEqual((row.level_before, row.level_after), ("B-T", "B-LT"))
        self.assertFalse(row._problems())
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE ged_preservation DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE ged_preservation SET level_after = 'B-T'")
        self.env.invalidate_all()
        [said] = row._problems()
        self.assertIn("Level since", said)

    def test_level_without_its_proof_is_found(self):
        """Rows of B-LT whose container says nothing of the certificate."""
        document = self._sealed_while_silent(level="B-LT")
        self._services("good")
        self.pki.modes.update(ocsp="error", crl="error")
        self._renew_all()
        self._run()
        row = document.preservation_ids
        self.assertEqual(row.level_after, "B-T")
        self.assertFalse(row._problems())
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE ged_preservation DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE ged_preservation SET level_after = 'B-LT'")
        self.env.invalidate_all()
        said, unproven = row._problems()
        self.assertIn("Level since", said)
        self.assertIn("does not say", unproven)
