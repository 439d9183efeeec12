# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The signature itself: what it needs, what it leaves in file, archive and order."""

import io

from PIL import Image, ImageDraw

from odoo.tests import tagged

from odoo.addons.ged_archive.lib.hashing import sha256
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
        self.assertTrue(request.signed_document_id.portal_visible)
        self.assertFalse(request.document_id.portal_visible)
        self.assertFalse(request.signed_document_id._seal_problem())
        evidence = request.evidence_document_id
        self.assertEqual(evidence.kind_code, "evidence")
        self.assertEqual(evidence.subject_id, request.signed_document_id)
        self.assertFalse(evidence._seal_problem())
        import os

        if os.environ.get("DEMAT_KEEP"):
            for name, data in (
                ("frozen", frozen),
                ("signed", signed),
                ("evidence", evidence._get_content()),
            ):
                with open(f"{os.environ['DEMAT_KEEP']}/{name}.pdf", "wb") as file:
                    file.write(data)
