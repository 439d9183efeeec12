# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The signature itself: what it needs, what it leaves in file, archive and order."""

import base64
import io
import re
from unittest.mock import patch

from PIL import Image, ImageDraw

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ged_archive.lib.hashing import sha256
from odoo.addons.ged_archive.lib.sign_fields import signed_fields
from odoo.addons.ged_archive.lib.verify import inspect_seals

from .common import SignCommon


def drawing():
    """A signature as the pad of a telephone draws it: PNG, transparent."""
    image = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).line(
        [(20, 150), (120, 30), (180, 160), (260, 60), (400, 120), (580, 90)],
        fill=(10, 30, 120, 255),
        width=6,
    )
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


class ResultCommon(SignCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal()

    def sign(self, request, signatory, **values):
        request._sign(
            signatory,
            **{
                "image": drawing(),
                "method": "draw",
                "ip": "192.0.2.7",
                "agent": "Mozilla/5.0 (test)",
                "shown_sha256": request.frozen_sha256,
                **values,
            },
        )


RESULT_LOG = "odoo.addons.demat_quote_sign.models.demat_sign_result"


@tagged("-at_install", "post_install")
class TestSign(ResultCommon):
    def test_one_signatory(self):
        order = self.quote()
        request = self.send(order)
        frozen = request.document_id._get_content()
        self.sign(request, request.signatory_ids)
        self.assertEqual(request.state, "signed")
        self.assertEqual(order.state, "sale")
        signed = request.signed_document_id._get_content()
        self.assertTrue(signed.startswith(frozen))
        self.assertEqual(sha256(frozen), request.frozen_sha256)
        reports = inspect_seals(signed)
        self.assertEqual([one.field for one in reports], ["Seal", "Signatory1"])
        self.assertEqual([one.ok for one in reports], [True, True])
        self.assertEqual(request.signed_document_id.predecessor_id, request.document_id)
        self.assertEqual(request.signed_document_id.kind_code, "quote_signed")
        self.assertTrue(request.signed_document_id.portal_visible)
        self.assertFalse(request.document_id.portal_visible)
        self.assertFalse(request.signed_document_id._seal_problem())

    def test_what_is_kept_of_the_signatory(self):
        request = self.send()
        signatory = request.signatory_ids
        self.sign(request, signatory)
        self.assertEqual(signatory.state, "signed")
        self.assertEqual(
            (signatory.ip, signatory.agent, signatory.method, signatory.shown_sha256),
            ("192.0.2.7", "Mozilla/5.0 (test)", "draw", request.frozen_sha256),
        )
        picture = base64.b64decode(
            signatory.with_context(bin_size=False).signature_image
        )
        self.assertEqual(Image.open(io.BytesIO(picture)).mode, "RGB")
        self.assertNotEqual(picture, drawing())
        event = request.event_ids.filtered(lambda one: one.type == "signed")
        self.assertEqual((event.signatory_id, event.ip), (signatory, "192.0.2.7"))
        self.assertIn(request.frozen_sha256, event.detail)
        self.assertIn(request.signed_document_id.sha256, event.detail)
        self.assertFalse(self.env["demat.sign.event"]._verify(request))

    def test_two_one_after_the_other(self):
        order = self.quote()
        request = self.send(
            order, people=[("Bruno Second", "bruno@accord.example")], in_order=True
        )
        first, second = request.signatory_ids
        with self.assertRaisesRegex(UserError, "Another person signs before you"):
            self.sign(request, second)
        self.sign(request, first)
        self.assertEqual((request.state, order.state), ("sent", "sent"))
        partial = request.signed_document_id
        self.assertFalse(partial.portal_visible)
        self.assertFalse(request.evidence_document_id)
        self.assertEqual(second.state, "invited")
        self.sign(request, second)
        final = request.signed_document_id
        self.assertEqual(request.state, "signed")
        self.assertEqual(final.predecessor_id, partial)
        self.assertEqual((final.version, final.portal_visible), (3, True))
        self.assertTrue(final._get_content().startswith(partial._get_content()))
        self.assertEqual(
            [one.field for one in inspect_seals(final._get_content())],
            ["Seal", "Signatory1", "Signatory2"],
        )
        self.assertEqual(order.signed_by, f"{first.name}, {second.name}")

    def test_side_by_side_in_any_order(self):
        request = self.send(people=[("Bruno Second", "bruno@accord.example")])
        first, second = request.signatory_ids
        self.sign(request, second)
        self.sign(request, first)
        content = request.signed_document_id._get_content()
        self.assertEqual(
            [one.field for one in inspect_seals(content)],
            ["Seal", "Signatory2", "Signatory1"],
        )
        self.assertTrue(all(one.ok for one in inspect_seals(content)))

    def test_typed(self):
        request = self.send()
        self.sign(request, request.signatory_ids, image=None, method="type")
        self.assertEqual(request.state, "signed")
        self.assertTrue(request.signatory_ids.signature_image)

    def test_company_without_a_seal(self):
        self.company.ged_seal_profile_id = False
        request = self.send(people=[("Bruno Second", "bruno@accord.example")])
        for signatory in request.signatory_ids:
            self.sign(request, signatory)
        content = request.signed_document_id._get_content()
        self.assertEqual(inspect_seals(content), [])
        self.assertEqual(signed_fields(content), {})
        self.assertEqual(request.signed_document_id.seal_level, "none")
        self.assertTrue(request.evidence_document_id)
        self.assertTrue(content.startswith(request.document_id._get_content()))


@tagged("-at_install", "post_install")
class TestRefused(ResultCommon):
    """Nothing is signed, and nothing is left of the attempt."""

    def refused(self, request, words, signatory=None, **values):
        signatory = signatory or request.signatory_ids
        with (
            self.assertRaisesRegex(UserError, re.escape(words)),
            self.env.cr.savepoint(),
        ):
            self.sign(request, signatory, **values)
        self.env.invalidate_all()
        self.assertNotEqual(signatory.state, "signed")
        self.assertFalse(request.signed_document_id)
        self.assertNotIn("signed", self.event_types(request))

    def test_other_document_shown(self):
        request = self.send()
        for shown in ("0" * 64, "", None, request.frozen_sha256.upper()):
            self.refused(
                request, "is not the one that is to be signed", shown_sha256=shown
            )

    def test_no_way_to_sign(self):
        request = self.send()
        for method in ("", None, "svg", "DRAW"):
            self.refused(request, "Draw, type or upload", method=method)

    def test_pictures(self):
        request = self.send()
        blank = io.BytesIO()
        Image.new("RGBA", (600, 200)).save(blank, "PNG")
        big = io.BytesIO()
        Image.new("1", (10_000, 5_000)).save(big, "PNG")
        for image, words in (
            (b"", "The signature is missing"),
            (None, "The signature is missing"),
            (b"<svg onload='alert(1)'/>", "SVG pictures are not accepted"),
            (b"GIF89a....", "must be a PNG or JPEG"),
            (blank.getvalue(), "The signature is empty"),
            (big.getvalue(), "more than 4 million pixels"),
            (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), "larger than 2 MB"),
        ):
            self.refused(request, words, image=image, method="upload")

    def test_terms_not_accepted(self):
        terms = self.env["demat.sign.terms"].create(
            {"name": "CGV", "body": "<p>30 jours</p>", "company_id": self.company.id}
        )
        self.company.demat_sign_terms_id = terms
        request = self.send()
        self.assertEqual(request.terms_id, terms)
        self.refused(request, "Accept the general terms first")
        request.signatory_ids.terms_accepted_at = self.env.cr.now()
        self.sign(request, request.signatory_ids)
        self.assertEqual(request.state, "signed")

    def test_code_not_entered(self):
        self.company.demat_sign_code = "always"
        request = self.send()
        self.refused(request, "Confirm your address with the code first")
        request.signatory_ids.code_accepted_at = self.env.cr.now()
        self.sign(request, request.signatory_ids)
        self.assertEqual(request.state, "signed")

    def test_words_of_approval(self):
        self.company.demat_sign_bon_pour_accord = True
        request = self.send()
        for typed in (None, "", "bon pour", "d’accord", "<b>"):
            self.refused(request, "to sign", approval=typed)
        self.sign(request, request.signatory_ids, approval=" bon  pour ACCORD. ")
        self.assertEqual(request.signatory_ids.typed_approval, "bon  pour ACCORD.")

    def test_signs_once(self):
        request = self.send(people=[("Bruno Second", "bruno@accord.example")])
        first = request.signatory_ids[0]
        self.sign(request, first)
        document = request.signed_document_id
        with self.assertRaisesRegex(UserError, "You have signed this quote already"):
            self.sign(request, first)
        self.assertEqual(request.signed_document_id, document)

    def test_signatory_of_another_quote(self):
        request, other = self.send(), self.send()
        with self.assertRaisesRegex(UserError, "belongs to another quote"):
            self.sign(request, other.signatory_ids)
        self.assertEqual(other.signatory_ids.state, "invited")

    def test_changed_behind_the_orm(self):
        request = self.send()
        self.env.cr.execute(
            "UPDATE sale_order_line SET name = 'autre' WHERE order_id = %s",
            [request.order_id.id],
        )
        self.env.invalidate_all()
        self.refused(request, "has changed this quote since")

    def test_over(self):
        request = self.send()
        request.expires_on = "2020-01-01"
        self.refused(request, "The time to sign this quote is over")

    def test_closed(self):
        for state in ("cancelled", "void", "declined", "expired"):
            request = self.send()
            request._move_to(state)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.sign(request, request.signatory_ids)
            self.assertFalse(request.signed_document_id)

    @mute_logger(RESULT_LOG)
    def test_archive_holds_other_bytes(self):
        request = self.send()
        with patch.object(
            type(request.document_id),
            "_read_stored",
            lambda document: b"%PDF-1.7 other %%EOF",
        ):
            self.refused(request, "cannot be signed at this moment")

    @mute_logger(RESULT_LOG)
    def test_seal_taken_away(self):
        request = self.send()
        self.company.ged_seal_profile_id = False
        self.refused(request, "cannot be signed at this moment")

    def test_somebody_else_is_at_work(self):
        """A row that cannot be had is told; tests/test_quote_load.py has real tabs."""
        request = self.send()
        both = request + request.browse(request.id + 1_000_000)
        words = f"{request.name} is being signed or changed at this moment"
        with self.assertRaisesRegex(UserError, words):
            both._lock()


