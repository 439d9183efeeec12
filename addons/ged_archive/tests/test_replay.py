# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo.tests import tagged
from odoo.tools import SQL

from .common import ArchiveCommon

RUN = "odoo.addons.ged_archive.models.ged_verification_run"


@tagged("post_install", "-at_install")
class TestReplay(ArchiveCommon):
    """The state of a document is what its journal tells."""

    def test_every_change_is_told(self):
        documents = self._archive(2)
        documents._set_legal_hold(True, "lawsuit")
        documents._set_legal_hold(False, "settled")
        documents._set_portal_visible(False, "mistake")
        documents._extend_retention(False, "for ever")
        documents.write({"partner_id": self.stranger.id})
        self.assertEqual(documents[0].event_ids[0].event_type, "refiled")
        documents.write({"partner_id": self.stranger.id})
        self.assertEqual(len(documents[0].event_ids), 6)
        self.assertFalse(self._problems())
        self._link()
        self.assertFalse(self._problems())

    def test_a_change_that_the_triggers_allow_is_found(self):
        """Whoever writes by SQL what may change leaves no line in the journal."""
        document = self._archive()
        self._link()
        self.env.flush_all()
        self.cr.execute(
            SQL(
                "UPDATE ged_document SET legal_hold = TRUE, partner_id = %s"
                " WHERE id = %s",
                self.stranger.id,
                document.id,
            )
        )
        self.env.invalidate_all()
        problems = self._problems()
        self.assertEqual([one.code for one in problems], ["state", "state"])
        self.assertIn("Legal hold", problems[1].message)

    def test_documents_of_format_1_tell_only_later_changes(self):
        document = self._archive()
        told, _count, _ends = self.env["ged.chain"]._replay(document.ids)
        self.assertEqual(told[document.id]["partner_id"], self.customer.id)
        Chain = self.env["ged.chain"]
        columns = ["partner_id", "portal_visible"]
        row = {
            "id": document.id,
            "name": "old",
            "evidence_format": 1,
            "partner_id": 7,
            "portal_visible": True,
        }
        self.assertFalse(Chain._state_problems(row, {}, columns, True))
        self.assertTrue(Chain._state_problems(row, {"partner_id": 8}, columns, True))

    def test_merged_customers_take_their_documents_along(self):
        documents = self._archive(3)
        other = self._archive(partner_id=self.stranger.id)
        self._link()
        double = self.env["res.partner"].create({"name": "Dupont (bis)"})
        moved = self._archive(2, partner_id=double.id)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (double | self.customer).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertEqual(moved.partner_id, self.customer)
        for document in moved:
            event = document.event_ids[0]
            self.assertEqual(event.event_type, "refiled")
            self.assertEqual(json.loads(event.data), {"partner_id": self.customer.id})
            self.assertIn("Dupont (bis)", event.detail)
        for document in documents | other:
            self.assertEqual(document.event_ids.mapped("event_type"), ["archived"])
        self.assertFalse(self._problems())
        self._link()
        self.assertFalse(self._problems())
