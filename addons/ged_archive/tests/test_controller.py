# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestController(ArchiveCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls._users():
            user.password = f"{user.login}-secret"

    @classmethod
    def _users(cls):
        return (
            cls.reader | cls.auditor | cls.employee | cls.portal | cls.portal_stranger
        )

    def setUp(self):
        super().setUp()
        self.document = self._archive()
        self.url = f"/ged/document/{self.document.id}/content"

    def _get(self, user, url, method="GET"):
        if user:
            self.authenticate(user.login, f"{user.login}-secret")
        else:
            self.authenticate(None, None)
        return self.url_open(url, method=method, allow_redirects=False)

    def _events(self):
        self.document.invalidate_recordset()
        return self.document.event_ids.sorted("id")[1:]

    def test_view_sends_the_bytes_and_writes_the_journal(self):
        response = self._get(self.reader, self.url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.content, self.document._get_content())
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertIn("inline", response.headers["Content-Disposition"])
        self.assertIn("no-store", response.headers["Cache-Control"])
        event = self._events()
        self.assertEqual(event.event_type, "viewed")
        self.assertEqual(event.user_id, self.reader)
        self.assertEqual(event.ip, "127.0.0.1")

    def test_download_is_another_event(self):
        response = self._get(self.reader, self.url + "?download=1")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("F_2026_0001.pdf", response.headers["Content-Disposition"])
        self.assertEqual(self._events().mapped("event_type"), ["downloaded"])

    def test_question_about_the_headers_is_no_view(self):
        self.assertEqual(self._get(self.reader, self.url, "HEAD").status_code, 200)
        self.assertFalse(self._events())

    def test_portal_customer_downloads_his_document(self):
        response = self._get(self.portal, self.url + "?download=1")
        self.assertEqual(response.content, self.document._get_content())
        self.assertEqual(self._events().user_id, self.portal)

    def test_refusals_are_all_alike(self):
        """Nobody learns from the answer whether a document exists."""
        nowhere = "/ged/document/2147483000/content"
        for user in (self.employee, self.portal_stranger):
            refused = self._get(user, self.url)
            unknown = self._get(user, nowhere)
            self.assertEqual(refused.status_code, 404)
            self.assertEqual(refused.status_code, unknown.status_code)
            self.assertEqual(refused.text, unknown.text)
        refused, unknown = self._get(None, self.url), self._get(None, nowhere)
        self.assertEqual(refused.status_code, 303)
        self.assertEqual(refused.status_code, unknown.status_code)
        self.assertFalse(self._events())

    @mute_logger("odoo.http")  # tells that it changes to a read/write transaction
    def test_generic_route_is_journalled_too(self):
        """/web/content serves attachments to whoever may read them: not without a
        trace.
        """
        response = self._get(
            self.reader, f"/web/content/{self.document.attachment_id.id}?download=1"
        )
        self.assertEqual(response.content, self.document._get_content())
        self.assertEqual(self._events().mapped("event_type"), ["downloaded"])
        self.assertEqual(self._events().user_id, self.reader)
        refused = self._get(
            self.portal_stranger, f"/web/content/{self.document.attachment_id.id}"
        )
        self.assertEqual(refused.status_code, 404)
        self.assertEqual(len(self._events()), 1)

    @mute_logger("odoo.addons.ged_archive.models.ged_document_check")
    def test_altered_file_is_not_sent(self):
        with patch.object(
            type(self.env["ir.attachment"]), "_file_read", lambda *args: b"forged"
        ):
            self.document.attachment_id.invalidate_recordset()
            response = self._get(self.reader, self.url)
        self.assertEqual(response.status_code, 409)
        self.assertIn(self.document.sha256, response.text)
        self.assertNotIn("forged", response.text)
        self.assertFalse(self._events())

    def test_active_content_is_not_shown_inline(self):
        self.document = self._archive(
            filename="page.html", content=b"<script>1</script>"
        )
        response = self._get(self.reader, f"/ged/document/{self.document.id}/content")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_export_is_for_the_auditor_who_made_it(self):
        action = self.document.with_user(self.auditor).action_export()
        self.assertEqual(self._get(self.reader, action["url"]).status_code, 404)
        self.assertEqual(self._get(self.portal, action["url"]).status_code, 404)
        self.assertEqual(
            self._get(self.auditor, "/ged/export/2147483000").status_code, 404
        )
        self.assertFalse(self._events())
        response = self._get(self.auditor, action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        self.assertEqual(response.content[:2], b"PK")
        self.assertEqual(self._events().mapped("event_type"), ["exported"])
