# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models import ged_chain, ged_chain_contents
from .common import ArchiveCommon

RUN = "odoo.addons.ged_archive.models.ged_verification_run"


class VerificationCommon(ArchiveCommon):
    """Verifications by the job, and files spoilt on the disk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Verification = cls.env["ged.verification"]
        # others of a demonstration database must not be worked on here
        cls.env["ged.verification"].search([]).write({"state": "cancelled"})

    def _verify(self, **values):
        one = self.Verification._request(self.company, **values)
        self.Verification._cron_verify()
        one.invalidate_recordset()
        return one

    def _spoil(self, document):
        """Exchange the bytes of a file on the disk, and put them back later."""
        file = document.attachment_id
        path = file._full_path(file.store_fname)
        with open(path, "rb") as stream:
            content = stream.read()

        def put(data):
            with open(path, "wb") as stream:
                stream.write(data)

        self.addCleanup(put, content)
        put(b"spoilt")
        self.env.invalidate_all()

    def _spoilt_archive(self):
        documents = self._archive(3)
        self._link()
        self._spoil(documents[1])
        return documents

    def _acknowledge(self, alert, user, reason="restored from a backup"):
        self.env["ged.alert.acknowledge"].with_user(user).create(
            {"alert_ids": [(6, 0, alert.ids)], "reason": reason}
        ).action_confirm()


@tagged("post_install", "-at_install")
class TestVerification(VerificationCommon):
    # ------------------------------------------------------------------- the job

    def test_a_sound_archive_passes(self):
        documents = self._archive(3)
        self._link()
        one = self._verify()
        self.assertEqual((one.state, one.result), ("done", "good"), one.error)
        self.assertEqual((one.document_done, one.link_done), (3, 6))
        self.assertEqual(one.size_done, sum(documents.mapped("size")))
        self.assertEqual(one.progress, 100)
        self.assertFalse(one.alert_id)
        self.assertEqual(one.report_id.kind_code, "evidence")
        self.assertEqual(one.report_id.res_id, one.id)
        self.assertIn(b"No problem found", one.report_id._get_content())

    def test_a_problem_is_told_reported_and_alerted(self):
        documents = self._spoilt_archive()
        one = self._verify()
        self.assertEqual((one.state, one.result, one.problem_count), ("done", "bad", 1))
        line = one.line_ids
        self.assertEqual((line.code, line.document_id), ("content", documents[1]))
        self.assertIn("altered", line.message)
        self.assertIn("backup", line.remedy)
        self.assertEqual(documents[1].event_ids[0].event_type, "failed")
        self.assertEqual(documents[0].event_ids.mapped("event_type"), ["archived"])
        self.assertIn(b"altered", one.report_id._get_content())
        alert = one.alert_id
        self.assertEqual(alert.state, "open")
        told = alert.activity_ids.user_id
        self.assertLessEqual(self.manager | self.auditor, told)
        self.assertFalse(told & (self.reader | self.employee | self.archivist))

    def test_the_work_is_cut_and_goes_on_where_it_was(self):
        documents = self._archive(7)
        self._link()
        self._spoil(documents[6])
        one = self.Verification._request(self.company).sudo()
        with (
            patch.object(ged_chain, "BATCH", 3),
            patch.object(ged_chain_contents, "SLICE_DOCUMENTS", 2),
        ):
            turns = 0
            while one._advance_or_fail():
                turns += 1
                # nothing but the row is kept between two slices
                self.assertTrue(one.step)
                json.loads(one.cursor)
                self.env.invalidate_all()
        self.assertGreater(turns, 12)
        self.assertEqual((one.state, one.problem_count), ("done", 1))
        self.assertEqual((one.document_done, one.link_done), (7, 14))

    def test_files_that_browsers_could_run_are_no_problem(self):
        """The host stores them as plain text."""
        for name, content in (
            ("a.html", b"<html><body>x</body></html>"),
            ("a.xml", b'<?xml version="1.0"?><a/>'),
            ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
            ("a", b"\x00\x01"),
        ):
            self._archive(filename=name, content=content)
        self._link()
        self.assertFalse(self._problems())

    def test_one_slice_is_limited_in_bytes(self):
        self._archive(3)
        self._link()
        with patch.object(ged_chain_contents, "SLICE_BYTES", 1):
            part = self.env["ged.chain"]._verify_slice("contents", self.company.id, {})
        self.assertEqual(part.documents, 1)

    def test_a_verification_held_by_another_worker_is_left_alone(self):
        self._archive()
        one = self.Verification._request(self.company)
        with self.env.registry.cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", (0x6765645F, one.id))
            self.Verification._cron_verify()
            self.assertEqual(one.state, "waiting")
            other.execute("SELECT pg_advisory_unlock(%s, %s)", (0x6765645F, one.id))
        self.Verification._cron_verify()
        self.assertEqual(one.state, "done")

    def test_a_slice_that_fails_again_and_again_ends_the_job_with_an_alert(self):
        self._archive()
        self._link()
        one = self.Verification._request(self.company).sudo()
        Chain = type(self.env["ged.chain"])
        with (
            patch.object(Chain, "_verify_step_state", side_effect=KeyError("broken")),
            self.assertLogs(RUN, "ERROR"),
        ):
            self.Verification._cron_verify()
        self.assertEqual(one.state, "failed")
        self.assertIn("broken", one.error)
        self.assertEqual(one.alert_id.message, one.error)
        self.assertFalse(one.result)

    def test_a_slice_that_fails_once_is_done_again(self):
        self._archive()
        self._link()
        one = self.Verification._request(self.company).sudo()
        Chain = type(self.env["ged.chain"])
        true, failures = Chain._verify_step_state, [KeyError("once")]

        def once(*arguments):
            if failures:
                raise failures.pop()
            return true(*arguments)

        with (
            patch.object(Chain, "_verify_step_state", once),
            self.assertLogs(RUN, "ERROR"),
        ):
            self.Verification._cron_verify()
        self.assertEqual((one.state, one.result), ("done", "good"))

    def test_cancel(self):
        self._archive()
        one = self.Verification._request(self.company)
        one.with_user(self.auditor).action_cancel()
        self.Verification._cron_verify()
        self.assertEqual(one.state, "cancelled")
        self.assertFalse(one.result)
        with self.assertRaises(AccessError):
            one.with_user(self.reader).action_cancel()

    def test_one_complete_verification_at_a_time(self):
        self._archive()
        self.Verification._request(self.company)
        with self.assertRaisesRegex(UserError, "on its way"):
            self.Verification._request(self.company)

    def test_every_week_each_company(self):
        self._archive()
        self._archive(company_id=self.other_company.id)
        self.env["ged.chain"]._chain_pending()
        self.Verification._cron_weekly()
        self.Verification._cron_weekly()
        waiting = self.Verification.search([("state", "=", "waiting")])
        self.assertLessEqual(self.company | self.other_company, waiting.company_id)
        self.assertEqual(len(waiting), len(waiting.company_id))

    # ---------------------------------------------------------------------- scope

    def test_a_selection_and_a_period_read_only_their_documents(self):
        documents = self._archive(2)
        old = self._archive(document_date="2020-05-05", content=b"old")
        self._link()
        self._spoil(old)
        one = self._verify(scope="selection", document_ids=[(6, 0, documents.ids)])
        self.assertEqual((one.document_done, one.result), (2, "good"))
        year = self._verify(
            scope="period", date_from=date(2020, 1, 1), date_to=date(2020, 12, 31)
        )
        self.assertEqual((year.document_done, year.line_ids.document_id), (1, old))

    def test_form_starts_it(self):
        documents = self._archive(2)
        Start = self.env["ged.verification.start"].with_user(self.auditor)
        form = Form(Start)
        form.scope = "period"
        form.date_from, form.date_to = date(2026, 2, 1), date(2026, 1, 1)
        with self.assertRaisesRegex(UserError, "period"):
            form.save().action_start()
        form.date_from = date(2026, 1, 1)
        action = form.save().action_start()
        self.assertEqual(self.Verification.browse(action["res_id"]).scope, "period")
        with self.assertRaisesRegex(UserError, "Select"):
            Start.create({"scope": "selection"}).action_start()
        action = Start.create(
            {"scope": "selection", "document_ids": [(6, 0, documents.ids)]}
        ).action_start()
        one = self.Verification.browse(action["res_id"])
        self.assertEqual((one.document_ids, one.user_id), (documents, self.auditor))

    # ---------------------------------------------------------------------- alerts

    def test_an_alert_stays_until_an_administrator_says_why(self):
        document = self._spoilt_archive()[1]
        alert = self._verify().alert_id
        for user in (self.auditor, self.reader, self.archivist):
            with self.assertRaises(AccessError):
                self._acknowledge(alert, user)
            with self.assertRaises(AccessError):
                alert.with_user(user)._acknowledge("no right")
        with self.assertRaisesRegex(UserError, "reason"):
            alert.with_user(self.manager)._acknowledge("  ")
        self.assertEqual(alert.state, "open")
        self._acknowledge(alert, self.manager)
        self.assertEqual(alert.state, "acknowledged")
        self.assertEqual(alert.acknowledged_by_id, self.manager)
        self.assertFalse(alert.activity_ids)
        event = document.event_ids[0]
        self.assertEqual(
            (event.event_type, event.detail, event.user_id),
            ("acknowledged", "restored from a backup", self.manager),
        )

    def test_a_problem_raises_one_alert(self):
        self._spoilt_archive()
        first = self._verify().alert_id
        again = self._verify()
        self.assertEqual(again.alert_id, first, again.line_ids.mapped("message"))
        self._acknowledge(first, self.manager)
        known = self._verify()
        self.assertTrue(known.line_ids.known)
        self.assertEqual(known.result, "bad")
        self.assertFalse(known.alert_id)

    def test_a_new_problem_raises_a_new_alert(self):
        documents = self._spoilt_archive()
        first = self._verify().alert_id
        self._acknowledge(first, self.manager)
        self._spoil(documents[0])
        second = self._verify().alert_id
        self.assertTrue(second)
        self.assertNotEqual(second, first)

    @mute_logger("odoo.addons.ged_archive.models.ged_document_check")
    def test_the_button_of_a_document_alerts_too(self):
        document = self._spoilt_archive()[1]
        action = document.with_user(self.reader).action_verify()
        check = self.env["ged.document.check"].with_user(self.reader)
        self.assertFalse(check.browse(action["res_id"]).ok)
        alert = self.env["ged.alert"].search([("company_id", "=", self.company.id)])
        self.assertEqual(alert.line_ids.document_id, document)
        self.assertEqual(document.event_ids[0].event_type, "failed")

    # ------------------------------------------------------------------- one paper

    def test_report_of_one_document(self):
        document = self._archive()
        document._record_event("viewed")
        self._link()
        report = document._verify_report()
        self.assertEqual((report["ok"], report["problems"]), (True, []))
        self.assertEqual((report["level"], report["chain_number"]), ("none", 1))
        self.assertFalse(report["anchored_at"])
        self.assertEqual([one["event_type"] for one in report["seen"]], ["viewed"])
        anchor = self.env["ged.anchor"]._anchor(self.company, None)
        self.assertEqual(document._verify_report()["anchored_at"], anchor.at)
        self.assertEqual(len(document.event_ids), 2)  # nothing was written

    def test_the_dialog_is_its_owners_and_shows_no_foreign_document(self):
        document = self._archive()
        foreign = self._archive(company_id=self.other_company.id)
        action = document.with_user(self.reader).action_verify()
        Check = self.env["ged.document.check"]
        with self.assertRaises(AccessError):
            Check.with_user(self.auditor).browse(action["res_id"]).read(["verdict"])
        forged = Check.with_user(self.reader).create({"document_id": foreign.id})
        with self.assertRaises(AccessError):
            forged.read(["sha256"])
        with self.assertRaises(AccessError):
            forged.action_sheet()
        with self.assertRaises(AccessError):
            foreign.with_user(self.reader).action_verify()

    # ---------------------------------------------------------------------- rights

    def test_who_may_what(self):
        self._spoilt_archive()
        one = self._verify()
        models = ("ged.verification", "ged.verification.line", "ged.alert")
        for model in models:
            self.assertTrue(self.env[model].with_user(self.auditor).search([]))
            for user in (self.reader, self.archivist, self.employee, self.portal):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            for user in (self.auditor, self.manager):
                records = self.env[model].with_user(user).search([])
                with self.assertRaises(AccessError):
                    records.write({"company_id": self.company.id})
                with self.assertRaises(AccessError):
                    records.unlink()
                with self.assertRaises(AccessError):
                    records.create({})
        for user in (self.reader, self.archivist):
            with self.assertRaises(AccessError):
                self.env["ged.verification.start"].with_user(user).create({})
        stranger = self._new_user("far", "ged_archive.group_ged_manager")
        stranger.write(
            {
                "company_ids": [(6, 0, self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        for records in (one, one.line_ids, one.alert_id):
            mine = records.with_user(stranger).with_company(self.other_company)
            mine = mine.with_context(allowed_company_ids=self.other_company.ids)
            with self.assertRaises(AccessError):
                mine.read(["company_id"])
        with self.assertRaises(AccessError):
            one.alert_id.with_user(stranger).with_context(
                allowed_company_ids=self.other_company.ids
            )._acknowledge("not mine")

    def test_start_form_refuses_foreign_documents_and_companies(self):
        foreign = self._archive(company_id=self.other_company.id)
        Start = self.env["ged.verification.start"].with_user(self.auditor)
        with self.assertRaises(AccessError):
            Start.create(
                {"scope": "selection", "document_ids": [(6, 0, foreign.ids)]}
            ).action_start()
        start = Start.create({})
        start.sudo().company_id = self.other_company
        with self.assertRaisesRegex(UserError, "companies"):
            start.action_start()
