# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A provider that signs in the name of the signatory, plugged in where it belongs."""

import base64
from dataclasses import replace

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ged_archive.lib.verify import inspect_seals
from odoo.addons.ged_archive.tests.common import PASSWORD, make_pkcs12

from .test_result import RESULT_LOG, ResultCommon

PERSON = "Claire Fontaine"


class Careless:
    """A provider that writes the document anew."""

    def __init__(self, sealer):
        self.sealer = sealer

    def countersign(self, pdf, field, *, signing_time=None):
        seal = self.sealer.countersign(pdf, field, signing_time=signing_time)
        return replace(seal, data=b"%PDF-1.7\n" + seal.data)


@tagged("-at_install", "post_install")
class TestProvider(ResultCommon):
    def setUp(self):
        super().setUp()
        profile = (
            self.env["ged.seal.profile"]
            .sudo()
            .create(
                {
                    "name": PERSON,
                    "company_id": self.company.id,
                    "pkcs12": base64.b64encode(make_pkcs12(name=PERSON)),
                    "password": PASSWORD,
                }
            )
        )
        self.sealer = profile._get_sealer()
        self.request_model = type(self.env["demat.sign.request"])

    def _plug(self, provider, level="advanced"):
        self.patch(
            self.request_model, "_external_provider", lambda self, signatory: provider
        )
        self.patch(self.request_model, "_signature_level", lambda self: level)

    def test_the_person_signs_with_a_certificate_of_her_own(self):
        self._plug(self.sealer)
        request = self.send()
        self.sign(request, request.signatory_ids)
        company, person = inspect_seals(request.signed_document_id._get_content())
        self.assertTrue(company.ok and person.ok)
        self.assertIn(PERSON, person.signer)
        self.assertNotIn(PERSON, company.signer)
        self.assertEqual(request.level, "advanced")
        self.assertEqual(request.state, "signed")

    @mute_logger(RESULT_LOG)
    def test_a_document_that_was_changed_is_refused(self):
        self._plug(Careless(self.sealer))
        request = self.send()
        with self.assertRaisesRegex(UserError, "cannot be signed at this moment"):
            self.sign(request, request.signatory_ids)
        self.assertFalse(request.signed_document_id)
