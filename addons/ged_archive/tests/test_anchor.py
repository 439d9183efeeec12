# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..lib.errors import TimestampError
from .common import ArchiveCommon


class DeadServer:
    def request(self, data):
        raise TimestampError("tsa.example: no connection")


@tagged("post_install", "-at_install")
class TestAnchor(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Anchor = cls.env["ged.anchor"]

    def _due(self, client=None, days=0):
        """Anchor if due, some days from now; links what that archived."""
        moment = fields.Datetime.now() + timedelta(days=days)
        with (
            freeze_time(moment),
            patch.object(type(self.Anchor), "_timestamp_client", lambda *a: client),
        ):
            anchor = self.Anchor._anchor_if_due(self.company)
            self._link()
        return anchor

    def test_an_anchor_holds_the_heads(self):
        documents = self._archive(3)
        self._link()
        anchor = self._due()
        self.assertEqual((anchor.document_number, anchor.event_number), (3, 3))
        self.assertEqual(anchor.document_hash, documents[2].chain_hash)
        self.assertIn("No time-stamp server", anchor.note)
        evidence = anchor.document_id
        self.assertEqual(evidence.kind_code, "evidence")
        self.assertFalse(evidence.retention_until)
        told = json.loads(evidence._get_content())
        self.assertEqual(
            told["company"], {"id": self.company.id, "name": "Archive Ltd"}
        )
        self.assertEqual(
            told["chains"]["document"],
            {
                "number": 3,
                "count": 3,
                "hash": documents[2].chain_hash,
                "time": documents[2].archived_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
        self.assertFalse(self._problems())

    def test_nothing_to_anchor(self):
        self.assertFalse(self._due())
        self._archive()
        # not linked yet
        self.assertFalse(self._due())

    def test_once_a_day_and_only_when_there_is_something_new(self):
        self._archive()
        self._link()
        self.assertTrue(self._due())
        self._archive()
        self._link()
        self.assertFalse(self._due())
        self.assertTrue(self._due(days=1))
        self.assertFalse(self._due(days=2))
        self._archive()._record_event("viewed")
        self._link()
        self.assertTrue(self._due(days=3))

    @mute_logger("odoo.addons.ged_archive.models.ged_anchor")
    def test_a_dead_server_is_noted_once_a_day(self):
        self._archive()
        self._link()
        anchor = self._due(DeadServer())
        self.assertIn("no connection", anchor.note)
        self.assertFalse(anchor.token_time)
        # tried again, but a second file would say nothing new
        self.assertFalse(self._due(DeadServer()))
        self.assertFalse(self._problems())

    def test_nobody_writes_anchors(self):
        self._archive()
        self._link()
        anchor = self._due()
        for attempt in (
            lambda: anchor.write({"note": "x"}),
            anchor.unlink,
            lambda: self.Anchor.create({"company_id": self.company.id}),
        ):
            with self.assertRaises(UserError):
                attempt()

    def test_who_sees_anchors(self):
        self._archive()
        self._link()
        self._archive(company_id=self.other_company.id)
        self.env["ged.chain"]._chain_pending(self.other_company)
        own = self._due()
        foreign = self.Anchor._anchor(self.other_company, None)
        seen = self.Anchor.with_user(self.auditor).search([])
        self.assertIn(own, seen)
        self.assertNotIn(foreign, seen)
        with self.assertRaises(AccessError):
            foreign.with_user(self.auditor).read(["document_hash"])
        for user in (self.reader, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.Anchor.with_user(user).search([])

    def test_the_cron_goes_on_after_a_company_that_fails(self):
        self._archive()
        self._link()
        self._archive(company_id=self.other_company.id)
        self.env["ged.chain"]._chain_pending(self.other_company)
        anchor = type(self.Anchor)._anchor

        def fail(records, company, *arguments, **options):
            if company == self.company:
                raise ValueError("broken")
            return anchor(records, company, *arguments, **options)

        with (
            patch.object(type(self.Anchor), "_anchor", fail),
            self.assertLogs("odoo.addons.ged_archive.models.ged_anchor", "ERROR"),
        ):
            self.Anchor._cron_anchor()
        self.assertFalse(self.Anchor.search([("company_id", "=", self.company.id)]))
        self.assertTrue(
            self.Anchor.search([("company_id", "=", self.other_company.id)])
        )
