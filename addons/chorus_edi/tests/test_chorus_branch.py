# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common_flow import ChorusFlowCommon

#: An establishment of the firm of the tests (same SIREN).
SIRET = "33417522100020"


@tagged("post_install", "-at_install")
class TestChorusBranch(ChorusFlowCommon):
    """A branch without an account deposits by that of its company.

    Chorus Pro knows that account's structure: its SIRET is the seller's, whatever the
    establishment.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create(
            {
                "name": "Bâti Test, agence de Vienne",
                "parent_id": cls.company.id,
                "company_registry": SIRET,
                "street": "3 quai du Rhône",
                "zip": "38200",
                "city": "Vienne",
                "country_id": cls.env.ref("base.fr").id,
                "email": "vienne@batitest.example",
                "phone": "+33 4 00 00 00 01",
                "vat": cls.company.vat,
                "demat_invoicing": True,
            }
        )
        cls.branch.ged_seal_profile_id = cls._make_profile(cls.branch)
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.branch.partner_id.id,
                "allow_out_payment": True,
            }
        )
        for user in (cls.env.user, cls.clerk):
            user.company_ids |= cls.branch

    def test_deposit_and_follow(self):
        branch = self.branch
        own = self._send_public()
        move = self._invoice(
            self.town.with_company(branch),
            company_id=branch.id,
            invoice_date="2026-11-02",
        )
        self.assertEqual(move.company_id, branch)
        companies = (self.company | branch).ids
        self._send(move.with_context(allowed_company_ids=companies))
        exchange = self._out(move)
        self.assertEqual(exchange.company_id, branch)
        self._integrate(own | move)
        self.assertEqual(exchange.state, "done")
        self.assertEqual(move.chorus_state, "with_recipient")
        flows = self._out(own | move).chorus_flow_id
        self.assertEqual(
            {flow.company_id for flow in flows}, {branch, self.company}, "one for each"
        )
        self.assertEqual(move.chorus_invoice_ids.company_id, branch)
        self.assertEqual(exchange.chorus_flow_id.document_id.company_id, branch)
        # what the platform read in the file
        self.assertEqual(self.chorus.invoice(move.name)["supplier"], self.siret)
