# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Deposits, validity, files printed with the quote: what changes beside its lines."""

import base64
import io
from datetime import timedelta
from types import SimpleNamespace

import pikepdf

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.ged_archive.lib.verify import inspect_seals

from ..models.demat_sign_guard import committing
from .common import SignCommon
from .test_result import ResultCommon


def paper(word, field=None):
    """A PDF of one page that shows ``word``, with a text field of the name ``field``.

    The field sits in a form of its own, as a word processor makes it.
    """
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    page = document.pages[0]
    font = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
        )
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = document.make_stream(
        f"BT /F1 12 Tf 72 720 Td ({word}) Tj ET".encode()
    )
    if field:
        widget = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String(field),
                F=4,
                Rect=[72, 600, 300, 620],
                DA=pikepdf.String("/F1 12 Tf 0 g"),
                P=page.obj,
            )
        )
        page.Annots = pikepdf.Array([widget])
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([widget]),
            DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
            DA=pikepdf.String("/F1 12 Tf 0 g"),
        )
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


class LaterCommon(SignCommon):
    def deposit_quote(self, **values):
        return self.quote(require_payment=True, prepayment_percent=0.3, **values)

    def complete(self, request):
        """All have signed; the files are not drawn."""
        self.mark_signed(request.signatory_ids)
        self.patch(type(request), "_finish", lambda self: None)
        request._complete()

    def signed_order(self, **values):
        """An order that is signed and waits for its deposit, and its request."""
        order = self.deposit_quote(**values)
        request = self.send(order)
        self.complete(request)
        self.assertEqual((request.state, order.state), ("signed", "sent"))
        self.assertTrue(order.signature)
        return order, request

    def pay(self, order):
        """A payment of the whole amount is done; what the host does then."""
        provider = self.env["payment.provider"].sudo().search([], limit=1)
        payment = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": self.env["payment.method"]
                    .sudo()
                    .with_context(active_test=False)
                    .search([], limit=1)
                    .id,
                    "reference": f"demat {order.name}",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "state": "done",
                }
            )
        )
        self.env.invalidate_all()
        self.assertTrue(order._is_confirmation_amount_reached())
        return payment._check_amount_and_confirm_order()


