# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import io
import os
from unittest.mock import patch

import pikepdf

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import ged_destruction_run
from .common import make_pkcs12
from .common_destruction import DestructionCommon


@tagged("post_install", "-at_install")
class TestDestruction(DestructionCommon):
    def test_life_of_a_list(self):
        documents = self._ended()
        names = documents.attachment_id.mapped("store_fname")
        one = self._list(documents)
        self.assertEqual(one.state, "draft")
        one._decide("propose", "ten years are over")
        self.assertEqual(one.state, "proposed")
        one.with_user(self.manager)._decide("approve", "read")
        self.assertEqual(one.state, "approved_once")
        one.with_user(self.second)._decide("approve")
        self.assertEqual(one.state, "approved")
        one = one.with_user(self.second)
        one.action_execute()
        self.assertEqual(one.state, "executed")
        self.assertEqual(
            [(step.operation, step.user_id) for step in one.step_ids],
            [
                ("propose", self.archivist),
                ("approve", self.manager),
                ("approve", self.second),
                ("execute", self.second),
            ],
        )
        for document in documents:
            self.assertTrue(document.destroyed_at)
            self.assertFalse(document.attachment_id)
            self.assertEqual(
                self._events(document), ["archived", "proposed", "destroyed"]
            )
            self.assertIn(one.name, document.event_ids[0].detail)
            self.assertEqual(document.event_ids[0].user_id, self.second)
        self.assertFalse(
            self.env["ir.attachment"].search([("store_fname", "in", names)])
        )
        self._link()
        self.assertEqual(self._problems(), [])

    def test_file_leaves_the_filestore(self):
        documents = self._ended(2, content=b"one content, kept twice")
        path = self.env["ir.attachment"]._full_path(
            documents[0].attachment_id.store_fname
        )
        remove = self.env["ir.attachment"]._remove_unused
        names = documents[0].attachment_id.mapped("store_fname")
        self._executed(documents[0])
        # the second document has the same bytes: the store keeps them once
        self.assertEqual(remove(names), [])
        self.assertTrue(os.path.exists(path))
        self._executed(documents[1])
        self.assertEqual(remove(names), names)
        self.assertFalse(os.path.exists(path))
        self.assertEqual(remove(names), names, "a second call has nothing to do")

    def test_certificate(self):
        profile = self._profile()
        self.company.ged_seal_profile_id = profile
        documents = self._ended()
        copy = self.env["ir.attachment"].create(
            {
                "name": "own copy.pdf",
                "raw": documents[0].attachment_id.raw,
                "res_model": "res.partner",
                "res_id": self.customer.id,
            }
        )
        one = self._executed(documents)
        certificate = one.certificate_id.sudo()
        self.assertEqual(certificate.kind_code, "evidence")
        self.assertEqual(certificate.name, one.name)
        self.assertEqual(certificate.seal_level, "B-B")
        self.assertFalse(certificate.retention_until)
        self.assertFalse(certificate._seal_problem())
        self.assertTrue(copy.exists())
        self.assertIn("own copy.pdf", one.line_ids[0].copies)
        self.assertFalse(one.line_ids[1].copies)
        with pikepdf.open(io.BytesIO(certificate._get_content())) as pdf:
            with pdf.open_metadata() as metadata:
                self.assertEqual(metadata["pdfaid:part"], "3")

    def test_certificate_names_hashes_and_approvers(self):
        documents = self._ended()
        one = self._approved(documents).sudo()
        html = {}

        def keep(report, bodies, **_options):
            html["page"] = bodies[0]
            return self._vals()["content"]

        report = type(self.env["ir.actions.report"])
        with patch.object(report, "_run_wkhtmltopdf", keep):
            one.with_user(self.manager).action_execute()
        for text in (
            one.name,
            *documents.mapped("sha256"),
            *documents.mapped("name"),
            self.manager.name,
            self.second.name,
            self.archivist.name,
        ):
            self.assertIn(text, html["page"])

    def test_destroyed_content_is_told(self):
        document = self._ended(1)
        number = self._executed(document).name
        with self.assertRaisesRegex(UserError, "was destroyed on .*" + number):
            document._get_content()
        self.assertFalse(document._content_problem())
        action = document.with_user(self.auditor).action_verify()
        check = self.env["ged.document.check"].browse(action["res_id"])
        self.assertTrue(check.ok, check.problems)
        self.assertIn(number, check.verdict)

    def test_content_gone_without_its_line_in_the_journal(self):
        """A superuser who plays the destruction in SQL is found by verification."""
        document = self._ended(1)
        self.cr.execute(
            "UPDATE ged_document SET attachment_id = NULL,"
            " destroyed_at = date_trunc('second', now() AT TIME ZONE 'UTC')"
            " WHERE id = %s",
            [document.id],
        )
        document.invalidate_recordset()
        self.assertIn("missing", document._content_problem())

    def test_derived_content_goes_with_it(self):
        document = self._ended(1)
        forgotten = []
        with patch.object(
            type(self.Document),
            "_forget_content",
            lambda records: forgotten.append(records.ids),
        ):
            self._executed(document)
        self.assertEqual(forgotten, [document.ids])

    def test_full_job(self):
        """Bigger lists are left to the job, which works in batches."""
        documents = self._ended(5)
        one = self._approved(documents)
        with patch.multiple(ged_destruction_run, AT_ONCE=2, BATCH=2):
            action = one.action_execute()
            self.assertEqual(action["tag"], "display_notification")
            self.assertEqual(one.state, "running")
            self.env["ged.destruction"]._cron_execute()
        self.assertEqual(one.state, "executed")
        self.assertEqual(one.destroyed_count, 5)
        self.assertEqual(
            self.Document.search_count([("name", "=", one.name)]), 1, "one certificate"
        )

    def test_job_tells_why_it_stopped(self):
        one = self._approved(self._ended(1))
        with patch.object(ged_destruction_run, "AT_ONCE", 0):
            one.action_execute()
        with (
            patch.object(
                type(one), "_render_certificate", side_effect=UserError("no printer")
            ),
            self.assertLogs("odoo.addons.ged_archive", "WARNING"),
        ):
            self.env["ged.destruction"]._cron_execute()
        self.assertEqual((one.state, one.error), ("running", "no printer"))
        self.assertEqual(one.destroyed_count, 1)
        one.action_continue()
        self.assertEqual((one.state, one.error), ("executed", False))

    def test_crash_at_each_step(self):
        """Whatever step dies, its transaction goes; the next run ends the list once."""
        steps = [
            (type(self.Document), "_forget_content"),
            (type(self.Document), "_record_events"),
            (type(self.env["ir.attachment"]), "unlink"),
            (type(self.env["ged.destruction"]), "_render_certificate"),
            (type(self.Document), "_archive"),
            (type(self.env["ged.destruction"]), "message_post"),
        ]
        for model, method in steps:
            with self.subTest(method=method):
                documents = self._ended(3)
                one = self._approved(documents)
                with patch.object(ged_destruction_run, "AT_ONCE", 0):
                    one.action_execute()
                job = one.sudo()
                with patch.object(ged_destruction_run, "BATCH", 2):
                    with patch.object(model, method, side_effect=RuntimeError("died")):
                        for _attempt in range(4):
                            try:
                                with self.cr.savepoint():
                                    job._run_step()
                            except RuntimeError:
                                self.env.invalidate_all()
                    for document in documents:
                        self.assertEqual(
                            bool(document.destroyed_at),
                            "destroyed" in self._events(document),
                        )
                        self.assertEqual(
                            bool(document.destroyed_at), not document.attachment_id
                        )
                    self.assertEqual(one.state, "running")
                    while job._run_step():
                        pass
                self.assertEqual(one.state, "executed")
                self.assertEqual(
                    [
                        self._events(document).count("destroyed")
                        for document in documents
                    ],
                    [1, 1, 1],
                )
                self.assertEqual(
                    self.Document.search_count([("name", "=", one.name)]), 1
                )
        self._link()
        self.assertEqual(self._problems(), [])

    def test_expired_seal_stops_before_anything_is_destroyed(self):
        document = self._ended(1)
        one = self._approved(document)
        profile = self._profile()
        self.company.ged_seal_profile_id = profile
        profile.pkcs12 = base64.b64encode(make_pkcs12(start=-9, end=-1))
        with self.assertRaisesRegex(UserError, "could not be sealed"):
            one.action_execute()
        self.assertTrue(document._get_content())

    def test_monthly_job(self):
        documents = self._ended(2)
        self._archive(1, kind="other")
        self.env["ged.destruction"]._cron_propose()
        one = self.env["ged.destruction"].search([("company_id", "=", self.company.id)])
        self.assertEqual(one.state, "proposed")
        self.assertEqual(one.line_ids.document_id, documents)
        self.assertIn(self.manager, one.activity_ids.user_id)
        self.assertIn(self.second, one.activity_ids.user_id)
        self.assertNotIn(self.archivist, one.activity_ids.user_id)
        self.env["ged.destruction"]._cron_propose()
        self.assertEqual(
            self.env["ged.destruction"].search_count(
                [("company_id", "=", self.company.id)]
            ),
            1,
            "what is on an open list is not proposed again",
        )
        one.with_user(self.manager)._decide("refuse", "still needed")
        self.assertFalse(one.activity_ids)

    def test_steps_and_lists_are_kept(self):
        one = self._approved(self._ended(1)).sudo()
        with self.assertRaises(UserError):
            one.step_ids[0].comment = "other words"
        for records in (one, one.line_ids, one.step_ids):
            with self.assertRaises(UserError):
                records.unlink()
        with self.assertRaises(UserError):
            one.copy()

    # -- what somebody writes by hand -------------------------------------------------

    def _told(self, document):
        self.env.invalidate_all()
        self._link()
        return {one.code for one in self._problems() if one.document_id == document.id}

    def test_a_line_of_the_journal_is_no_leave_to_lose_a_file(self):
        document = self._archive()
        document._record_event("destroyed", detail="end of retention")
        self.assertEqual(self._told(document), {"journal"})
        file = document.sudo().attachment_id
        path = file._full_path(file.store_fname)
        os.rename(path, f"{path}.lost")
        self.addCleanup(os.rename, f"{path}.lost", path)
        with mute_logger("odoo.addons.ged_archive.models.ged_document_check"):
            self.assertEqual(self._told(document), {"journal", "content"})

    def test_a_held_document_that_was_destroyed_is_found(self):
        """Each step by hand passes the triggers; the journal says that it was held."""
        document = self._ended(1)
        document._set_legal_hold(True, "Trial")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE ged_document SET legal_hold = FALSE WHERE id = %s", [document.id]
        )
        self.env.invalidate_all()
        document.sudo()._destroy_content("D/1")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE ged_document SET legal_hold = TRUE WHERE id = %s", [document.id]
        )
        self.assertEqual(self._told(document), {"journal"})
