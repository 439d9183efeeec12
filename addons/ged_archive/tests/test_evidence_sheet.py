# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The evidence sheet: one, many, sealed, not sealed, destroyed, altered."""

import hashlib
import io
import json
import os
from unittest.mock import patch

import pikepdf
import pypdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib.verify import inspect_seals
from ..models import ged_document_sheet
from .common import ArchiveCommon, make_pdf

LONG = bool(os.environ.get("DEMAT_LONG"))


def text_of(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def solid(text):
    return "".join(text.split())


@tagged("post_install", "-at_install")
class TestEvidenceSheet(ArchiveCommon):
    def _sheet(self, documents, user=None):
        return documents.with_user(user or self.reader)._render_evidence_sheet()

    def test_one_unsealed(self):
        document = self._archive(site_name="Les Tilleuls")
        self._link()
        text = text_of(self._sheet(document))
        for word in (
            "F/2026/0001",
            "Dupont SARL",
            "Les Tilleuls",
            "Unchanged since",
            "Not sealed",
            "not sealed (the company has no seal)",
            document.verify_code_shown,
            "/ged/verify",
            "F_2026_0001.pdf",
        ):
            self.assertIn(word, text)
        for word in (document.sha256, document.chain_hash, "0" * 64):
            self.assertIn(word, solid(text))
        self.assertEqual(
            document.event_ids.mapped("event_type"), ["exported", "archived"]
        )
        self.assertEqual(document.event_ids[0].user_id, self.reader)

    def test_links_can_be_recomputed_from_the_embedded_file(self):
        documents = self._archive(2)
        self._link()
        with pikepdf.open(io.BytesIO(self._sheet(documents))) as pdf:
            data = pdf.attachments["evidence.jsonl"].get_file().read_bytes()
        lines = [json.loads(line) for line in data.splitlines()]
        self.assertEqual(
            [line["stream"] for line in lines], ["document"] * 2 + ["event"] * 2
        )
        for line in lines:
            made = hashlib.sha256(
                f"{line['previous_hash']}\n{line['evidence']}".encode()
            ).hexdigest()
            self.assertEqual(made, line["chain_hash"])

    def test_sealed_like_the_documents(self):
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        document = self._archive(content=None, seal=sealed)
        pdf = self._sheet(document)
        [seal] = inspect_seals(pdf)
        self.assertTrue(seal.ok)
        text = text_of(pdf)
        self.assertIn("sealed by", text)
        self.assertIn("Test company seal", text)
        self.assertIn("B-B", text)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            self.assertIn(b"pdfaid:part", opened.Root.Metadata.read_bytes())

    def test_a_seal_that_does_not_work_does_not_hide_the_evidence(self):
        document = self._archive()
        profile = self._profile()
        self.company.ged_seal_profile_id = profile
        with patch.object(
            type(self.company), "_ged_get_sealer", side_effect=UserError("token lost")
        ):
            text = text_of(self._sheet(document))
        self.assertIn("token lost", text)

    def test_many_each_with_its_own(self):
        documents = self._archive(200 if LONG else 12)
        self._link()
        text = text_of(self._sheet(documents))
        for document in documents:
            self.assertIn(document.name, text)
            self.assertIn(document.verify_code_shown, text)
            self.assertIn(document.chain_hash, solid(text))
        self.assertEqual(
            {document.event_ids[0].event_type for document in documents}, {"exported"}
        )

    def test_destroyed(self):
        document = self._archive(retention_until="2020-01-01")
        document.sudo()._destroy_content("D/1")
        text = text_of(self._sheet(document))
        self.assertIn("destroyed at the end of its retention", text)
        self.assertIn(document.sha256, solid(text))

    def test_problem_is_told(self):
        document = self._archive()
        with patch.object(
            type(document),
            "_evidence_verification",
            lambda *_args: (["The file is missing."], None),
        ):
            text = text_of(self._sheet(document))
        self.assertIn("not what was archived", text)
        self.assertIn("The file is missing.", text)
        self.assertNotIn("Unchanged since", text)

    def test_versions(self):
        first = self._archive()
        second = self._archive(predecessor_id=first.id, content=make_pdf("second"))
        for document in (first, second):
            text = text_of(self._sheet(document))
            self.assertIn("Versions", text)
            self.assertIn(first.sha256, solid(text))
            self.assertIn(second.sha256, solid(text))

    def test_long_names_stay_on_the_page(self):
        document = self._archive(
            name="N" * 150, filename="f" * 180 + ".pdf", site_name="Site " * 40
        )
        text = solid(text_of(self._sheet(document)))
        self.assertIn("N" * 150, text)
        self.assertIn("f" * 180 + ".pdf", text)

    def test_names_are_escaped(self):
        document = self._archive(name="<b>bold</b> & <script>x</script>")
        self.assertIn("<b>bold</b> & <script>", text_of(self._sheet(document)))

    def test_readers_only(self):
        document = self._archive(portal_visible=True)
        for user in (self.employee, self.portal, self.portal_stranger):
            with self.assertRaises(AccessError):
                self._sheet(document, user)
        foreign = self._archive(company_id=self.other_company.id, partner_id=False)
        with self.assertRaises(AccessError):
            self._sheet(foreign)
        with self.assertRaises(AccessError):
            self._sheet(document | foreign)
        for records in (document, foreign):
            self.assertEqual(records.event_ids.mapped("event_type"), ["archived"])

    def test_the_report_has_the_same_door(self):
        document = self._archive()
        Report = self.env["ir.actions.report"]
        name = "ged_archive.evidence_sheet"
        pdf, kind = Report.with_user(self.reader)._render_qweb_pdf(name, document.ids)
        self.assertEqual(kind, "pdf")
        self.assertIn("F/2026/0001", text_of(pdf))
        with self.assertRaises(AccessError):
            Report.with_user(self.employee)._render_qweb_pdf(name, document.ids)
        with self.assertRaises(UserError):
            Report.with_user(self.reader)._render_qweb_html(name, document.ids)

    def test_none_and_too_many(self):
        with self.assertRaises(UserError):
            self._sheet(self.Document)
        with patch.object(ged_document_sheet, "MOST", 1), self.assertRaises(UserError):
            self._sheet(self._archive(2))

    def test_button(self):
        document = self._archive().with_user(self.reader)
        action = document.action_evidence_sheet()
        self.assertEqual(action["report_name"], "ged_archive.evidence_sheet")
