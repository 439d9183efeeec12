# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CHECK_LOG, StorageCommon


@tagged("post_install", "-at_install")
class TestStorageHttp(StorageCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.reader.password = "reader-secret"
        self.document = self._archive()
        self.content = self.document._get_content()
        self.url = f"/ged/document/{self.document.id}/content"
        self.authenticate(self.reader.login, "reader-secret")

    def _events(self):
        self.document.invalidate_recordset()
        return self.document.event_ids.sorted("id")[1:]

    def test_view(self):
        response = self.url_open(self.url)
        self.assertEqual(response.content, self.content)
        self.assertEqual(self._events().mapped("event_type"), ["viewed"])

    @mute_logger("odoo.http")  # tells that it changes to a read/write transaction
    def test_generic_route_is_journalled_too(self):
        """The storage addon has a way of its own to send files."""
        file = self.document.sudo().attachment_id
        response = self.url_open(f"/web/content/{file.id}?download=1")
        self.assertEqual(response.content, self.content)
        self.assertEqual(self._events().mapped("event_type"), ["downloaded"])
        self.assertEqual(self._events().user_id, self.reader)

    @mute_logger(CHECK_LOG)
    def test_what_the_reader_is_told(self):
        self._spoil(self.document)
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 409)
        # pages are in the language of the site
        self.assertRegex(response.text, "altered|altéré")
        self._path(self.document).unlink()
        self.assertRegex(self.url_open(self.url).text, "missing|manque")
        self._away()
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 409)
        self.assertRegex(response.text, "does not answer|ne répond pas")
        self.assertNotIn(str(self.root), response.text)
        self.assertFalse(self._events())

    def test_the_public_is_asked_to_come_back(self):
        self.authenticate(None, None)
        code = {"code": self.document.verify_code}
        self.assertIn(
            'data-verdict="unchanged"', self.url_open("/ged/verify", data=code).text
        )
        self._away()
        response = self.url_open("/ged/verify", data=code)
        self.assertEqual(response.status_code, 429)
        self.assertNotIn("data-verdict", response.text)
        self.assertNotIn("vault", response.text)
