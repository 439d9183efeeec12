# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Kinds that only some readers may read: no screen, list, count, search or address
gives one away."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ArchiveCommon

SECRET = "wages of the directors"


class RightsCommon(ArchiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["res.groups"].create({"name": "Wages"})
        cls.kind = cls.env["ged.kind"].create(
            {
                "name": "Payslip",
                "code": "test_payslip",
                "reader_group_ids": [(6, 0, cls.group.ids)],
            }
        )
        cls.payroll = cls._new_user("payroll", "ged_archive.group_ged_user")
        cls.payroll.group_ids |= cls.group
        cls.employee_of_wages = cls.env["res.partner"].create({"name": "Paul Payé"})
        cls.open, cls.secret = cls.Document._archive(
            [
                cls._text_vals("open", kind="other"),
                cls._text_vals(
                    "secret",
                    kind="test_payslip",
                    partner_id=cls.employee_of_wages.id,
                    site_name=SECRET,
                ),
            ]
        )
        cls.foreign = cls.Document._archive(
            [cls._text_vals("foreign", company_id=cls.other_company.id)]
        )

    @classmethod
    def _text_vals(cls, name, **values):
        return {
            "kind": "invoice",
            "name": name,
            "filename": f"{name}.txt",
            "content": f"{name} {SECRET if name == 'secret' else ''}".encode(),
            "company_id": cls.company.id,
            "partner_id": cls.customer.id,
            "document_date": "2026-03-31",
            **values,
        }

    def _as(self, role, model="ged.document"):
        user = getattr(self, role)
        return self.env[model].with_user(user).with_context(allowed_company_ids=None)


@tagged("post_install", "-at_install")
class TestRights(RightsCommon):
    #: who sees which of the three documents
    SEEN = {
        "reader": {"open"},
        "archivist": {"open"},
        "payroll": {"open", "secret"},
        "auditor": {"open", "secret"},
        "manager": {"open", "secret"},
        "system": {"open", "secret"},
        "portal": set(),
    }

    def _names(self, records):
        return set(records.sudo().mapped("name")) & {"open", "secret", "foreign"}

    def test_every_role_sees_its_kinds(self):
        for role, seen in self.SEEN.items():
            with self.subTest(role=role):
                self.assertEqual(self._names(self._as(role).search([])), seen)

    def test_archived_kinds_stay_readable_and_closed(self):
        self.kind.active = False
        for role, seen in self.SEEN.items():
            with self.subTest(role=role):
                self.assertEqual(self._names(self._as(role).search([])), seen)

    def test_forged_ids(self):
        self.reader.group_ids |= self.env.ref("base.group_allow_export")
        for document in (self.secret, self.foreign):
            forged = document.with_user(self.reader)
            for method, args in (
                ("read", (["name"],)),
                ("web_read", ({"name": {}},)),
                ("export_data", (["name"],)),
                ("action_verify", ()),
                ("action_open_origin", ()),
            ):
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(forged, method)(*args)
            with self.assertRaises(AccessError):
                document.event_ids.with_user(self.reader).read(["detail"])

    def test_searches_and_counts_do_not_leak(self):
        for role in ("reader", "archivist"):
            Document = self._as(role)
            self.assertFalse(Document.name_search("secret"))
            self.assertFalse(Document.name_search(self.secret.sha256))
            for domain in (
                [("kind_id", "=", self.kind.id)],
                [("kind_code", "=", "test_payslip")],
                [("sha256", "=", self.secret.sha256)],
                [("verify_code", "=", self.secret.verify_code)],
                [("event_ids.document_id", "=", self.secret.id)],
                [("attachment_id", "=", self.secret.attachment_id.id)],
                ["!", ("id", "!=", self.secret.id)],
            ):
                with self.subTest(role=role, domain=domain):
                    self.assertFalse(Document.search_count(domain))
            for groupby in ("kind_id", "partner_id", "site_name", "document_date:year"):
                groups = Document.formatted_read_group(
                    [("id", "in", (self.open | self.secret).ids)],
                    [groupby],
                    ["__count", "size:sum"],
                )
                with self.subTest(role=role, groupby=groupby):
                    self.assertEqual([group["__count"] for group in groups], [1])
                    self.assertEqual(groups[0]["size:sum"], self.open.size)

    def test_search_panel_does_not_count_what_is_hidden(self):
        for role in ("reader", "archivist"):
            values = self._as(role).search_panel_select_range(
                "kind_id", enable_counters=True
            )["values"]
            self.assertNotIn(self.kind.id, [value["id"] for value in values])
        values = self._as("payroll").search_panel_select_range(
            "kind_id", enable_counters=True
        )["values"]
        counts = {value["id"]: value["__count"] for value in values}
        self.assertEqual(counts[self.kind.id], 1)
        for role in ("reader", "archivist"):
            values = self._as(role).search_panel_select_multi_range(
                "seal_level", enable_counters=True
            )["values"]
            mine = self._as(role).search_count([("seal_level", "=", "none")])
            self.assertEqual(
                [value["__count"] for value in values if value["id"] == "none"], [mine]
            )

    def test_journal_follows_the_kind(self):
        mine = self._as("reader", "ged.event").search([])
        self.assertIn(self.open.event_ids, mine)
        self.assertNotIn(self.secret.event_ids.id, mine.ids)
        for role in ("payroll", "auditor"):
            self.assertIn(self.secret.event_ids, self._as(role, "ged.event").search([]))

    def test_file_follows_the_document(self):
        """The host asks the document before it gives its file."""
        for document, role, readable in (
            (self.secret, "reader", False),
            (self.secret, "archivist", False),
            (self.secret, "payroll", True),
            (self.secret, "auditor", True),
            (self.foreign, "auditor", False),
        ):
            file = document.attachment_id.with_user(getattr(self, role))
            with self.subTest(document=document.name, role=role):
                self.assertEqual(file.has_access("read"), readable)
                found = self._as(role, "ir.attachment").search(
                    [("res_model", "=", "ged.document"), ("id", "=", file.id)]
                )
                self.assertEqual(bool(found), readable)

    def test_a_change_of_groups_counts_at_once(self):
        self.assertNotIn(self.secret, self._as("reader").search([]))
        self.reader.group_ids |= self.group
        self.assertIn(self.secret, self._as("reader").search([]))
        self.reader.group_ids -= self.group
        self.assertNotIn(self.secret, self._as("reader").search([]))
        self.kind.reader_group_ids = False
        self.assertIn(self.secret, self._as("reader").search([]))
        self.kind.reader_group_ids = self.group
        self.assertNotIn(self.secret, self._as("reader").search([]))

    def test_hold_is_for_archivists_on_what_they_may_read(self):
        for role in ("reader", "auditor", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._hold(role, self.open)
        self._hold("archivist", self.open)
        self.assertTrue(self.open.legal_hold)
        self.assertEqual(self.open.event_ids.sorted("id")[-1].user_id, self.archivist)
        for document in (self.secret, self.foreign):
            with self.assertRaises(AccessError):
                self._hold("archivist", document)
            self.assertFalse(document.legal_hold)
        self._hold("manager", self.secret)
        self.assertTrue(self.secret.legal_hold)

    def _hold(self, role, document):
        wizard = self._as(role, "ged.hold").create(
            {"document_ids": [(6, 0, document.ids)], "reason": "dispute"}
        )
        wizard.action_confirm()

    def test_export_of_what_is_hidden(self):
        """An auditor of one company reads all its kinds, and nothing of another."""
        self.secret.with_user(self.auditor).action_export()
        for document, role in (
            (self.foreign, "auditor"),
            (self.secret, "payroll"),
            (self.open, "archivist"),
            (self.open, "reader"),
        ):
            with self.assertRaises(AccessError):
                document.with_user(getattr(self, role)).action_export()


@tagged("post_install", "-at_install")
class TestRightsRoutes(RightsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.reader | cls.payroll | cls.archivist | cls.portal
        for user in cls.users:
            user.password = f"{user.login}-secret"

    def _get(self, user, url):
        if user:
            self.authenticate(user.login, f"{user.login}-secret")
        else:
            self.authenticate(None, None)
        return self.url_open(url, allow_redirects=False)

    def test_content(self):
        url = f"/ged/document/{self.secret.id}/content"
        nowhere = self._get(self.reader, "/ged/document/2147483000/content")
        for user in (self.reader, self.archivist, self.portal):
            answer = self._get(user, url)
            self.assertEqual(answer.status_code, 404)
            self.assertEqual(answer.text, nowhere.text)
        self.assertEqual(self._get(self.payroll, url).status_code, 200)

    def test_generic_addresses(self):
        file = self.secret.attachment_id
        for url in (
            f"/web/content/{file.id}",
            f"/web/content/{file.id}?access_token=guess",
            f"/web/content/ir.attachment/{file.id}/raw",
            f"/web/content/ged.document/{self.secret.id}/attachment_id",
            f"/web/image/{file.id}",
        ):
            for user in (self.reader, self.archivist, self.portal, None):
                answer = self._get(user, url)
                with self.subTest(url=url, user=user and user.login):
                    self.assertNotIn(SECRET.encode(), answer.content)
                    if "/image/" not in url:  # it answers with a placeholder
                        self.assertIn(answer.status_code, (303, 404))
