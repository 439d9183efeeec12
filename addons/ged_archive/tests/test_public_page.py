# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The public verification page, asked by strangers."""

import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..lib.codes import new_code, pretty
from ..models import ged_throttle
from .common import ArchiveCommon, make_pdf

PAGE = "/ged/verify"
FETCH = {"X-Requested-With": "fetch"}


@tagged("post_install", "-at_install")
class TestPublicPage(ArchiveCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.env.cr.execute("DELETE FROM ged_throttle")
        self.document = self._archive()
        self.content = self.document._get_content()

    def _ask(self, question, name="code", **headers):
        return self.url_open(
            PAGE, data={name: question}, headers={"Accept-Language": "en", **headers}
        )

    def _upload(self, content, **headers):
        return self.url_open(
            PAGE + "/seal",
            data=content,
            method="POST",
            headers={
                "Accept-Language": "en",
                "Content-Type": "application/octet-stream",
                **headers,
            },
        )

    def _verified(self, document=None):
        document = document or self.document
        document.invalidate_recordset()
        return document.event_ids.filtered(lambda e: e.event_type == "verified")

    # -- who holds something ----------------------------------------------------------

    def test_by_code(self):
        for text in (
            self.document.verify_code,
            pretty(self.document.verify_code).lower(),
            f"  {self.document.verify_code[:8]} {self.document.verify_code[8:]} ",
        ):
            response = self._ask(text)
            self.assertEqual(response.status_code, 200)
            self.assertIn('data-verdict="unchanged"', response.text)
            self.assertIn("F/2026/0001", response.text)
            self.assertIn("Archive Ltd", response.text)
            self.assertIn(self.document.sha256, response.text)
            self.assertIn("Not sealed", response.text)

    def test_by_fingerprint(self):
        for name, text in (
            ("sha256", self.document.sha256),
            ("code", self.document.sha256.upper()),
        ):
            response = self._ask(text, name)
            self.assertIn('data-verdict="unchanged"', response.text)
            self.assertIn("bit for bit", response.text)

    def test_neither_customer_nor_file_nor_code_is_told(self):
        response = self._ask(self.document.sha256, "sha256")
        self.assertNotIn("Dupont", response.text)
        self.assertNotIn(self.document.filename, response.text)
        self.assertNotIn(self.document.verify_code, response.text)
        self.assertNotIn(pretty(self.document.verify_code), response.text)

    def test_names_are_escaped(self):
        self.company.name = "<script>alert(1)</script> & Co"
        document = self._archive(name="<img src=x onerror=alert(2)>")
        response = self._ask(document.verify_code)
        self.assertNotIn("<script>alert", response.text)
        self.assertNotIn("<img src=x", response.text)
        self.assertIn("&lt;img src=x", response.text)

    def test_newer_version(self):
        newer = self._archive(predecessor_id=self.document.id)
        self.assertIn("A newer version", self._ask(self.document.verify_code).text)
        answer = self._ask(newer.verify_code).text
        self.assertNotIn("A newer version", answer)
        self.assertIn("version", answer)

    def test_document_of_another_company(self):
        """The page answers for the whole archive: the code says whose it is."""
        document = self._archive(company_id=self.other_company.id, partner_id=False)
        self.assertIn("Other Ltd", self._ask(document.verify_code).text)

    def test_same_file_archived_twice(self):
        self._archive(name="F/2026/0002", content=self.content)
        answer = self._ask(self.document.sha256, "sha256").text
        self.assertIn("F/2026/0001", answer)
        self.assertIn("F/2026/0002", answer)

    @mute_logger("odoo.addons.ged_archive.models.ged_document_check")
    def test_destroyed_document_answers_too(self):
        document = self._archive(retention_until="2020-01-01", content=make_pdf("old"))
        document.sudo()._destroy_content("D/1")
        for name, text in (
            ("code", document.verify_code),
            ("sha256", document.sha256),
        ):
            answer = self._ask(text, name).text
            self.assertIn('data-verdict="destroyed"', answer)
            self.assertIn(document.sha256, answer)
        # a line of the journal alone does not make it so
        self.document._record_event("destroyed", detail="end of retention")
        answer = self._ask(self.document.verify_code).text
        self.assertIn('data-verdict="problem"', answer)

    @mute_logger("odoo.addons.ged_archive.models.ged_document_check")
    def test_altered_copy_is_not_called_unchanged(self):
        # the journal is written in the language of the company
        self.company.partner_id.lang = "en_US"
        with patch.object(
            type(self.document), "_public_problem", lambda document: "altered"
        ):
            answer = self._ask(self.document.verify_code).text
        self.assertIn('data-verdict="problem"', answer)
        self.assertIn("contact", answer)
        self.assertIn("not what was archived", self._verified()[:1].detail)

    # -- who holds nothing ------------------------------------------------------------

    def test_one_same_answer_for_all_who_hold_nothing(self):
        near = self.document.verify_code
        near = near[:-1] + ("0" if near[-1] != "0" else "1")
        questions = [
            ("code", new_code()),
            ("code", near),
            ("code", near[:8]),
            ("code", "'; DROP TABLE ged_document; --"),
            ("code", "\\x00\\"),
            ("code", ""),
            ("code", "é" * 400),
            ("code", str(self.document.id)),
            ("sha256", "0" * 64),
            ("sha256", self.document.sha256[:-1]),
            ("sha256", self.document.name),
            ("other", "x"),
        ]
        answers = {
            (response.status_code, _without_nonce(response.text))
            for response in (self._ask(text, name) for name, text in questions)
        }
        self.assertEqual(len(answers), 1)
        [(status, text)] = answers
        self.assertEqual(status, 200)
        self.assertIn('data-verdict="unknown"', text)
        self.assertFalse(self._verified())

    def test_code_in_the_address_is_not_read_as_a_question(self):
        response = self.url_open(f"{PAGE}?code={self.document.verify_code}")
        self.assertNotIn("data-verdict", response.text)
        self.assertNotIn(self.document.verify_code, response.text)
        self.assertEqual(
            self.url_open(f"{PAGE}/{self.document.verify_code}").status_code, 404
        )

    def test_question_that_is_a_file_is_no_question(self):
        response = self.url_open(PAGE, files={"code": ("x", b"x")})
        self.assertIn('data-verdict="unknown"', response.text)

    # -- frame ------------------------------------------------------------------------

    def test_headers(self):
        for response in (
            self.url_open(PAGE),
            self._ask(self.document.verify_code),
            self._upload(b"x"),
        ):
            headers = response.headers
            policy = headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe-inline", policy)
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertEqual(headers["X-Frame-Options"], "DENY")
            self.assertNotIn("session_id", response.headers.get("Set-Cookie", ""))
            self.assertNotIn("<script>", response.text)

    def test_part_for_the_script_of_the_page(self):
        response = self._ask(self.document.verify_code, **FETCH)
        self.assertNotIn("<html", response.text)
        self.assertIn('data-verdict="unchanged"', response.text)

    def test_language_of_the_browser(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for tags, lang in (
            ("fr-BE,fr;q=0.9,en;q=0.5", "fr"),
            ("en-GB,en", "en"),
            ("xx", "en"),
            ("de,fr;q=0.2", "fr"),
        ):
            response = self.url_open(PAGE, headers={"Accept-Language": tags})
            self.assertIn(f'<html lang="{lang}"', response.text, tags)

    # -- journal and flood ------------------------------------------------------------

    def test_journal_once_per_document_address_and_hour(self):
        # the journal is written in the language of the company
        self.company.partner_id.lang = "en_US"
        for _index in range(3):
            self._ask(self.document.verify_code)
            self._ask(self.document.sha256, "sha256")
        event = self._verified()
        self.assertEqual(len(event), 1)
        self.assertEqual(event.ip, "127.0.0.1")
        self.assertIn("by code", event.detail)
        self.assertEqual(event.user_id, self.env.ref("base.public_user"))
        other = self._archive(name="F/2026/0009", content=make_pdf("other"))
        self._ask(other.verify_code)
        self.assertEqual(len(self._verified(other)), 1)
        self.env.cr.execute("DELETE FROM ged_throttle WHERE scope = 'journal'")
        self._ask(self.document.sha256, "sha256")
        self.assertIn("by file", self._verified().sorted("id")[-1:].detail)

    def test_too_many_questions_of_one_address(self):
        with patch.dict(ged_throttle.LIMITS, {"ask": (3, 100, 60)}):
            for _index in range(3):
                self.assertEqual(self._ask(new_code()).status_code, 200)
            response = self._ask(self.document.verify_code)
        self.assertEqual(response.status_code, 429)
        self.assertGreaterEqual(int(response.headers["Retry-After"]), 1)
        self.assertLessEqual(int(response.headers["Retry-After"]), 61)
        self.assertNotIn("F/2026/0001", response.text)
        self.assertFalse(self._verified())
        self.assertEqual(self.url_open(PAGE).status_code, 200)

    def test_too_many_questions_of_everybody(self):
        Throttle = self.env["ged.throttle"]
        with patch.dict(ged_throttle.LIMITS, {"ask": (2, 4, 60)}):
            for index in range(4):
                self.assertEqual(Throttle._admit("ask", f"10.0.0.{index}"), 0)
            self.assertEqual(self._ask(new_code()).status_code, 429)

    def test_refused_questions_leave_nothing(self):
        with patch.dict(ged_throttle.LIMITS, {"ask": (1, 100, 60)}):
            for _index in range(5):
                self._ask(new_code())
        self.assertEqual(self.env["ged.throttle"].search_count([]), 1)

    def test_addresses(self):
        Throttle = self.env["ged.throttle"]
        with patch.dict(ged_throttle.LIMITS, {"ask": (1, 100, 60)}):
            self.assertEqual(Throttle._admit("ask", "2001:db8::1"), 0)
            self.assertGreater(Throttle._admit("ask", "2001:db8::ffff:1"), 0)
            self.assertEqual(Throttle._admit("ask", "2001:db8:0:1::1"), 0)
            self.assertEqual(Throttle._admit("ask", "192.0.2.1"), 0)
            self.assertGreater(Throttle._admit("ask", "::ffff:192.0.2.1"), 0)
            self.assertEqual(Throttle._admit("ask", None), 0)
            self.assertGreater(Throttle._admit("ask", "nonsense"), 0)

    def test_old_questions_are_forgotten(self):
        Throttle = self.env["ged.throttle"]
        Throttle._admit("ask", "192.0.2.1")
        self.env.cr.execute("UPDATE ged_throttle SET at = at - interval '3 hours'")
        with patch.dict(ged_throttle.LIMITS, {"ask": (1, 100, 60)}):
            self.assertEqual(Throttle._admit("ask", "192.0.2.1"), 0)
        Throttle._gc_old_questions()
        self.assertEqual(Throttle.search_count([]), 1)

    def test_the_table_is_not_written_ahead(self):
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE oid = 'ged_throttle'::regclass"
        )
        self.assertEqual(self.env.cr.fetchone()[0], "u")

    def test_lookup_uses_the_index_over_the_hash(self):
        self.env.cr.execute("SET LOCAL enable_seqscan TO off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM ged_document WHERE verify_code IS NOT NULL"
            " AND sha256(decode(verify_code, 'escape')) = '\\x00'"
        )
        plan = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("ged_document_verify_code_uniq", plan)

    # -- uploaded files ---------------------------------------------------------------

    def _sealed(self):
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        return self._archive(content=None, seal=sealed), sealed.data

    def test_sealed_file(self):
        document, data = self._sealed()
        answer = self._upload(data).text
        self.assertIn('data-verdict="unchanged"', answer)
        self.assertIn('data-seal="seals"', answer)
        self.assertIn("unchanged since this seal", answer)
        self.assertIn("Test company seal", answer)
        self.assertIn("one that", answer)
        self.assertEqual(len(self._verified(document)), 1)

    def test_sealed_file_in_a_form_without_script(self):
        _document, data = self._sealed()
        response = self.url_open(
            PAGE + "/seal",
            files={"file": ("invoice.pdf", data)},
            headers={"Accept-Language": "en"},
        )
        self.assertIn("<html", response.text)
        self.assertIn("unchanged since this seal", response.text)

    def test_changed_file(self):
        _document, data = self._sealed()
        changed = bytearray(data)
        changed[30] ^= 1
        answer = self._upload(bytes(changed)).text
        self.assertIn('data-verdict="unknown"', answer)
        self.assertIn("changed after this seal", answer)

    def test_seal_of_a_stranger_with_a_good_name(self):
        """Anybody can make a certificate with our name in it."""
        self._sealed()
        forged = self._profile(name="Forged")._get_sealer().seal(make_pdf("forged"))
        answer = self._upload(forged.data).text
        self.assertIn('data-verdict="unknown"', answer)
        self.assertIn("proves", answer)
        self.assertNotIn("seals with", answer)

    def test_what_is_no_pdf(self):
        for content in (b"", b"hello", b"%PDF-1.7\n%%EOF", b"\xff" * 100):
            response = self._upload(content)
            self.assertEqual(response.status_code, 200)
            self.assertIn('data-seal="no_pdf"', response.text)
        self.assertIn('data-seal="no_seal"', self._upload(make_pdf("plain")).text)

    def test_too_large_a_file(self):
        response = self._upload(b"x" * (20 * 1024 * 1024 + 70_000))
        self.assertEqual(response.status_code, 413)

    def test_uploads_are_limited(self):
        with patch.dict(ged_throttle.LIMITS, {"seal": (1, 100, 600)}):
            self._upload(b"x")
            self.assertEqual(self._upload(b"x").status_code, 429)
        with patch.object(ged_throttle, "SLOTS", 0):
            response = self._upload(b"x")
        self.assertEqual(response.status_code, 429)
        self.assertEqual(response.headers["Retry-After"], "5")

    def test_a_file_that_takes_too_long_is_given_up(self):
        from ..controllers import verify
        from ..lib import judge

        with patch.object(
            verify, "judge", lambda content: judge.judge(content, seconds=0.01)
        ):
            answer = self._upload(make_pdf("slow")).text
        self.assertIn('data-seal="given_up"', answer)

    # -- inside -----------------------------------------------------------------------

    def test_code_and_address_on_the_form(self):
        document = self.document.with_user(self.reader)
        self.assertEqual(document.verify_code_shown, pretty(self.document.verify_code))
        self.assertTrue(
            document.verify_url.endswith(f"/ged/verify#{self.document.verify_code}")
        )

    def test_qr_for_readers_only(self):
        url = f"/ged/document/{self.document.id}/qr"
        for user in (self.reader, self.employee):
            user.password = f"{user.login}-secret"
        self.authenticate(self.reader.login, f"{self.reader.login}-secret")
        response = self.url_open(url)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertTrue(response.content.startswith(b"\x89PNG"))
        self.assertEqual(self.url_open("/ged/document/2147483000/qr").status_code, 404)
        self.authenticate(self.employee.login, f"{self.employee.login}-secret")
        self.assertEqual(self.url_open(url).status_code, 404)


def _without_nonce(text):
    return re.sub(r'nonce="[^"]*"', "", text)
