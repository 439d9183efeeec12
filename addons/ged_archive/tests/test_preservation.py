# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import hashlib
from datetime import timedelta

import psycopg2.errors
from freezegun import freeze_time

from odoo import fields, sql_db
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..lib import asic, preservation
from ..models.ged_seal_profile_expiry import ACTIVITIES
from .common import make_pkcs12
from .common_preservation import PreservationCommon

TSA_LOG = "odoo.addons.ged_archive.lib.tsa"
OTHER_LOGS = "odoo.addons.ged_archive.models.ged_document_check"


@tagged("post_install", "-at_install")
class TestPreservation(PreservationCommon):
    def test_dead_server_then_the_job_raises_the_level(self):
        document = self._degraded()
        before = document._get_content()
        self.assertEqual(document._level_now(), "B-B")
        self.assertEqual(document.seal_asked or "B-B", document.seal_asked)
        self._ask_for(document)
        self.assertIn("no time-stamp server", document.seal_note)
        self.assertIn(document, self.Document.search([("waits_for_seal", "=", True)]))
        with mute_logger(TSA_LOG):
            self._run()
        queue = self._queue()
        self.assertEqual((queue.failures, document._level_now()), (1, "B-B"))
        self.assertIn("503", queue.problem)
        self.assertGreater(queue.retry_at, fields.Datetime.now())
        self.tsa.mode = "good"
        self._forget_servers()
        self._run()
        self.assertEqual(document._level_now(), "B-B", "not before its time")
        with freeze_time(queue.retry_at + timedelta(seconds=1)):
            self._run()
        self.assertEqual(document._level_now(), "B-T")
        self.assertFalse(document.waits_for_seal)
        self.assertNotIn(
            document, self.Document.search([("waits_for_seal", "=", True)])
        )
        self.assertEqual((queue.failures, queue.problem), (0, False))
        self.assertEqual(document._get_content(), before)
        self.assertEqual(document.seal_level, "B-B")
        self.assertIn("timestamped", document.event_ids.mapped("event_type"))
        self._check_container(document)

    def _ask_for(self, documents):
        """The library tells what level was asked for; make sure that the rows do."""
        self.assertEqual(set(documents.mapped("seal_asked")), {"B-T"})

    def _check_container(self, document):
        row = document.preservation_ids[0]
        content = asic.read(row.evidence_id._get_content())
        documents, _previous, _data = preservation.read_manifest(content.manifest)
        self.assertIn(
            (document.id, document.sha256),
            [(one["id"], one["sha256"]) for one in documents],
        )
        self.assertEqual(row.tsa_fingerprint, content.tsa_fingerprint)
        self.assertEqual(row.evidence_id.kind_code, "evidence")
        self.assertFalse(document._preservation_problems())

    def test_one_token_for_many_documents(self):
        documents = self._degraded(5)
        self.tsa.mode, self.tsa.requests = "good", 0
        self._run()
        self.assertEqual(self.tsa.requests, 1)
        self.assertEqual({one._level_now() for one in documents}, {"B-T"})
        self.assertEqual(len(documents.preservation_ids.evidence_id), 1)
        self._run()
        self.assertEqual(self.tsa.requests, 1, "nothing is due any more")
        self.assertFalse(self._link() and self._problems())

    def test_back_off_grows(self):
        self._degraded()
        queue, waits = self._queue(), []
        with mute_logger(TSA_LOG):
            for _try in range(3):
                self._forget_servers()
                queue.retry_at = False
                self._run()
                waits.append(queue.retry_at - fields.Datetime.now())
        self.assertLess(waits[0] * 1.5, waits[1])
        self.assertLess(waits[1] * 1.5, waits[2])

    def test_altered_file_is_not_stamped_and_does_not_hold_up_the_others(self):
        documents = self._degraded(3)
        self.tsa.mode = "good"
        attachment = documents[0].sudo().attachment_id
        self.env.cr.execute(
            "ALTER TABLE ir_attachment DISABLE TRIGGER ged_attachment_guard_row"
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s WHERE id = %s",
            [documents[1].sudo().attachment_id.store_fname, attachment.id],
        )
        self.env.cr.execute(
            "ALTER TABLE ir_attachment ENABLE ALWAYS TRIGGER ged_attachment_guard_row"
        )
        attachment.invalidate_recordset()
        with mute_logger(OTHER_LOGS):
            self._run()
        self.assertEqual([one._level_now() for one in documents], ["B-B", "B-T", "B-T"])
        self.assertIn("altered", self._queue().problem)

    def test_evidence_is_renewed_before_its_end(self):
        document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        first = document.preservation_ids
        self._renew_all()
        self._run()
        second = document.preservation_ids - first
        self.assertEqual(second.predecessor_id, first)
        self.assertFalse(second.late)
        content = asic.read(second.evidence_id._get_content())
        _documents, previous, _data = preservation.read_manifest(content.manifest)
        self.assertEqual(
            [one["sha256"] for one in previous], [first.evidence_id.sha256]
        )
        self.assertIn("renewed", document.event_ids.mapped("event_type"))
        self.assertFalse(document._preservation_problems())

    def test_evidence_that_ended_is_renewed_and_says_late(self):
        document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        first = document.preservation_ids
        self._superuser(
            "UPDATE ged_preservation SET valid_until = now() - interval '1 day'"
        )
        self._run()
        second = document.preservation_ids - first
        self.assertTrue(second.late)

    def _superuser(self, statement):
        """What only the owner of the tables can do."""
        self.env.flush_all()
        table = SQL_TABLE
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.env.cr.execute(statement)
        self.env.cr.execute(
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER ged_preservation_guard_row"
        )
        self.env.invalidate_all()

    def test_row_about_another_document_is_found(self):
        documents = self._degraded(2)
        self.tsa.mode = "good"
        documents[0].with_user(self.manager).action_timestamp()
        documents[1].with_user(self.manager).action_timestamp()
        rows = documents.preservation_ids
        self.assertEqual(len(rows.evidence_id), 2)
        self._superuser(
            "UPDATE ged_preservation SET evidence_id = "
            f"{documents[0].preservation_ids.evidence_id.id} "
            f"WHERE document_id = {documents[1].id}"
        )
        problems = documents[1]._preservation_problems()
        self.assertIn("does not cover", problems[0])
        self.assertFalse(documents[0]._preservation_problems())
        self.env["ged.chain"]._chain_pending()
        found = self.env["ged.chain"]._verify_documents(documents)
        self.assertIn([one.code for one in found], (["later"], ["later"] * 2))

    def test_unsealed_documents_only_when_the_company_wants(self):
        document = self._archive()
        self._run()
        self.assertFalse(document.preservation_ids)
        self.company.ged_stamp_unsealed = True
        self._run()
        self.assertEqual(len(document.preservation_ids), 1)
        self.assertEqual(document._level_now(), "none")
        evidence = document.preservation_ids.evidence_id
        self.assertEqual(evidence.subject_id, document)
        self._run()
        self.assertFalse(evidence.preservation_ids, "containers need no container")
        self.assertEqual(len(document.preservation_ids), 1)

    def test_container_is_kept_as_long_as_its_documents(self):
        documents = self._degraded(2) + self._archive(retention_until="2099-12-31")
        self.company.ged_stamp_unsealed = True
        self.tsa.mode = "good"
        self._run()
        evidence = documents.preservation_ids.evidence_id
        self.assertEqual(str(evidence.retention_until), "2099-12-31")

    def test_time_stamp_now(self):
        document = self._sealed()
        with self.assertRaisesRegex(UserError, "administrators"):
            document.with_user(self.auditor).action_timestamp()
        document.with_user(self.manager).action_timestamp()
        self.assertEqual(len(document.preservation_ids), 1)
        self.tsa.mode = "error"
        self._forget_servers()
        with (
            mute_logger(TSA_LOG),
            self.assertRaisesRegex(UserError, "Try again later"),
        ):
            document.with_user(self.manager).action_timestamp()
        self.profile.tsa_url = False
        with self.assertRaisesRegex(UserError, "no time-stamp server"):
            document.with_user(self.manager).action_timestamp()

    def test_other_company(self):
        mine = self._degraded()
        other = self._archive(company_id=self.other_company.id, partner_id=False)
        with self.assertRaises(AccessError):
            other.with_user(self.manager).action_timestamp()
        self.other_company.ged_stamp_unsealed = True
        self.tsa.mode = "good"
        self._run()
        self.assertFalse(other.preservation_ids, "it has no profile")
        row = mine.preservation_ids
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(row.evidence_id.company_id, self.company)
        self.company.ged_seal_profile_id = False
        foreign = self.env["res.users"].create(
            {
                "name": "Foreigner",
                "login": "ged_foreigner",
                "group_ids": [(4, self.env.ref("ged_archive.group_ged_manager").id)],
                "company_id": self.other_company.id,
                "company_ids": [(6, 0, self.other_company.ids)],
            }
        )
        for record in (row, self._queue()):
            with self.assertRaises(AccessError):
                record.with_user(foreign).read(["company_id"])

    def test_rows_are_append_only(self):
        document = self._sealed()
        document.with_user(self.manager).action_timestamp()
        row = document.preservation_ids
        for call in (
            lambda: row.write({"late": True}),
            lambda: row.unlink(),
            lambda: row.sudo().copy(),
        ):
            with self.assertRaises(UserError):
                call()
        for statement in (
            "UPDATE ged_preservation SET level_after = 'B-LTA'",
            "DELETE FROM ged_preservation",
            "TRUNCATE ged_preservation",
        ):
            with (
                self.assertRaises(psycopg2.errors.RestrictViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.cr.execute(statement)

    def test_retired_algorithm(self):
        """Files and earlier evidence are hashed anew, with the new algorithm."""
        document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        plain = self._archive()
        self.company.ged_digest_algorithms = "sha512"
        self._run()
        second, first = document.preservation_ids
        self.assertEqual(second.digest_algorithm, "sha512")
        self.assertFalse(plain.preservation_ids)
        content = asic.read(second.evidence_id._get_content())
        documents, previous, _data = preservation.read_manifest(content.manifest)
        self.assertEqual(
            documents[0]["sha512"], hashlib.sha512(document._get_content()).hexdigest()
        )
        self.assertEqual(
            previous[0]["sha512"],
            hashlib.sha512(first.evidence_id._get_content()).hexdigest(),
        )
        self._run()
        self.assertEqual(len(document.preservation_ids), 2)

    def test_end_of_the_time_stamp_in_the_seal(self):
        """A seal of level B-T rests on its own time stamp: that ends, too."""
        document = self._sealed()
        self.assertEqual(document.seal_level, "B-T")
        self.assertEqual(document.seal_valid_until.year, 2060)
        self.assertEqual(document.evidence_until, document.seal_valid_until)
        self._run()
        self.assertFalse(document.preservation_ids)
        self._renew_all()
        self._run()
        self.assertEqual(len(document.preservation_ids), 1)
        self.assertIn("renewed", document.event_ids.mapped("event_type"))

    def test_algorithms_are_checked(self):
        self.assertEqual(self.company._ged_digest_algorithms()[0], "sha256")
        self.company.ged_digest_algorithms = "SHA-512, sha384"
        self.assertEqual(self.company._ged_digest_algorithms(), ["sha512", "sha384"])
        for wrong in ("md5", "", "sha256, sha1"):
            with self.assertRaises(ValidationError):
                self.company.ged_digest_algorithms = wrong

    def test_test_button_asks_every_server(self):
        self.profile.tsa_url = f"{self.tsa.url}\nhttp://127.0.0.1:9/tsr"
        with mute_logger(TSA_LOG):
            action = self.profile.with_user(self.manager).action_test_certificate()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertRegex(action["params"]["message"], r"127.0.0.1 answered in 0\.\d s")
        self.assertIn("without answer", action["params"]["message"])
        self.profile.tsa_url = self.tsa.url
        action = self.profile.with_user(self.system).action_test_certificate()
        self.assertEqual(action["params"]["type"], "success")

    def test_expired_certificate_does_not_stop_later_evidence(self):
        document = self._degraded()
        self.profile.write(
            {
                "pkcs12": base64.b64encode(make_pkcs12(start=-9, end=-1)),
                "password": "made for this test",
            }
        )
        self.tsa.mode = "good"
        self._run()
        self.assertEqual(document._level_now(), "B-T")

    def test_end_of_authority_and_evidence_is_told(self):
        document = self._degraded()
        self.tsa.mode = "good"
        self._run()
        self.assertEqual(
            self.profile._expiring()["evidence"][1],
            document.preservation_ids.valid_until,
        )
        self._queue().tsa_until = fields.Datetime.now() + timedelta(days=20)
        self._superuser(
            "UPDATE ged_preservation SET valid_until = now() + interval '5 days'"
        )
        self.env["ged.seal.profile"]._cron_expiry()
        for subject, days in (("authority", 30), ("evidence", 7)):
            found = self.profile.activity_search(
                [ACTIVITIES[subject]], user_id=self.manager.id
            )
            self.assertEqual(len(found), 1)
            self.assertEqual(self.profile.warned[subject]["days"], days)
        self._run()
        self.env["ged.seal.profile"]._cron_expiry()
        self.assertFalse(
            self.profile.activity_search([ACTIVITIES["evidence"]]),
            "renewed evidence ends the warning",
        )

    def test_screens_open(self):
        document = self._sealed()
        document.with_user(self.manager).action_timestamp()
        for user in (self.reader, self.auditor, self.manager):
            Form(document.with_user(user))
        action = document.preservation_ids.with_user(self.auditor)
        self.assertEqual(
            action.action_open_evidence()["res_id"],
            document.preservation_ids.evidence_id.id,
        )

    def test_two_workers(self):
        """The second one leaves the work to the first."""
        company = self.env.ref("base.main_company")
        with sql_db.db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute(
                "INSERT INTO ged_preservation_queue (company_id, failures) VALUES "
                "(%s, 0) ON CONFLICT DO NOTHING RETURNING id",
                [company.id],
            )
            made = cr.fetchone()
            cr.commit()  # pylint: disable=invalid-commit
            try:
                env = self.env(cr=cr)
                queue = env["ged.preservation.queue"].sudo()._of(company.with_env(env))
                cr.commit()  # pylint: disable=invalid-commit
                with sql_db.db_connect(self.env.cr.dbname).cursor() as second:
                    second.execute(
                        "SELECT FROM ged_preservation_queue WHERE id = %s FOR UPDATE",
                        [queue.id],
                    )
                    self.assertIsNone(queue._next_batch())
                    with self.assertRaisesRegex(UserError, "server|at work"):
                        queue._preserve_now(company.with_env(env), env["ged.document"])
                    second.rollback()
            finally:
                cr.rollback()
                if made:
                    cr.execute("DELETE FROM ged_preservation_queue WHERE id = %s", made)
                    cr.commit()  # pylint: disable=invalid-commit


SQL_TABLE = "ged_preservation"