@tagged("post_install", "-at_install")
class TestDeposit(LaterCommon):
    def test_not_skipped_after_the_validity(self):
        """A quote whose validity is over while it is signed still asks its deposit."""
        order = self.deposit_quote()
        request = self.send(order)
        committing(order).validity_date = fields.Date.today() - timedelta(days=2)
        self.assertTrue(order.is_expired)
        self.complete(request)
        self.assertEqual((request.state, order.state), ("signed", "sent"))

    def test_request_ends_with_the_validity(self):
        last = fields.Date.today() + timedelta(days=5)
        order = self.quote(validity_date=last)
        request = self.send(order, expires_on=last + timedelta(days=30))
        # 23:59:59 in Paris is 21:59:59 or 22:59:59 UTC
        self.assertEqual(request.expires_on.date(), last)
        self.assertIn(
            request._until_words(), " ".join(order.message_ids.mapped("body"))
        )

    def test_request_ends_before_the_validity(self):
        day = fields.Date.today() + timedelta(days=3)
        order = self.quote(validity_date=day + timedelta(days=9))
        request = self.send(order, expires_on=day)
        self.assertEqual(request.expires_on.date(), day)

    def test_paid_as_signed(self):
        order, _request = self.signed_order()
        self.assertEqual(self.pay(order), order)
        self.assertEqual(order.state, "sale")

    def test_change_takes_the_signature_off(self):
        order, request = self.signed_order()
        order.with_user(self.seller).order_line.price_unit = 50
        self.assertEqual(
            (order.signature, order.signed_by, order.signed_on), (False, False, False)
        )
        self.assertEqual(request.state, "signed")
        [task] = order.activity_ids
        self.assertEqual(task.user_id, self.seller)
        self.assertIn("Send it for signature again", task.summary)
        said = " ".join(order.message_ids.mapped("body"))
        self.assertIn("was changed by Seller", said)
        self.assertIn(request.name, said)
        self.assertTrue(order._has_to_be_signed())

    def test_same_values_keep_it(self):
        order, _request = self.signed_order()
        order.order_line.price_unit = 42
        order.origin = "internal"
        self.assertTrue(order.signature)
        with self.assertRaisesRegex(UserError, "all have signed it"):
            self.wizard(order)

    def test_address_takes_the_signature_off(self):
        order, _request = self.signed_order()
        self.customer.street = "2 place du Marché"
        self.assertFalse(order.signature)

    def test_payment_does_not_confirm_what_was_changed(self):
        order, _request = self.signed_order()
        order.order_line.price_unit = 50
        order.activity_ids.unlink()
        self.assertFalse(self.pay(order))
        self.assertEqual(order.state, "sent")
        self.assertIn("not confirmed", str(order.activity_ids.note))

    def test_payment_before_the_signature_waits_for_it(self):
        for signature in (True, False):
            with self.subTest(require_signature=signature):
                order = self.deposit_quote(require_signature=signature)
                request = self.send(order)
                self.assertFalse(order._has_to_be_paid(), "signed first, then paid")
                self.assertFalse(self.pay(order))
                self.assertEqual((request.state, order.state), ("sent", "sent"))
                self.assertIn("waits for its signature", str(order.activity_ids.note))
                self.complete(request)
                self.assertEqual((request.state, order.state), ("signed", "sale"))

    def test_payment_finds_a_change_by_sql(self):
        order, _request = self.signed_order()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET name = 'Autre' WHERE order_id = %s", [order.id]
        )
        self.assertFalse(self.pay(order))
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.signature)

    def test_signed_again_after_the_change(self):
        """The second signature counts, and confirms what was paid meanwhile."""
        order, first = self.signed_order()
        order.order_line.price_unit = 50
        self.assertEqual(order.demat_sign_state, "void")
        self.assertTrue(order.demat_sign_may_send)
        self.wizard(order).action_send()
        second = order.sudo().demat_sign_request_ids - first
        self.pay(order)
        self.assertEqual((second.state, order.state), ("sent", "sent"))
        self.complete(second)
        self.assertEqual((second.state, order.state), ("signed", "sale"))

    def test_first_signature_does_not_judge_the_second(self):
        order, first = self.signed_order()
        order.order_line.price_unit = 50
        self.wizard(order).action_send()
        second = order.sudo().demat_sign_request_ids - first
        self.complete(second)
        order.origin = "internal"
        self.assertTrue(order.signature)

    def test_sent_again_after_set_to_quotation(self):
        for steps in (("action_draft",), ("_action_cancel", "action_draft")):
            with self.subTest(steps=steps):
                order, first = self.signed_order()
                self.assertEqual(order.demat_sign_state, "signed")
                self.assertFalse(order.demat_sign_may_send)
                for step in steps:
                    getattr(order, step)()
                self.assertEqual(order.state, "draft")
                self.assertEqual(order.demat_sign_state, "void")
                self.assertTrue(order.demat_sign_may_send)
                self.wizard(order).action_send()
                second = order.sudo().demat_sign_request_ids - first
                self.assertEqual(second.state, "sent")


@tagged("post_install", "-at_install")
class TestFacts(LaterCommon):
    def check_void_when(self, request, change):
        change()
        self.assertEqual(request._settle(), "void")

    def test_company(self):
        for change in (
            {"report_footer": "<p>Other</p>"},
            {"street": "3 rue Neuve"},
            {"vat": "FR23334175221"},
        ):
            with self.subTest(change=change):
                request = self.send()
                self.check_void_when(request, lambda it=change: self.company.write(it))

    def test_unit_of_the_product(self):
        request = self.send()
        self.env.flush_all()
        self.check_void_when(
            request,
            lambda: (
                self.env.cr.execute(
                    "UPDATE product_template SET uom_id = %s WHERE id = %s",
                    [
                        self.env.ref("uom.product_uom_dozen").id,
                        self.product_a.product_tmpl_id.id,
                    ],
                )
                or self.env.invalidate_all()
            ),
        )

    def test_shipping(self):
        """What ``sale_stock`` and ``delivery`` print; each may not be there."""
        order = self.quote()
        facts = type(order)._demat_sign_shipping_facts
        # without it, quotes keep the digest that they were sent with
        self.assertEqual(facts(order), {})
        terms = self.env["account.incoterms"].create({"name": "X", "code": "ZZZ"})
        carrier = SimpleNamespace(carrier_description="Unloaded by crane")
        known = {"incoterm": terms, "incoterm_location": False, "carrier_id": carrier}
        for names, expected in (
            (["incoterm", "incoterm_location"], {"incoterm": ["ZZZ", None]}),
            (["carrier_id"], {"shipping": "Unloaded by crane"}),
        ):
            fields_there = {name: known[name] for name in names}
            one = SimpleNamespace(_fields=fields_there, **fields_there)
            with self.subTest(names=names):
                self.assertEqual(facts(one), expected)
        one = SimpleNamespace(_fields=known, **{**known, "incoterm_location": "Lyon"})
        self.assertEqual(facts(one)["incoterm"], ["ZZZ", "Lyon"])
        carrier.carrier_description = False
        self.assertNotIn("shipping", facts(one))

    def test_incoterm(self):
        order = self.quote()
        if "incoterm" not in order._fields:
            self.skipTest("sale_stock is not installed")
        terms = self.env["account.incoterms"].create({"name": "X", "code": "ZZZ"})
        request = self.send(order)
        self.check_void_when(request, lambda: order.write({"incoterm": terms.id}))

    def test_site(self):
        request = self.send(self.quote(project_id=self.site.id))
        self.check_void_when(request, lambda: self.site.write({"name": "Autre"}))


