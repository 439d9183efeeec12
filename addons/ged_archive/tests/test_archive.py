# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import dataclasses
import hashlib
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.verify import inspect_seals
from .common import ArchiveCommon, make_pdf


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCommon):
    def test_row_tells_what_was_archived(self):
        """The columns are facts of the bytes and of the moment, not of the caller's
        word.
        """
        content = make_pdf("one")
        document = self.Document.with_user(self.reader)._archive(
            [
                self._vals(
                    content=content,
                    site_name="Quai 12",
                    origin_name="INV 1",
                    res_model="res.partner",
                    res_id=self.customer.id,
                    event_detail="sent to a@example.com",
                )
            ]
        )
        self.assertEqual(document.sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(document.size, len(content))
        self.assertEqual(document.mimetype, "application/pdf")
        self.assertEqual(document.partner_name, "Dupont SARL")
        self.assertEqual(document.kind_code, "invoice")
        self.assertEqual(document.version, 1)
        self.assertTrue(document.portal_visible)
        self.assertEqual(document.retention_until, date(2036, 12, 31))
        self.assertEqual(document.archived_by_id, self.reader)
        self.assertEqual(document.seal_level, "none")
        self.assertEqual(document._get_content(), content)
        event = document.event_ids
        self.assertEqual(event.event_type, "archived")
        self.assertEqual(event.detail, "sent to a@example.com")
        self.assertEqual(event.user_name, self.reader.name)
        self.assertEqual(event.company_id, self.company)

    def test_type_is_that_of_the_stored_file(self):
        """The host looks into bytes of no known kind; the verification compares."""
        cases = (
            ("a.bin", b"BM" + bytes(range(60)), "application/octet-stream"),
            ("a.bin", b"%PDF-1.4 no more", False),
            ("a.txt", b"some text", "Text/Plain"),
            ("noextension", bytes(20), False),
        )
        for filename, content, given in cases:
            with self.subTest(filename=filename, given=given):
                document = self.Document._archive(
                    [self._vals(filename=filename, content=content, mimetype=given)]
                )
                self.assertEqual(document.mimetype, document.attachment_id.mimetype)
                self.assertEqual(document._verify_contents(), [])

    def test_defaults_of_the_caller_fill_nothing(self):
        """A context, or a default that a user sets for himself, comes from outside."""
        forged = "0" * 64
        for model in ("ged.document", "ged.event"):
            defaults = self.env["ir.default"].with_user(self.reader)
            defaults.set(model, "chain_hash", forged, user_id=True)
            defaults.set(model, "chain_number", 7, user_id=True)
        document = (
            self.Document.with_user(self.reader)
            .with_context(
                default_chain_number=8, default_legal_hold=True, default_public=True
            )
            ._archive([self._vals()])
            .sudo()
        )
        for row in (document, document.event_ids):
            self.assertFalse(row.chain_number)
            self.assertFalse(row.chain_hash)
        self.assertFalse(document.legal_hold)
        self.assertFalse(document.attachment_id.public)

    def test_archiving_a_set_costs_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}"} for n in range(60)]
        )

        def batch(first, count):
            return [
                self._vals(number, partner_id=partners[number].id)
                for number in range(first, first + count)
            ]

        small, large = batch(0, 5), batch(5, 50)
        self._archive()  # warms the caches
        queries = []
        for vals_list in (small, large):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Document._archive(vals_list)
            self.env.flush_all()
            queries.append(self.cr.sql_log_count - before)
        self.assertLessEqual(queries[1], queries[0] + 2, queries)

    def test_order_of_the_answer_is_the_order_of_the_call(self):
        documents = self._archive(5)
        self.assertEqual(
            documents.mapped("name"), [f"F/2026/{number:04}" for number in range(1, 6)]
        )
        for document in documents:
            self.assertEqual(document._get_content(), make_pdf(document.name))
            self.assertEqual(document.attachment_id.res_id, document.id)

    def test_new_version_names_the_old_one(self):
        first = self._archive()
        second = self._archive(predecessor_id=first.id, content=make_pdf("mended"))
        self.assertEqual(second.version, 2)
        self.assertEqual(second.display_name, "F/2026/0001 (version 2)")
        self.assertFalse(first.is_latest)
        self.assertTrue(second.is_latest)
        search = self.Document.search
        own = [("company_id", "=", self.company.id)]
        self.assertEqual(search([*own, ("is_latest", "=", True)]), second)
        self.assertEqual(search([*own, ("is_latest", "=", False)]), first)
        with self.assertRaisesRegex(UserError, "already has a newer version"):
            self._archive(predecessor_id=first.id)

    def test_version_stays_within_the_company(self):
        first = self._archive()
        with self.assertRaises(UserError):
            self._archive(predecessor_id=first.id, company_id=self.other_company.id)

    def test_kind_decides_retention_and_visibility(self):
        kind = self.env.ref("ged_archive.ged_kind_evidence")
        kind.retention_years = 0
        document = self._archive(kind="evidence")
        self.assertFalse(document.retention_until)
        self.assertFalse(document.portal_visible)
        kept = self._archive(retention_until="2050-01-01", portal_visible=False)
        self.assertEqual(kept.retention_until, date(2050, 1, 1))
        self.assertFalse(kept.portal_visible)

    def test_unknown_kind_is_named(self):
        with self.assertRaisesRegex(UserError, "leaflet"):
            self._archive(kind="leaflet")

    def test_code_of_a_kind_is_for_ever(self):
        kind = self.env.ref("ged_archive.ged_kind_invoice")
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            kind.code = "bill"

    def test_empty_file_is_refused(self):
        for content in (b"", None, "text"):
            with self.assertRaisesRegex(UserError, "F/2026/0001"):
                self._archive(content=content)

    def test_caller_cannot_choose_evidence(self):
        with self.assertRaisesRegex(ValueError, "sha256"):
            self._archive(sha256="0" * 64)
        with self.assertRaises(ValueError):
            self._archive(name="")

    def test_large_images_keep_their_bytes(self):
        """The host shrinks large images when it stores them."""
        import io

        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (2400, 2400), (200, 10, 10)).save(buffer, "PNG")
        document = self._archive(filename="plan.png", content=buffer.getvalue())
        self.assertEqual(document.mimetype, "image/png")
        self.assertEqual(document._get_content(), buffer.getvalue())

    def test_sealed_document(self):
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        document = self._archive(content=None, seal=sealed)
        self.assertEqual(document.seal_level, "B-B")
        self.assertEqual(document.seal_signer_name, "Test company seal")
        self.assertEqual(document.seal_fingerprint, sealed.fingerprint)
        self.assertEqual(
            document.sealed_at, sealed.sealed_at.replace(tzinfo=None, microsecond=0)
        )
        self.assertFalse(document.seal_note)
        (report,) = inspect_seals(document._get_content())
        self.assertTrue(report.intact and report.covers_whole_file)
        self.assertIn("B-B by Test company seal", self._verified(document))
        with self.assertRaisesRegex(ValueError, "not the sealed file"):
            self._archive(content=make_pdf("other"), seal=sealed)

    def test_seal_that_does_not_hold_is_told(self):
        """What the row says of the seal is checked against the file itself."""
        self.company.ged_seal_profile_id = self._profile()
        sealed = self.company._ged_get_sealer().seal(make_pdf("sealed"))
        unsealed = dataclasses.replace(sealed, data=make_pdf("never sealed"))
        document = self._archive(content=None, seal=unsealed)
        self.assertIn("no seal found", self._verified(document, ok=False))
        unreadable = dataclasses.replace(sealed, data=b"not a PDF at all")
        document = self._archive(content=None, seal=unreadable)
        self.assertIn("no seal found", self._verified(document, ok=False))
        broken = bytearray(sealed.data)
        broken[broken.index(b"595") + 1] ^= 1
        document = self._archive(
            content=None, seal=dataclasses.replace(sealed, data=bytes(broken))
        )
        self.assertIn("broken", self._verified(document, ok=False))

    def _verified(self, document, ok=True):
        action = document.with_user(self.reader).action_verify()
        check = self.env["ged.document.check"].browse(action["res_id"])
        self.assertEqual(check.ok, ok, check.problems)
        return check.sealed if ok else check.problems

    # ------------------------------------------------------------ nobody edits

    def test_nothing_is_written_through_the_orm(self):
        document = self._archive()
        for values in (
            {"name": "X"},
            {"sha256": "0" * 64},
            {"attachment_id": False},
            {"partner_id": self.stranger.id, "partner_name": "X"},
        ):
            with self.assertRaisesRegex(UserError, "cannot be changed"):
                document.sudo().write(values)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            document.sudo().unlink()
        with self.assertRaisesRegex(UserError, "duplicated"):
            document.sudo().copy()

    def test_nothing_enters_but_by_archiving(self):
        with self.assertRaisesRegex(UserError, "entered by hand"):
            self.Document.sudo().create({"name": "forged"})
        with self.assertRaisesRegex(UserError, "written by the archive"):
            self.env["ged.event"].sudo().create({"event_type": "verified"})
        # a caller of the RPC can send any context, but not the object that is the mark
        for mark in (True, 1, "x"):
            forged = self.Document.sudo().with_context(ged_archive_creation=mark)
            with self.assertRaises(UserError):
                forged.create({"name": "forged"})

    def test_journal_is_not_edited(self):
        event = self._archive().event_ids
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            event.sudo().write({"detail": "nothing"})
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            event.sudo().unlink()

    def test_merging_customers_moves_the_documents(self):
        document = self._archive()
        self._link()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.stranger).ids, self.stranger)
        document.invalidate_recordset()
        self.assertEqual(document.partner_id, self.stranger)
        self.assertEqual(document.partner_name, "Dupont SARL")
        self.assertFalse(self._problems())

    # -------------------------------------------------------------- hold, dates

    def test_legal_hold_needs_a_reason_and_is_journalled(self):
        document = self._archive()
        with self.assertRaisesRegex(UserError, "reason"):
            document._set_legal_hold(True, "  ")
        form = (
            self.env["ged.hold"]
            .with_user(self.manager)
            .create(
                {
                    "document_ids": [(6, 0, document.ids)],
                    "operation": "hold",
                    "reason": "tax audit",
                }
            )
        )
        form.action_confirm()
        self.assertTrue(document.legal_hold)
        self.assertEqual(document.legal_hold_reason, "tax audit")
        document._set_legal_hold(False, "audit closed")
        self.assertFalse(document.legal_hold or document.legal_hold_reason)
        self.assertEqual(
            document.event_ids.sorted("id").mapped(lambda e: (e.event_type, e.detail)),
            [("archived", False), ("hold", "tax audit"), ("released", "audit closed")],
        )

    def test_reader_cannot_place_a_hold(self):
        document = self._archive()
        with self.assertRaises(AccessError):
            self.env["ged.hold"].with_user(self.auditor).create(
                {"document_ids": [(6, 0, document.ids)], "reason": "x"}
            )

    def test_retention_is_only_extended(self):
        document = self._archive()
        document._extend_retention(date(2030, 1, 1), "shorter: nothing happens")
        self.assertEqual(document.retention_until, date(2036, 12, 31))
        document._extend_retention(date(2040, 1, 1), "lawsuit")
        self.assertEqual(document.retention_until, date(2040, 1, 1))
        document._extend_retention(False, "for ever")
        self.assertFalse(document.retention_until)
        self.assertEqual(
            document.event_ids.filtered(lambda e: e.event_type == "extended").mapped(
                "detail"
            ),
            ["for ever", "lawsuit"],
        )

    def test_visibility_is_journalled(self):
        document = self._archive()
        document._set_portal_visible(False, "reopened")
        self.assertFalse(document.portal_visible)
        self.assertEqual(document.event_ids[0].event_type, "withdrawn")

    # ------------------------------------------------------------------- verify

    def test_verify_button_tells_the_truth(self):
        document = self._archive()
        self._link()
        self.assertIn("without a seal", self._verified(document))
        self.assertEqual(document.event_ids[0].event_type, "verified")
        self.assertEqual(document.event_ids[0].user_id, self.reader)

    @mute_logger("odoo.addons.ged_archive.models.ged_document_check")
    def test_altered_file_is_told(self):
        document = self._archive()
        for found, word in ((b"%PDF something else", "altered"), (b"", "missing")):
            document.attachment_id.invalidate_recordset()
            with patch.object(
                type(self.env["ir.attachment"]),
                "_file_read",
                lambda *a, found=found: found,
            ):
                with self.assertRaisesRegex(UserError, word):
                    document._get_content()
                self.assertIn(word, self._verified(document, ok=False))
                self.assertEqual(document.event_ids[0].event_type, "failed")
                self.assertIn(word, document.event_ids[0].detail)
                (problem,) = self._problems()
                self.assertEqual(
                    (problem.code, problem.record_id), ("content", document.id)
                )

    def test_search_by_number_and_hash(self):
        document = self._archive()
        self.assertIn(
            document.id, [found for found, _n in self.Document.name_search("2026/0001")]
        )
        self.assertEqual(
            [found for found, _n in self.Document.name_search(document.sha256)],
            document.ids,
        )

    def test_origin_opens_or_says_why_not(self):
        document = self._archive(res_model="res.partner", res_id=self.customer.id)
        self.assertEqual(document.action_open_origin()["res_id"], self.customer.id)
        gone = self._archive(res_model="no.such.model", res_id=3, origin_name="N 3")
        with self.assertRaisesRegex(UserError, "N 3"):
            gone.action_open_origin()

    def test_document_without_date_gets_today(self):
        document = self._archive(document_date=False)
        self.assertEqual(document.document_date, fields.Date.context_today(document))

    def test_archived_file_in_a_message_is_refused(self):
        document = self._archive()
        with self.assertRaisesRegex(ValidationError, "attach the copy"):
            self.customer.message_post(
                body="look", attachment_ids=document.attachment_id.ids
            )
