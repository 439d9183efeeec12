# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import make_pdf
from .test_rights import RightsCommon


@tagged("post_install", "-at_install")
class TestFileWizard(RightsCommon):
    def _file(self, record=None, **values):
        record = record or self.customer
        return self.env["ir.attachment"].create(
            {
                "name": "contract.pdf",
                "raw": make_pdf("contract"),
                "mimetype": "application/pdf",
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def _open(self, files, role="archivist"):
        user = getattr(self, role)
        action = (
            files.with_user(user)
            .with_context(allowed_company_ids=None)
            .action_ged_file()
        )
        return self._as(role, action["res_model"]).browse(action["res_id"])

    def test_one_file(self):
        file = self._file()
        wizard = self._open(file)
        self.assertEqual(wizard.line_ids.partner_id, self.customer)
        wizard.line_ids.site_name = "Quai 12"
        wizard.action_archive()
        document = wizard.line_ids.document_id.sudo()
        self.assertEqual(document._get_content(), file.raw)
        self.assertEqual(document.archived_by_id, self.archivist)
        self.assertEqual(document.site_name, "Quai 12")
        self.assertEqual(document.origin_name, "Dupont SARL")
        self.assertIn(document.sha256, document.event_ids.detail)
        self.assertNotEqual(document.attachment_id, file)
        self.assertEqual(file.res_model, "res.partner")
        self.assertTrue(wizard.done)

    def test_same_file_is_told(self):
        wizard = self._open(self._file())
        wizard.action_archive()
        second = self._open(self._file())
        second.action_archive()
        self.assertEqual(second.line_ids.state, "known")
        self.assertEqual(second.line_ids.document_id, wizard.line_ids.document_id)
        second.line_ids.again = True
        second.action_archive()
        self.assertEqual(second.line_ids.state, "done")
        self.assertNotEqual(second.line_ids.document_id, wizard.line_ids.document_id)

    def test_bulk_has_one_outcome_per_line(self):
        files = self._file() | self._file(raw=b"", name="empty.pdf")
        wizard = self._open(files)
        wizard.action_archive()
        self.assertEqual(wizard.line_ids.mapped("state"), ["done", "failed"])
        self.assertIn("empty.pdf", wizard.line_ids[1].message)
        self.assertFalse(wizard.done)

    def test_sealed(self):
        self.company.ged_seal_profile_id = self._profile()
        wizard = self._open(
            self._file() | self._file(name="a.txt", raw=b"x", mimetype="text/plain")
        )
        wizard.seal = True
        wizard.action_archive()
        self.assertEqual(
            wizard.line_ids.document_id.sudo().mapped("seal_level"), ["B-B", "none"]
        )

    def test_archivists_only(self):
        for role in ("reader", "auditor", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._open(self._file(), role)
        self.assertTrue(self._open(self._file(), "manager"))

    def test_only_what_he_may_read(self):
        secret = self.env["ir.attachment"].create({"name": "private", "raw": b"x"})
        with self.assertRaises(AccessError):
            self._open(secret)
        wizard = self._open(self._file())
        wizard.sudo().line_ids.attachment_id = secret
        with self.assertRaises(AccessError):
            wizard.line_ids._archive(None)
        with self.assertRaises(AccessError):
            self._open(self.secret.attachment_id)

    def test_kinds_and_companies_of_others(self):
        wizard = self._open(self._file())
        self.assertNotIn(self.kind, wizard.kind_ids)
        wizard.sudo().kind_id = self.kind
        with self.assertRaises(AccessError):
            wizard.action_archive()
        wizard = self._open(self._file())
        wizard.sudo().company_id = self.other_company
        with self.assertRaises(AccessError):
            wizard.action_archive()

    def test_limits(self):
        with self.assertRaises(UserError):
            self._open(self.env["ir.attachment"])
        archived = self._open(self.open.attachment_id)
        archived.action_archive()
        self.assertEqual(archived.line_ids.state, "failed")