@tagged("post_install", "-at_install")
class TestFiles(ResultCommon):
    """The files that the host's ``sale_pdf_quote_builder`` prints with the quote."""

    def setUp(self):
        super().setUp()
        if "quotation.document" not in self.env:
            self.skipTest("sale_pdf_quote_builder is not installed")
        # the host fills pages that have no field, and knows no font of the form
        self.enterContext(
            mute_logger("pypdf._writer", "pypdf.generic._appearance_stream")
        )

    def header(self, word, field=None):
        return self.env["quotation.document"].create(
            {
                "name": f"{word}.pdf",
                "datas": base64.b64encode(paper(word, field)),
                "document_type": "header",
                "company_id": self.company.id,
            }
        )

    def test_header_is_swapped(self):
        first, second = self.header("One"), self.header("Two")
        order = self.quote(quotation_document_ids=[Command.set(first.ids)])
        request = self.send(order)
        order.quotation_document_ids = second
        self.assertEqual(request.state, "void")

    def test_content_of_a_header(self):
        first = self.header("One")
        order = self.quote(quotation_document_ids=[Command.set(first.ids)])
        request = self.send(order)
        first.datas = base64.b64encode(paper("Changed"))
        self.assertEqual(request._settle(), "void")

    def test_value_of_a_form_field(self):
        order = self.quote()
        request = self.send(order)
        order.customizable_pdf_form_fields = '{"header": {"1": {}}}'
        self.assertEqual(request.state, "void")

    def test_file_of_a_product(self):
        file = self.env["product.document"].create(
            {
                "name": "sheet.pdf",
                "datas": base64.b64encode(paper("Sheet")),
                "res_model": "product.template",
                "res_id": self.product_a.product_tmpl_id.id,
                "attached_on_sale": "inside",
            }
        )
        order = self.quote()
        request = self.send(order)
        order.order_line.product_document_ids = file
        self.assertEqual(request.state, "void")

    def test_signed_with_a_form_field(self):
        header = self.header("Cover", "client_word")
        self.assertEqual(header.form_field_ids.mapped("name"), ["client_word"])
        order = self.quote(quotation_document_ids=[Command.set(header.ids)])
        request = self.send(order, people=[("Bob", "bob@accord.example")])
        for signatory in request.signatory_ids:
            self.sign(request, signatory)
        self.assertEqual((request.state, order.state), ("signed", "sale"))
        content = request.signed_document_id._get_content()
        reports = inspect_seals(content)
        self.assertEqual(
            [one.field for one in reports], ["Seal", "Signatory1", "Signatory2"]
        )
        self.assertTrue(all(one.ok for one in reports))
        with pikepdf.open(io.BytesIO(content)) as document:
            self.assertIn(b"Cover", document.pages[0].Contents.read_bytes())

    def test_unsealed_with_a_form_field(self):
        self.company.ged_seal_profile_id = False
        header = self.header("Cover", "client_word")
        order = self.quote(quotation_document_ids=[Command.set(header.ids)])
        request = self.send(order)
        self.sign(request, request.signatory_ids)
        self.assertEqual((request.state, order.state), ("signed", "sale"))
