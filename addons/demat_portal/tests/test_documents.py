# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged

from odoo.addons.ged_archive.tests.common import make_pdf

from .common_group import GroupCase

DOCUMENTS = "/my/documents"


@tagged("post_install", "-at_install")
class TestDocuments(GroupCase):
    def _file(self, name, partner=None, **values):
        """File a document, as the company does by hand."""
        return self.env["ged.document"]._archive(
            [
                {
                    "kind": "invoice",
                    "name": name,
                    "filename": f"{name}.pdf",
                    "content": make_pdf(name),
                    "company_id": self.company.id,
                    "partner_id": (partner or self.customer).id,
                    "document_date": "2026-03-31",
                    **values,
                }
            ]
        )

    def _names(self, query=""):
        page = html.fromstring(self._get(f"{DOCUMENTS}?{query}").content)
        found = page.xpath("//li[contains(@class, 'list-group-item')]//strong/text()")
        return sorted(found)

    def test_filters(self):
        self._file("F-1", site_name="Les Tilleuls")
        self._file("F-2", self.subsidiary, document_date="2025-06-01")
        self._file("D-1", kind="quote_signed", document_date="2025-06-01")
        self._file("F-9", self.silent)
        self._file("F-8", portal_visible=False)
        self._as(self.owner)
        for query, expected in (
            ("", ["D-1", "F-1", "F-2"]),
            ("kind=quote_signed", ["D-1"]),
            ("year=2025", ["D-1", "F-2"]),
            ("year=2025&kind=invoice", ["F-2"]),
            ("site=Les+Tilleuls", ["F-1"]),
            ("search=f-", ["F-1", "F-2"]),
            ("search=tilleul", ["F-1"]),
            ("search=%25", []),
            # what is no value of a filter
            ("year=now&page=x", ["D-1", "F-1", "F-2"]),
            ("year=0000", ["D-1", "F-1", "F-2"]),
            ("kind=%27%3B--", []),
            # the database takes no NUL
            ("search=f%00-&site=%00&kind=%00", ["F-1", "F-2"]),
        ):
            with self.subTest(query):
                self.assertEqual(self._names(query), expected)
        page = html.fromstring(self._get(DOCUMENTS).content)
        self.assertEqual(
            page.xpath("//select[@name='year']/option/@value"), ["", "2026", "2025"]
        )
        self.assertEqual(
            page.xpath("//select[@name='site']/option/@value"), ["", "Les Tilleuls"]
        )

    def test_what_was_destroyed_is_no_longer_listed(self):
        """Retention is over, two persons agreed: the customer finds the others."""
        destroyed = self._file("F-1", retention_until="2020-12-31")
        self._file("F-2")
        self.env.cr.execute(
            "UPDATE ged_document SET attachment_id = NULL,"
            " destroyed_at = date_trunc('second', now() AT TIME ZONE 'UTC')"
            " WHERE id = %s",
            [destroyed.id],
        )
        destroyed.invalidate_recordset()
        self._as(self.owner)
        self.assertEqual(self._names(), ["F-2"])

    def test_latest_version_with_its_seal_and_its_public_page(self):
        move = self._invoice()
        self._send(move)
        document = move.demat_document_id
        self._as(self.owner)
        page = html.fromstring(self._get(DOCUMENTS).content)
        text = " ".join(page.text_content().split())
        self.assertIn(f"Sealed by {document.seal_signer_name} on", text)
        self.assertEqual(
            page.xpath("//a[contains(@href, '/verify')]/@href"), [document.verify_url]
        )
        content = self._get(f"/ged/document/{document.id}/content?download=1").content
        self.assertEqual(content, document._get_content())
        self.assertIn("downloaded", document.event_ids.mapped("event_type"))
        old = self._file("C-1")
        new = self._file("C-1", predecessor_id=old.id)
        self.assertEqual(self._names("search=C-1"), ["C-1"])
        self.assertIn(f"/ged/document/{new.id}/", self._get(DOCUMENTS).text)
        self.assertNotIn(f"/ged/document/{old.id}/", self._get(DOCUMENTS).text)

    def test_new_since_the_last_visit(self):
        user = self.owner.sudo()
        self._file("F-1")
        self._as(self.owner)
        self.assertIn("1 new since", self._get(DOCUMENTS).text.replace("\n", ""))
        visit = user.demat_documents_visit
        self.assertTrue(visit)
        # the whole visit long
        self.assertEqual(self._names("new=1"), ["F-1"])
        user.invalidate_recordset()
        self.assertEqual(user.demat_documents_visit, visit, "written once per visit")
        self.assertEqual(self._news(), 0)
        # the next day
        day = timedelta(days=1)
        archived = fields.Datetime.now() - day + timedelta(hours=1)
        self.env.cr.execute(
            "UPDATE res_users SET demat_documents_visit = %s WHERE id = %s",
            [archived - timedelta(hours=1), user.id],
        )
        user.invalidate_recordset()
        self.assertEqual(self._news(), 1)
        self.assertEqual(self._names("new=1"), ["F-1"])
        self.assertEqual(self._news(), 0)

    def _news(self):
        result, _error = self._rpc("/my/counters", counters=["demat_document_count"])
        return result["demat_document_count"]

    def test_empty_pages_say_what_will_appear(self):
        self._as(self.neighbour)
        self.assertIn("Nothing here yet", self._get(DOCUMENTS).text)
        self.assertIn("No document matches", self._get(f"{DOCUMENTS}?search=x").text)

    def test_pages(self):
        self.env["ged.document"]._archive(
            [
                {
                    "kind": "invoice",
                    "name": f"P-{number:03}",
                    "filename": f"P-{number:03}.pdf",
                    "content": make_pdf(str(number)),
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "document_date": "2026-03-31",
                }
                for number in range(45)
            ]
        )
        self._as(self.owner)
        self.assertEqual(len(self._names()), 40)
        second = html.fromstring(self._get(f"{DOCUMENTS}/page/2?search=P-").content)
        found = second.xpath("//li[contains(@class, 'list-group-item')]//strong/text()")
        self.assertEqual(len(found), 5)
        self.assertTrue(second.xpath("//a[contains(@href, 'search=P-')]"))

    def test_number_of_queries_does_not_grow_with_the_documents(self):
        self._as(self.owner)
        self._file("Q-0")
        self._get(DOCUMENTS)

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get(DOCUMENTS)
            return self.env.cr.sql_log_count - before

        few = queries()
        for number in range(1, 12):
            self._file(f"Q-{number}")
        self.env.flush_all()
        self.assertLessEqual(queries(), few + 1)

    def test_clerk_sees_when_the_customer_saw_it(self):
        move = self._invoice()
        self._send(move)
        self.assertFalse(move.demat_seen_at)
        self._as(self.owner)
        self._get(f"/ged/document/{move.demat_document_id.id}/content")
        move.invalidate_recordset()
        seen = move.with_user(self.clerk)
        self.assertTrue(seen.demat_seen_at)
        self.assertEqual(seen.demat_seen_by, self.owner.name)
