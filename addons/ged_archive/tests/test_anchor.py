# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import json
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..lib.errors import TimestampError
from .common import ArchiveCommon
from .common_pki import PkiCommon


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


@tagged("post_install", "-at_install")
class TestStampedAnchor(PkiCommon):
    """Anchors with the word of a time-stamp server."""

    def setUp(self):
        super().setUp()
        from ..lib import asic
        from ..lib.tsa import TimestampClient

        self.asic = asic
        self.client = TimestampClient([self.tsa.url], back_off=0)
        self.Anchor = self.env["ged.anchor"]
        self.documents = self._archive(2)
        self._link()

    def _anchor(self):
        client = self.client
        with patch.object(type(self.Anchor), "_timestamp_client", lambda *a: client):
            anchor = self.Anchor._anchor_if_due(self.company)
        self._link()
        return anchor

    def _messages(self):
        return [one.message for one in self._problems() if one.code == "anchor"]

    def test_the_container_holds_heads_and_time_stamp(self):
        anchor = self._anchor()
        self.assertFalse(anchor.note)
        self.assertTrue(anchor.document_id.filename.endswith(".asics"))
        content = self.asic.read(anchor.document_id._get_content())
        self.assertEqual(
            content.time.replace(tzinfo=None, microsecond=0), anchor.token_time
        )
        self.assertEqual(content.tsa_subject, anchor.tsa)
        told = json.loads(content.manifest)
        self.assertEqual(told["chains"]["event"]["hash"], anchor.event_hash)
        self.assertFalse(self._problems())
        report = self.documents[0]._verify_report()
        self.assertEqual(report["anchored_at"], anchor.token_time)
        self.assertEqual(report["anchored_by"], f"{anchor.tsa} (authority not judged)")

    @mute_logger("odoo.addons.ged_archive.lib.tsa")
    def test_a_dead_server_is_asked_again_the_same_day(self):
        self.tsa.mode = "error"
        with mute_logger("odoo.addons.ged_archive.models.ged_anchor"):
            first = self._anchor()
        self.assertIn("No time stamp was obtained", first.note)
        self.tsa.mode = "good"
        second = self._anchor()
        self.assertTrue(second.token_time)
        self.assertFalse(self._anchor(), "one a day")
        self.assertFalse(self._problems())

    def test_a_stamp_over_other_heads_is_found(self):
        """A true time stamp of another day does not vouch for a forged manifest."""
        anchor = self._anchor()
        true = self.asic.read(anchor.document_id._get_content())
        forged = true.manifest.replace(b'"count":2', b'"count":3')
        self.assertNotEqual(forged, true.manifest)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as container:
            container.writestr("mimetype", self.asic.MIMETYPE)
            container.writestr(true.name, forged)
            container.writestr(self.asic.STAMP_NAME, true.token)
        content = buffer.getvalue()
        with patch.object(
            type(self.Document), "_read_content", lambda document: (False, content)
        ):
            (message,) = anchor._anchor_problems()
        self.assertIn("other bytes", message)

    def test_a_new_stamp_for_an_old_anchor_is_found(self):
        """Rewriting the past with an honest server gives the time of today."""
        anchor = self._anchor()
        later = anchor.document_id.archived_at - timedelta(days=400)
        self.env.cr.execute("ALTER TABLE ged_document DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE ged_document SET archived_at = %s WHERE id = %s",
            [later, anchor.document_id.id],
        )
        self.env.invalidate_all()
        self.assertTrue(any("another day" in one for one in self._messages()))
