# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SignCommon


@tagged("post_install", "-at_install")
class TestTerms(SignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["demat.sign.terms"].create(
            {"body": "<p>Paiement à 30 jours.</p>", "company_id": cls.company.id}
        )
        cls.company.demat_sign_terms_id = cls.terms

    def test_digest(self):
        self.assertEqual(
            self.terms.sha256,
            hashlib.sha256(str(self.terms.body).encode()).hexdigest(),
        )

    def test_version_counts_by_itself(self):
        first, second = self.env["demat.sign.terms"].create(
            [
                {"body": "<p>2</p>", "company_id": self.company.id, "version": 9},
                {"body": "<p>3</p>", "company_id": self.company.id},
            ]
        )
        last = self.terms.version
        self.assertEqual((first.version, second.version), (last + 1, last + 2))
        first.version = 40
        self.assertEqual(first.version, last + 1)

    def test_in_use_is_read_only(self):
        self.terms.body = "<p>Paiement à 45 jours.</p>"
        request = self.send()
        self.assertEqual(request.terms_id, self.terms)
        with self.assertRaisesRegex(UserError, "make a new version"):
            self.terms.body = "<p>Paiement comptant.</p>"
        with self.assertRaisesRegex(UserError, "make a new version"):
            self.terms.unlink()
        self.terms.active = False

    def test_new_version(self):
        request = self.send()
        self.terms.with_user(self.keeper).action_new_version()
        fresh = self.company.demat_sign_terms_id
        self.assertEqual(fresh.version, self.terms.version + 1)
        self.assertFalse(self.terms.active)
        fresh.body = "<p>Paiement comptant.</p>"
        self.assertEqual(request.terms_id, self.terms)
        self.assertIn("30 jours", request.terms_id.body)
