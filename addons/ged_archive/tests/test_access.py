# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ArchiveCommon

MODELS = (
    "ged.document",
    "ged.event",
    "ged.chain",
    "ged.kind",
    "ged.seal.profile",
    "ged.hold",
)
#: who may do what: model -> role -> operations (none of them for those not named)
MATRIX = {
    "ged.document": {
        "reader": {"read"},
        "auditor": {"read"},
        "archivist": {"read"},
        "manager": {"read"},
        "portal": {"read"},
        "portal_stranger": {"read"},
    },
    "ged.event": {
        "reader": {"read"},
        "auditor": {"read"},
        "archivist": {"read"},
        "manager": {"read"},
    },
    "ged.chain": {"auditor": {"read"}, "manager": {"read"}},
    "ged.kind": {
        "reader": {"read"},
        "auditor": {"read"},
        "archivist": {"read"},
        "manager": {"read", "write", "create", "unlink"},
        "employee": {"read"},
        "portal": {"read"},
        "portal_stranger": {"read"},
    },
    "ged.seal.profile": {"manager": {"read", "write", "create", "unlink"}},
    "ged.hold": {
        "archivist": {"read", "write", "create"},
        "manager": {"read", "write", "create"},
    },
}
ROLES = (
    "reader",
    "auditor",
    "archivist",
    "manager",
    "employee",
    "portal",
    "portal_stranger",
)


@tagged("post_install", "-at_install")
class TestAccess(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def vals(name, **values):
            return {
                "kind": "invoice",
                "name": name,
                "filename": f"{name}.txt",
                "content": name.encode(),
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                **values,
            }

        cls.visible, cls.to_contact, cls.hidden, cls.others, cls.foreign = (
            cls.Document._archive(
                [
                    vals("visible"),
                    vals("to_contact", partner_id=cls.contact.id),
                    vals("hidden", kind="evidence"),
                    vals("others", partner_id=cls.stranger.id),
                    vals("foreign", company_id=cls.other_company.id),
                ]
            )
        )
        cls.everything = (
            cls.visible | cls.to_contact | cls.hidden | cls.others | cls.foreign
        )

    def _as(self, role, model="ged.document"):
        user = getattr(self, role)
        return self.env[model].with_user(user).with_context(allowed_company_ids=None)

    def test_matrix_of_roles(self):
        for model in MODELS:
            for role in ROLES:
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self._as(role, model).has_access(operation),
                            operation in MATRIX[model].get(role, set()),
                        )

    def _readable(self, role):
        found = self._as(role).search([("id", "in", self.everything.ids)])
        # search and read must agree: a forged id gives no more than the list
        for document in self.everything:
            mine = document.with_user(getattr(self, role)).with_context(
                allowed_company_ids=None
            )
            if document.id in found.ids:
                self.assertEqual(mine.read(["sha256"])[0]["sha256"], document.sha256)
            else:
                with self.assertRaises(AccessError):
                    mine.read(["sha256"])
        return found.sudo().mapped("name")

    def test_readers_see_their_company(self):
        for role in ("reader", "auditor", "archivist", "manager"):
            self.assertEqual(
                set(self._readable(role)), {"visible", "to_contact", "hidden", "others"}
            )

    def test_company_must_be_active(self):
        self.reader.company_ids |= self.other_company
        both = self.Document.with_user(self.reader).with_context(
            allowed_company_ids=(self.company | self.other_company).ids
        )
        self.assertIn(self.foreign, both.search([]))
        one = both.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(self.foreign, one.search([]))

    def test_portal_customer_sees_his_visible_documents(self):
        self.assertEqual(set(self._readable("portal")), {"visible", "to_contact"})
        self.assertEqual(set(self._readable("portal_stranger")), {"others"})

    def test_portal_customer_loses_a_withdrawn_document(self):
        self.visible._set_portal_visible(False, "reopened")
        self.assertEqual(set(self._readable("portal")), {"to_contact"})

    def test_portal_customer_does_not_see_internal_columns(self):
        document = self.visible.with_user(self.portal)
        for field in ("legal_hold", "legal_hold_reason", "event_ids"):
            with self.assertRaises(AccessError):
                document.read([field])
            self.assertNotIn(field, self._as("portal").fields_get())

    def test_employee_without_role_sees_nothing(self):
        with self.assertRaises(AccessError):
            self._as("employee").search([])
        with self.assertRaises(AccessError):
            self.visible.with_user(self.employee).read(["name"])

    def test_nobody_writes_by_rpc(self):
        for role in ("reader", "auditor", "archivist", "manager", "system", "portal"):
            mine = self.visible.with_user(getattr(self, role))
            for values in ({"legal_hold": True}, {"portal_visible": False}):
                with self.assertRaises(AccessError):
                    mine.write(values)
            with self.assertRaises(UserError):
                mine.write({"name": "x"})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(UserError):
                self._as(role).create({"name": "x"})

    def test_journal_follows_the_company(self):
        events = self._as("reader", "ged.event").search([])
        self.assertIn(self.visible.event_ids, events)
        self.assertNotIn(self.foreign.sudo().event_ids.id, events.ids)

    def test_methods_that_work_are_not_public(self):
        """Only names without underscore can be called through RPC.

        ``copy``, ``create``, ``default_get``, ``init``, ``write`` and
        ``search_panel_select_range`` are the host's own, overridden to allow less.
        """
        public = {
            name
            for name in vars(type(self).Document.__class__)
            if not name.startswith("_") and callable(getattr(self.Document, name, None))
        }
        for base in type(self.Document).mro():
            if base.__module__.startswith("odoo.addons.ged_archive"):
                public |= {
                    name
                    for name, value in vars(base).items()
                    if callable(value) and not name.startswith("_")
                }
        self.assertLessEqual(
            public,
            {
                "action_download",
                "action_evidence_sheet",
                "action_export",
                "action_hold",
                "action_open_alerts",
                "action_open_origin",
                "action_open_destruction",
                "action_propose_destruction",
                "action_release",
                "action_timestamp",
                "action_verify",
                "alert_banner",
                "copy",
                "create",
                "default_get",
                "init",
                "search_panel_select_range",
                "write",
            },
        )

    def test_auditor_exports_reader_does_not(self):
        self.visible.with_user(self.auditor).action_export()
        with self.assertRaises(AccessError):
            self.visible.with_user(self.reader).action_export()

    def test_auditor_cannot_export_another_company(self):
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.auditor).action_export()
