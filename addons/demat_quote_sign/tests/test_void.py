# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..models.demat_sign_guard import committing
from .common import SignCommon


@tagged("post_install", "-at_install")
class TestVoid(SignCommon):
    """Any change of a quote that waits makes its request void, by whatever way."""

    def check_void(self, request, words="changed", shown="has changed this quote"):
        self.assertEqual(request.state, "void")
        self.assertIn(words, request.state_reason)
        self.assertEqual(self.event_types(request)[-1], "voided")
        self.assertFalse(request.document_id.portal_visible)
        with self.assertRaisesRegex(UserError, shown):
            request._check_current(request.signatory_ids[0])

    def test_changes(self):
        other = self.env["res.partner"].create({"name": "Other"})
        line = lambda order: order.order_line  # noqa: E731
        changes = {
            "price": lambda order: line(order).write({"price_unit": 43}),
            "quantity": lambda order: line(order).write({"product_uom_qty": 11}),
            "discount": lambda order: line(order).write({"discount": 5}),
            "text": lambda order: line(order).write({"name": "Autre chose"}),
            "tax": lambda order: line(order).write({"tax_ids": [Command.clear()]}),
            "deleted": lambda order: line(order).unlink(),
            "added": lambda order: self.env["sale.order.line"].create(
                {"order_id": order.id, "display_type": "line_note", "name": "Et"}
            ),
            "note": lambda order: order.write({"note": "<p>Autre</p>"}),
            "reference": lambda order: order.write({"client_order_ref": "B 2"}),
            "customer": lambda order: order.write({"partner_id": other.id}),
            "delivery": lambda order: order.write({"partner_shipping_id": other.id}),
            "validity": lambda order: order.write({"validity_date": "2030-01-01"}),
            "payment": lambda order: order.write(
                {"payment_term_id": self.pay_terms_b.id}
            ),
            "deposit": lambda order: order.write(
                {"require_payment": True, "prepayment_percent": 0.3}
            ),
        }
        for name, change in changes.items():
            with self.subTest(change=name):
                order = self.quote()
                request = self.send(order)
                change(order.with_user(self.env.user))
                self.check_void(request)
                self.assertEqual(order.demat_sign_state, "void")

    def test_same_values_do_not(self):
        order = self.quote()
        request = self.send(order)
        order.order_line.write({"price_unit": 42.0, "product_uom_qty": 10})
        order.write({"note": order.note, "origin": "internal"})
        self.assertEqual(request.state, "sent")

    def test_form(self):
        order = self.quote()
        request = self.send(order)
        with Form(order.with_user(self.seller)) as form:
            form.client_order_ref = "X"
        self.check_void(request, "changed by Seller")

    def test_import(self):
        order = self.quote()
        request = self.send(order)
        [xmlid] = order._export_rows([["id"]])[0]
        result = (
            self.env["sale.order"]
            .with_user(self.seller)
            .load(["id", "client_order_ref"], [[xmlid, "imported"]])
        )
        self.assertFalse(result["messages"])
        self.check_void(request)

    def test_address_of_the_customer(self):
        request = self.send()
        self.customer.street = "2 place du Marché"
        self.check_void(request)

    def test_contact_that_is_not_shown(self):
        request = self.send()
        self.boss.phone = "+33 6 00 00 00 00"
        self.assertEqual(request.state, "sent")

    def test_confirmed_or_cancelled(self):
        for method, words in (
            ("action_confirm", "confirmed without waiting"),
            ("_action_cancel", "was cancelled"),
        ):
            with self.subTest(method=method):
                order = self.quote()
                request = self.send(order)
                before = order.activity_ids
                getattr(order, method)()
                self.check_void(request, words, "has confirmed or cancelled")
                told = self.exchanges(request).mapped("demat_sign_kind")
                self.assertEqual(told[-1], "cancelled", "no new link is promised")
                self.assertEqual(order.activity_ids, before, "nothing is to be done")

    def test_raw_sql(self):
        """Found at display and at signature, although no code of ours ran."""
        request = self.send()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET price_unit = 1 WHERE order_id = %s",
            [request.order_id.id],
        )
        with self.assertRaisesRegex(UserError, "has changed this quote"):
            request._check_current(request.signatory_ids)
        self.assertEqual(request.state, "sent")
        self.assertEqual(request._settle(), "void")
        self.check_void(request)

    def test_mark_cannot_be_forged(self):
        """A context from outside does not keep a request alive."""
        order = self.quote()
        request = self.send(order)
        order.with_context(demat_sign_commit=True).write({"client_order_ref": "Y"})
        self.check_void(request)

    def test_mark_of_the_signature(self):
        order = self.quote()
        request = self.send(order)
        committing(order).write({"client_order_ref": "Y"})
        self.assertEqual(request.state, "sent")

    def test_signatories_and_seller_are_told(self):
        request = self.send(people=[("Bob", "bob@accord.example")])
        self.dispatch(request)
        request.order_id.client_order_ref = "Z"
        mails = self.dispatch(request)
        self.assertEqual(
            sorted(mail["email_to"][0] for mail in mails),
            ["bob@accord.example", "client@accord.example"],
        )
        self.assertIn("was changed", mails[0]["subject"])
        self.assertNotIn("/my/sign/", mails[0]["body"])
        self.assertEqual(request.order_id.activity_ids.user_id, self.seller)

    def test_who_was_not_invited_is_not_told(self):
        request = self.send(people=[("Bob", "bob@accord.example")], in_order=True)
        request.order_id.client_order_ref = "Z"
        told = self.exchanges(request).filtered(
            lambda row: row.demat_sign_kind == "void"
        )
        self.assertEqual(told.recipients, "client@accord.example")

    def test_new_request_is_the_successor(self):
        order = self.quote()
        first = self.send(order)
        order.client_order_ref = "2"
        self.wizard(order).action_send()
        second = order.sudo().demat_sign_request_ids - first
        self.assertEqual(second.state, "sent")
        self.assertEqual(second.document_id.predecessor_id, first.document_id)
        self.assertEqual(order.demat_sign_state, "sent")

    def test_order_is_kept(self):
        order = self.quote()
        self.send(order)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            order.unlink()

    def test_line_moves_away(self):
        order, other = self.quote(), self.quote()
        request = self.send(order)
        order.order_line.copy({"order_id": order.id})
        self.check_void(request)
        self.assertFalse(other.demat_sign_state)
