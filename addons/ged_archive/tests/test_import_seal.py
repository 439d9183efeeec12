# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The seal of an imported document is what it was at its origin."""

from dataclasses import replace

from odoo.tests import tagged

from .common import make_pdf
from .common_preservation import PreservationCommon
from .test_import import ImportCommon


@tagged("post_install", "-at_install")
class TestImportSeal(ImportCommon, PreservationCommon):
    def _brought(self, documents):
        self._wizard(self._export(documents)).action_import()
        return self._imported()

    def test_the_end_of_the_time_stamp_comes_with_the_file(self):
        document = self._sealed()
        self.assertEqual(document.seal_level, "B-T")
        self.assertTrue(document.seal_valid_until)
        found = self._brought(document)
        self.assertEqual(found.seal_valid_until, document.seal_valid_until)
        self.assertEqual(found.evidence_until, document.evidence_until)
        self.assertFalse(found.seal_note)

    def test_a_seal_without_time_stamp_has_no_end(self):
        self.profile.tsa_url = False
        found = self._brought(self._sealed())
        self.assertEqual((found.seal_level, found.seal_valid_until), ("B-B", False))

    def test_the_note_of_the_origin_is_kept(self):
        seal = replace(
            self.company._ged_get_sealer().seal(make_pdf()),
            asked="B-LT",
            degraded="sealed without revocation data",
            causes=("revocation",),
        )
        document = self._archive(content=None, seal=seal)
        self.assertIn("not revoked", document.seal_note)
        found = self._brought(document)
        self.assertEqual(found.seal_note, document.seal_note)
        self.assertEqual(found.seal_asked, "B-LT")
