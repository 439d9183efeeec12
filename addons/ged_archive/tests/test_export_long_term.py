# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A level that later evidence gained has to be proven where it is taken over."""

from unittest.mock import patch

from cryptography.hazmat.primitives.serialization import Encoding

from odoo.tests import tagged

from ..lib.preservation import ValidationData
from .common_preservation import LongTermCommon
from .test_import import ImportCommon


@tagged("post_install", "-at_install")
class TestExportLongTerm(ImportCommon, LongTermCommon):
    def _verified(self):
        document = self._sealed_while_silent(level="B-LT")
        self._services("good")
        self._run()
        self.assertEqual(document.level_now, "B-LT")
        wizard = self._wizard(self._export(document))
        wizard.action_verify()
        return wizard

    def test_level_with_its_proof(self):
        wizard = self._verified()
        self.assertFalse(wizard.problems)
        wizard.action_import()
        here = self._imported()
        self.assertEqual((here.seal_level, here.level_now), ("B-T", "B-LT"))
        self.assertFalse(here._preservation_problems())

    def test_level_without_its_proof(self):
        """The certificates do not lead to a root that is known."""
        some = self.pki.x509("interm").public_bytes(Encoding.DER)
        unproven = ValidationData(certificates=(some,)), {}
        with patch.object(type(self.Queue), "_validation", lambda *_args: unproven):
            wizard = self._verified()
        self.assertEqual(wizard.state, "refused")
        self.assertIn("Add the root certificates of the origin", wizard.problems)
        self.assertIn(self.other_company.name, wizard.problems)
