# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.ged_archive.lib import attachments, facturx, pdfa

from ..lib import packages
from .common import BOTH, ChorusCommon

RAM = "{urn:un:unece:uncefact:data:standard:"
RAM += "ReusableAggregateBusinessInformationEntity:100}"


@tagged("post_install", "-at_install")
class TestChorusInvoice(ChorusCommon):
    """The electronic invoice for Chorus Pro, and what keeps it from being made."""

    def _xml(self, move):
        """Return the tree of the XML, once it is valid by EN 16931."""
        xml = move._demat_export_xml()
        problems = facturx.check_cii(xml, schematron=True)
        errors = [p for p in problems if p.severity == "error"]
        self.assertFalse(errors, "\n".join(f"{p.rule} {p.message}" for p in errors))
        move._chorus_check_xml(xml)
        return etree.fromstring(xml)

    def _read(self, tree, *names):
        return tree.findtext(".//" + "/".join(RAM + name for name in names))

    def _codes(self, move):
        return [reason.code for reason in move._demat_document_problems().get(move, ())]

    def _produce(self, moves):
        return moves.with_context(force_report_rendering=True)._demat_produce()

    def _deposit(self, moves):
        """Seal, deposit at the simulator, and return what it says of each."""
        self.chorus.reset()  # each test numbers from one
        self.chorus.add_supplier(self.siret, self.company.name)
        produced, failures = self._produce(moves)
        self.assertFalse(failures)
        client = self.account._chorus_client()
        reports = {}
        for move, sealed in produced.items():
            name = f"{move.id}.pdf"
            flow = client.deposit_flow(name, "IN_DP_E2_CII_FACTURX", sealed.data)
            for _turn in range(6):
                report = client.flow_report(flow.number)
                if report.state in ("IN_INTEGRE", "IN_REJETE"):
                    break
            reports[move] = report
        return reports

    # -- the XML ----------------------------------------------------------------------

    def test_plain_invoice(self):
        partner = self._public("Ville à tout", BOTH)
        move = self._invoice(
            partner,
            chorus_service_id=self._service(partner, "SERVICE_DEST_TOUT").id,
            purchase_order_reference="EJ-2026-0002",
            contract_reference="M-7",
        )
        tree = self._xml(move)
        process = "BusinessProcessSpecifiedDocumentContextParameter"
        self.assertEqual(self._read(tree, process, "ID"), "A1")
        self.assertEqual(self._read(tree, "BuyerReference"), "SERVICE_DEST_TOUT")
        order = "BuyerOrderReferencedDocument"
        self.assertEqual(self._read(tree, order, "IssuerAssignedID"), "EJ-2026-0002")
        market = "ContractReferencedDocument"
        self.assertEqual(self._read(tree, market, "IssuerAssignedID"), "M-7")
        for party, siret in (
            ("SellerTradeParty", self.siret),
            ("BuyerTradeParty", BOTH),
        ):
            [node] = tree.findall(
                f".//{RAM}{party}/{RAM}SpecifiedLegalOrganization/{RAM}ID"
            )
            self.assertEqual((node.text, node.get("schemeID")), (siret, "0009"))
        means = "SpecifiedTradeSettlementPaymentMeans"
        self.assertEqual(self._read(tree, means, "TypeCode"), "42")
        self.assertEqual(
            self._read(tree, means, "PayeePartyCreditorFinancialAccount", "IBANID"),
            "FR7630006000011234567890189",
        )
        self.assertEqual(self._read(tree, "ApplicableTradeTax", "DueDateTypeCode"), "5")
        self.assertIsNone(tree.find(f".//{RAM}GrossPriceProductTradePrice"))
        self.account.siret_scheme = "0002"
        tree = self._xml(move)
        [node] = tree.findall(
            f".//{RAM}BuyerTradeParty/{RAM}SpecifiedLegalOrganization/{RAM}ID"
        )
        self.assertEqual(node.get("schemeID"), "0002")

    def test_nothing_stands_for_an_engagement(self):
        """The host writes another number where there is no engagement."""
        self.town.ref = "C0012"
        tree = self._xml(self._invoice(self.town, ref="their ref"))
        for name in (
            "BuyerReference",
            "BuyerOrderReferencedDocument",
            "ContractReferencedDocument",
        ):
            self.assertIsNone(tree.find(f".//{RAM}{name}"), name)

    def test_other_customers_are_left_alone(self):
        tree = etree.fromstring(self._invoice(self.customer)._demat_export_xml())
        self.assertIsNone(
            tree.find(f".//{RAM}BusinessProcessSpecifiedDocumentContextParameter")
        )
        self.assertIsNotNone(tree.find(f".//{RAM}GrossPriceProductTradePrice"))

    def test_tax_due_at_the_payment(self):
        transition = self.company_data["default_account_tax_sale"].copy(
            {"reconcile": True}
        )
        tax = self.company_data["default_tax_sale"].copy(
            {
                "name": "TVA encaissements",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        move = self._invoice(self.town, post=False)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        tree = self._xml(move)
        code = self._read(tree, "ApplicableTradeTax", "DueDateTypeCode")
        self.assertEqual(code, "72")

    def test_every_kind_is_taken_in(self):
        """Invoice, credit note, corrected, paid, subcontractor, co-contractor: valid by
        EN 16931, and integrated by the platform.
        """
        plain = self._invoice(self.town)
        credited = self._invoice(self.town)
        refund = credited._reverse_moves(
            [{"invoice_date": credited.invoice_date}], cancel=False
        )
        refund.action_post()
        corrected = self._invoice(self.town, chorus_corrects_id=plain.id)
        paid = self._invoice(self.town)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        validator = {"chorus_validator_id": self.town.chorus_structure_id.id}
        sub = self._invoice(self.town, chorus_cadre="A9", **validator)
        shared = self._invoice(self.town, chorus_cadre="A12", **validator)
        wanted = {
            plain: ("380", "A1"),
            refund: ("381", "A1"),
            corrected: ("384", "A1"),
            paid: ("380", "A2"),
            sub: ("380", "A9"),
            shared: ("380", "A12"),
        }
        process = "BusinessProcessSpecifiedDocumentContextParameter"
        for move, (kind, cadre) in wanted.items():
            self.assertFalse(self._codes(move))
            tree = self._xml(move)
            self.assertEqual(tree.findtext(f".//{RAM}TypeCode"), kind)
            self.assertEqual(self._read(tree, process, "ID"), cadre)
            origin = self._read(tree, "InvoiceReferencedDocument", "IssuerAssignedID")
            named = {refund: credited.name, corrected: plain.name}
            self.assertEqual(origin, named.get(move))
            means = tree.find(f".//{RAM}SpecifiedTradeSettlementPaymentMeans")
            self.assertEqual(means is None, move == refund)
        due = self._read(self._xml(paid), "DuePayableAmount")
        self.assertEqual(due, "0.00")
        [note] = [
            node.text
            for node in self._xml(sub).iter(RAM + "Content")
            if "Valideur" in (node.text or "")
        ]
        self.assertIn(self.town.chorus_structure_id.siret, note)
        moves = self.env["account.move"].union(*wanted)
        for move, report in self._deposit(moves).items():
            self.assertEqual(report.state, "IN_INTEGRE", (wanted[move], report))

    def test_down_payment_and_final_invoice(self):
        product = self.env["product.product"].create(
            {"name": "Pose", "type": "service", "invoice_policy": "order"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.town.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": 100,
                            "tax_ids": self.company_data["default_tax_sale"].ids,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids, active_id=order.id
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        first = order.invoice_ids
        first.invoice_date = "2026-11-02"
        first.action_post()
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        final = order.invoice_ids - first
        final.invoice_date = "2026-11-03"
        final.action_post()
        self.assertEqual(self._xml(first).findtext(f".//{RAM}TypeCode"), "386")
        tree = self._xml(final)
        self.assertEqual(tree.findtext(f".//{RAM}TypeCode"), "380")
        self.assertEqual(
            self._read(tree, "InvoiceReferencedDocument", "IssuerAssignedID"),
            first.name,
        )
        for report in self._deposit(first + final).values():
            self.assertEqual(report.state, "IN_INTEGRE", report)

    # -- complementary documents ------------------------------------------------------

    def _file(self, name="bon.pdf", content=b"x" * 200, user=None):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.env.user)
            .create({"name": name, "raw": content})
        )

    def test_documents_travel_in_the_pdf(self):
        move = self._invoice(self.town, chorus_attachment_ids=self._file().ids)
        # another clerk reads them with the invoice
        self.assertEqual(
            move.with_user(self.clerk).chorus_attachment_ids.name, "bon.pdf"
        )
        produced, failures = self._produce(move)
        self.assertFalse(failures)
        with pdfa.open_pdf(produced[move].data) as document:
            names = set(attachments.embedded_files(document))
        self.assertEqual(names, {"factur-x.xml", "bon.pdf"})
        self.assertTrue(facturx.extract(produced[move].data))

    def test_documents_that_are_refused(self):
        bad = [
            self._file("sans_extension"),
            self._file("programme.exe"),
            self._file("n" * 60 + ".pdf"),
            self._file("vide.pdf", b""),
            self._file("Factur-X.xml"),
        ]
        for file in bad:
            move = self._invoice(self.town, chorus_attachment_ids=file.ids)
            self.assertEqual(self._codes(move), ["chorus_attachment"], file.name)

    def test_documents_that_make_the_file_too_large(self):
        files = self._file() | self._file("autre.pdf")
        move = self._invoice(self.town, chorus_attachment_ids=files.ids)
        for limit, codes in ((400, ["chorus_attachment"]), (500, [])):
            with patch.object(packages, "MAX_FILE_BYTES", limit):
                self.assertEqual(self._codes(move), codes)

    def test_nobody_embeds_what_he_may_not_read(self):
        secret = self._file("secret.pdf")
        move = self._invoice(self.town, post=False)
        with self.assertRaises(AccessError):
            move.with_user(self.clerk).write(
                {"chorus_attachment_ids": [Command.link(secret.id)]}
            )
        own = self._file("own.pdf", user=self.clerk)
        move.with_user(self.clerk).write(
            {"chorus_attachment_ids": [Command.link(own.id)]}
        )
        self.assertEqual(own.res_id, move.id)

    def test_what_was_sent_is_fixed(self):
        move = self._invoice(self.town, purchase_order_reference="E1")
        self._force_state(move, "sent")
        for name, value in (
            ("purchase_order_reference", "E2"),
            ("buyer_reference", "S"),
            ("chorus_cadre", "A9"),
            ("chorus_attachment_ids", [Command.create({"name": "a.pdf"})]),
        ):
            with self.assertRaises(UserError, msg=name):
                move.write({name: value})