@tagged("-at_install", "post_install")
class TestEvidence(ResultCommon):
    def signed(self, **values):
        terms = self.env["demat.sign.terms"].create(
            {
                "name": "CGV",
                "body": "<p>Délai : 30 jours</p>",
                "company_id": self.company.id,
            }
        )
        self.company.demat_sign_terms_id = terms
        request = self.send(**values)
        request.signatory_ids.terms_accepted_at = self.env.cr.now()
        for signatory in request.signatory_ids:
            self.sign(request, signatory)
        return request

    def test_filed(self):
        request = self.signed()
        evidence = request.evidence_document_id
        self.assertEqual(evidence.kind_code, "evidence")
        self.assertEqual(evidence.subject_id, request.signed_document_id)
        self.assertEqual(evidence.res_id, request.order_id.id)
        self.assertEqual(evidence.partner_id, self.customer)
        self.assertTrue(evidence.portal_visible)
        self.assertFalse(evidence._seal_problem())
        self.assertTrue(inspect_seals(evidence._get_content())[0].ok)

    def test_files_in_the_chatter(self):
        request = self.signed()
        messages = request.order_id.message_ids.filtered("attachment_ids")
        names = messages.attachment_ids.mapped("name")
        self.assertIn(request.signed_document_id.filename, names)
        self.assertIn(request.evidence_document_id.filename, names)

    def test_once(self):
        request = self.signed()
        evidence = request.evidence_document_id
        request._finish()
        self.assertEqual(request.evidence_document_id, evidence)
