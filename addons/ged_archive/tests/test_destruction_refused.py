# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import ged_destruction, ged_destruction_run
from .common_destruction import DestructionCommon


@tagged("post_install", "-at_install")
class TestDestructionRefused(DestructionCommon):
    """Nothing leaves early, nothing leaves by one person alone."""

    def _assert_kept(self, document, text):
        with self.assertRaisesRegex(UserError, text):
            self._list(document)
        self.assertNotIn(
            document, self.env["ged.destruction"]._candidates(self.company)
        )

    def test_what_never_appears(self):
        today = fields.Date.today()
        self._ended(1)
        without_limit = self._archive(1, retention_until=False)
        not_yet = self._archive(1, retention_until=today)
        held = self._archive(1, retention_until=self.ended)
        held._set_legal_hold(True, "lawsuit")
        self._link()
        unlinked = self._archive(1, retention_until=self.ended)
        self._assert_kept(without_limit, "without limit")
        self._assert_kept(not_yet, "must be kept until")
        self._assert_kept(held, "lawsuit")
        self._assert_kept(unlinked, "not linked")

    def test_versions_are_judged_each_by_its_own_date(self):
        first = self._ended(1)
        latest = self._archive(
            1,
            predecessor_id=first.id,
            retention_until=fields.Date.today() + timedelta(days=1),
        )
        self._link()
        one = self._list(first | latest)
        self.assertEqual(
            [(line.document_id, line.state) for line in one.line_ids],
            [(first, "listed"), (latest, "left_out")],
        )

    def test_what_stays_does_not_hide_what_may_leave(self):
        kept = self._archive(1)
        self._archive(
            3,
            kind="evidence",
            subject_id=kept.id,
            retention_until=self.ended - timedelta(days=9),
        )
        going = self._ended(3)
        with patch.object(ged_destruction, "MAX_LINES", 2):
            found = self.env["ged.destruction"]._candidates(self.company)
            self.assertEqual(found, going[:2])
            self.env["ged.destruction"]._cron_propose()
        one = self.env["ged.destruction"].search([("company_id", "=", self.company.id)])
        self.assertEqual(one.line_ids.document_id, going[:2])

    def test_evidence_stays_with_its_document(self):
        kept = self._archive(1)
        going = self._ended(1)
        evidence = self._archive(
            1, kind="evidence", subject_id=kept.id, retention_until=self.ended
        )
        other = self._archive(
            1, kind="evidence", subject_id=going.id, retention_until=self.ended
        )
        nested = self._archive(
            1, kind="evidence", subject_id=evidence.id, retention_until=self.ended
        )
        self._link()
        one = self._list(going | evidence | other | nested)
        states = {line.document_id: line.state for line in one.line_ids}
        self.assertEqual(states[going], "listed")
        self.assertEqual(states[other], "listed")
        self.assertEqual(states[evidence], "left_out")
        self.assertEqual(states[nested], "left_out")
        self._assert_kept(evidence, "evidence of")

    def test_needed_by_other_evidence(self):
        document = self._ended(1)
        with patch.object(
            type(self.Document),
            "_destruction_needs",
            lambda records: {document.id: "an anchor needs it"},
        ):
            self._assert_kept(document, "an anchor needs it")

    def test_an_anchor_stays_with_what_it_dates(self):
        kept = self._archive(1)
        self._link()
        anchor_file = self._ended(1, kind="evidence")
        container = self._ended(1, kind="evidence")
        self.env.flush_all()
        self.cr.execute(
            "INSERT INTO ged_anchor (company_id, at, document_number, document_id)"
            " VALUES (%s, now() AT TIME ZONE 'UTC', %s, %s)",
            [self.company.id, kept.chain_number, anchor_file.id],
        )
        self.assertEqual(
            set((anchor_file | container)._destruction_reasons()), {anchor_file.id}
        )
        self._assert_kept(anchor_file, "still needs")

    def test_hold_placed_after_the_approval(self):
        documents = self._ended(3)
        one = self._approved(documents)
        documents[0]._set_legal_hold(True, "tax audit")
        documents[1]._extend_retention(
            fields.Date.today() + timedelta(days=9), "still needed"
        )
        one.action_execute()
        self.assertEqual(one.state, "executed")
        self.assertEqual(
            one.line_ids.mapped("state"), ["left_out", "left_out", "destroyed"]
        )
        self.assertIn("tax audit", one.line_ids[0].reason)
        self.assertIn("must be kept", one.line_ids[1].reason)
        self.assertTrue(documents[0]._get_content())
        self.assertTrue(documents[1]._get_content())

    def test_hold_on_the_document_keeps_its_evidence(self):
        document = self._ended(1)
        evidence = self._archive(
            1, kind="evidence", subject_id=document.id, retention_until=self.ended
        )
        self._link()
        one = self._approved(document | evidence)
        document._set_legal_hold(True, "tax audit")
        with patch.object(ged_destruction_run, "BATCH", 1):
            one.action_execute()
        self.assertEqual(one.line_ids.mapped("state"), ["left_out", "left_out"])
        self.assertFalse(one.certificate_id, "nothing was destroyed")
        self.assertTrue(evidence._get_content())

    def test_two_different_administrators(self):
        one = self._list(self._ended(1), self.manager)
        one._decide("propose")
        one._decide("approve")
        self.assertFalse(one.can_approve)
        self.assertTrue(one.with_user(self.second).can_approve)
        with self.assertRaisesRegex(UserError, "another administrator"):
            one._decide("approve")
        with self.assertRaisesRegex(UserError, "not possible"):
            one.action_execute()
        self.assertEqual(one.state, "approved_once")

    def test_a_forged_state_does_not_execute(self):
        document = self._ended(1)
        one = self._list(document)
        one._decide("propose")
        one.with_user(self.manager)._decide("approve")
        one.sudo().state = "approved"
        with self.assertRaisesRegex(UserError, "two different"):
            one.with_user(self.manager).action_execute()
        self.assertTrue(document._get_content())

    def test_jobs_do_not_approve(self):
        self._ended(1)
        self.env["ged.destruction"]._cron_propose()
        one = self.env["ged.destruction"].search([("company_id", "=", self.company.id)])
        with self.assertRaisesRegex(UserError, "by persons"):
            one.with_user(self.env.ref("base.user_root"))._decide("approve")

    def test_roles(self):
        documents = self._ended(2)
        for user in (self.reader, self.auditor, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self._list(documents, user)
            with self.assertRaises(AccessError):
                self.env["ged.destruction"].with_user(user).action_new_list()
        one = self._list(documents)
        for user in (self.reader, self.employee, self.portal):
            with self.assertRaises(AccessError):
                one.with_user(user).read(["name"])
        for user in (self.auditor, self.archivist, self.manager):
            self.assertTrue(one.with_user(user).read(["name"]))
        one._decide("propose")
        for operation in ("approve", "refuse", "execute"):
            for user in (self.archivist, self.auditor, self.reader, self.system):
                if user == self.system:
                    user.group_ids -= self.env.ref("ged_archive.group_ged_manager")
                with self.assertRaises(AccessError):
                    one.with_user(user)._decide(operation, "x")

    def test_nobody_writes_the_rows(self):
        one = self._approved(self._ended(1))
        for user in (self.archivist, self.manager, self.auditor):
            for records, values in (
                (one, {"state": "executed"}),
                (one.line_ids, {"state": "listed"}),
                (one.step_ids, {"user_id": self.second.id}),
            ):
                with self.assertRaises(UserError):  # AccessError is one
                    records.with_user(user).write(values)
            with self.assertRaises(AccessError):
                self.env["ged.destruction"].with_user(user).create(
                    {"name": "X", "company_id": self.company.id, "state": "approved"}
                )
            with self.assertRaises(AccessError):
                self.env["ged.destruction.step"].with_user(user).create(
                    {
                        "destruction_id": one.id,
                        "operation": "approve",
                        "user_id": self.second.id,
                        "user_name": "x",
                        "at": fields.Datetime.now(),
                    }
                )

    def test_other_company(self):
        stranger = self._new_user("stranger_manager", "ged_archive.group_ged_manager")
        stranger.write(
            {
                "company_ids": [(6, 0, self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        documents = self._ended(1)
        one = self._list(documents)
        one._decide("propose")
        forged = (
            self.env["ged.destruction.decision"]
            .with_user(stranger)
            .with_company(self.other_company)
            .with_context(allowed_company_ids=self.other_company.ids)
            .create({"destruction_id": one.id, "operation": "approve"})
        )
        with self.assertRaises(AccessError):
            forged.action_confirm()
        with self.assertRaises(AccessError):
            self.env["ged.destruction"].with_user(stranger).with_context(
                allowed_company_ids=self.other_company.ids
            )._new_list(
                documents.with_user(stranger).with_context(
                    allowed_company_ids=self.other_company.ids
                )
            )
        other = self.Document._archive(
            [
                self._vals(
                    9, company_id=self.other_company.id, retention_until=self.ended
                )
            ]
        )
        with self.assertRaisesRegex(UserError, "one company"):
            self.env["ged.destruction"]._new_list(documents | other)

    def test_leave_out(self):
        documents = self._ended(2)
        one = self._list(documents)
        line = one.line_ids[0]
        form = self.env["ged.destruction.decision"].with_user(self.archivist)
        action = line.action_leave_out()
        decision = form.with_context(**action["context"]).create(
            {"comment": "warranty"}
        )
        decision.action_confirm()
        self.assertEqual((line.state, line.reason), ("left_out", "warranty"))
        with self.assertRaisesRegex(UserError, "reason"):
            one.line_ids[1]._leave_out(" ")
        one._decide("propose")
        with self.assertRaisesRegex(UserError, "has been proposed"):
            one.line_ids[1]._leave_out("too late")

    def test_an_empty_list_is_not_proposed(self):
        one = self._list(self._ended(1))
        one.line_ids._leave_out("warranty")
        with self.assertRaisesRegex(UserError, "no document to destroy"):
            one._decide("propose")

    def test_comments_are_required(self):
        one = self._list(self._ended(1))
        with self.assertRaisesRegex(UserError, "comment is needed"):
            one._decide("cancel", "  ")
        one._decide("cancel", "made by mistake")
        self.assertEqual(one.state, "cancelled")
        with self.assertRaisesRegex(UserError, "not possible"):
            one._decide("propose")

    def test_one_open_list_at_a_time(self):
        documents = self._ended(1)
        self._list(documents)
        with self.assertRaisesRegex(UserError, "another open list"):
            self._list(documents)

    def test_nothing_ended(self):
        self._archive(1)
        with self.assertRaisesRegex(UserError, "No document of Archive Ltd"):
            self.env["ged.destruction"].with_user(self.archivist).action_new_list()

    # --------------------------------------------------------------------- triggers

    def _assert_refused(self, query, *args):
        with (
            self.assertRaisesRegex(psycopg2.errors.RestrictViolation, "append-only"),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(flush=False),
        ):
            self.cr.execute(SQL(query, *args))

    def test_triggers_allow_this_transition_only(self):
        now = SQL("date_trunc('second', now() AT TIME ZONE 'UTC')")
        ended = self._ended(1)
        kept = self._archive(1)
        without_limit = self._archive(1, retention_until=False)
        held = self._ended(1)
        held._set_legal_hold(True, "lawsuit")
        self.env.flush_all()
        both = "UPDATE ged_document SET destroyed_at = %s, attachment_id = NULL %s"
        for document in (kept, without_limit, held):
            self._assert_refused(both, now, SQL("WHERE id = %s", document.id))
        where = SQL("WHERE id = %s", ended.id)
        # one without the other, another time, another date or hold in the same breath
        self._assert_refused("UPDATE ged_document SET destroyed_at = %s %s", now, where)
        self._assert_refused("UPDATE ged_document SET attachment_id = NULL %s", where)
        self._assert_refused(both, SQL("'2020-01-01'"), where)
        self._assert_refused(
            "UPDATE ged_document SET destroyed_at = %s, attachment_id = NULL,"
            " legal_hold = TRUE %s",
            now,
            where,
        )
        self._assert_refused(
            "DELETE FROM ir_attachment WHERE id = %s", ended.attachment_id.id
        )
        other = kept.attachment_id.id
        self._assert_refused(
            "UPDATE ged_document SET attachment_id = %s %s", other, where
        )
        attachment = ended.attachment_id
        self.cr.execute(SQL(both, now, where))
        self.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [attachment.id])
        # once, and for good
        self._assert_refused("UPDATE ged_document SET destroyed_at = NULL %s", where)
        self._assert_refused(
            "UPDATE ged_document SET destroyed_at = '2020-01-01' %s", where
        )
        self._assert_refused(
            "UPDATE ged_document SET attachment_id = %s %s", other, where
        )
        self._assert_refused("DELETE FROM ged_document WHERE id = %s", ended.id)
