# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.demat_sign_options import MOST_VERSIONS
from .common import SignCommon


@tagged("post_install", "-at_install")
class TestOptions(SignCommon):
    """The customer chooses quantities of options; all the rest is the server's."""

    def setUp(self):
        super().setUp()
        self.order = self.quote()
        self.order.order_line = [
            self.optional_section(),
            Command.create(
                {
                    "product_id": self.product_b.id,
                    "name": "Plinthes",
                    "product_uom_qty": 0,
                    # typed by hand: the product has another price
                    "price_unit": 8.0,
                    "technical_price_unit": 200.0,
                    "sequence": 51,
                }
            ),
        ]
        self.option = self.order.order_line[-1]
        self.request = self.send(self.order)
        self.signatory = self.request.signatory_ids

    def test_offered(self):
        self.assertTrue(self.request.choose_options)
        self.assertEqual(self.request._option_lines(), self.option)
        self.assertTrue(self.request._options_are_open())

    def test_quantities_are_shown_as_they_are(self):
        """All digits, no other, with the comma of the reader; what was not touched is
        no change."""
        for code in ("en_US", "fr_FR"):
            self.env["res.lang"]._activate_lang(code)
        french = self.request.with_context(lang="fr_FR")
        for quantity, text in (
            (12345.67, "12345,67"),
            (99999.5, "99999,5"),
            (1234567, "1234567"),
            (100, "100"),
            (0, "0"),
        ):
            self.assertEqual(french._quantity_text(quantity), text)
        english = self.request.with_context(lang="en_US")
        self.assertEqual(english._quantity_text(12345.67), "12345.67")
        self.request._choose_options(self.signatory, {self.option.id: "12345.67"})
        event = self.request.event_ids.filtered(lambda one: one.type == "option_chosen")
        self.assertEqual(event.detail, "Plinthes: 12345.67")
        self.assertEqual(self.option.product_uom_qty, 12345.67)
        given = french._quantity_text(self.option.product_uom_qty).replace(",", ".")
        self.assertFalse(
            self.request._choose_options(self.signatory, {self.option.id: given})
        )

    def test_code_when_the_options_pass_the_threshold(self):
        company = self.company
        company.demat_sign_code_threshold = self.order.amount_total + 20
        company.demat_sign_code = "threshold"
        self.request._choose_options(self.signatory, {self.option.id: 1})
        self.assertFalse(self.request.require_code, "still under it")
        self.request._choose_options(self.signatory, {self.option.id: 5})
        self.assertTrue(self.request.require_code)
        self.request._choose_options(self.signatory, {self.option.id: 1})
        self.assertTrue(self.request.require_code, "once asked for, it stays")

    def test_sender_who_wants_no_code_keeps_that(self):
        self.company.demat_sign_code = "always"
        self.request._choose_options(self.signatory, {self.option.id: 5})
        self.assertFalse(self.request.require_code)

    def test_chosen(self):
        first = self.request.document_id
        total = self.request.amount_total
        changed = self.request._choose_options(self.signatory, {self.option.id: 5})
        self.assertTrue(changed)
        self.assertEqual(self.option.product_uom_qty, 5)
        self.assertEqual(self.option.price_unit, 8.0)
        self.assertGreater(self.request.amount_total, total)
        self.assertEqual(self.request.amount_total, self.order.amount_total)
        document = self.request.document_id
        self.assertEqual(document.predecessor_id, first)
        self.assertEqual(self.request.frozen_sha256, document.sha256)
        self.assertFalse(first.portal_visible)
        self.assertTrue(document.portal_visible)
        self.assertEqual(self.request.state, "sent")
        self.request._check_current(self.signatory)
        self.assertEqual(
            self.event_types(self.request)[-2:], ["option_chosen", "frozen"]
        )

    def test_same_choice_makes_no_file(self):
        document = self.request.document_id
        self.assertFalse(
            self.request._choose_options(self.signatory, {self.option.id: 0})
        )
        self.assertEqual(self.request.document_id, document)

    def test_forged(self):
        fixed = self.order.order_line[0]
        foreign = self.quote().order_line
        for quantities, words in (
            ({fixed.id: 0}, "not an option"),
            ({foreign.id: 1}, "not an option"),
            ({self.option.id: -1}, "not a quantity"),
            ({self.option.id: float("nan")}, "not a quantity"),
            ({self.option.id: "1e9"}, "not a quantity"),
            ({self.option.id: "abc"}, "not a quantity"),
            ({self.option.id: [1]}, "not a quantity"),
        ):
            with (
                self.subTest(quantities=quantities),
                self.assertRaisesRegex(UserError, words),
            ):
                self.request._choose_options(self.signatory, quantities)
        self.assertEqual(fixed.product_uom_qty, 10)

    def test_not_without_end(self):
        """Each choice makes a file that is kept for years."""
        for _number in range(MOST_VERSIONS - 1):
            self.request._record_event("frozen", detail="SHA-256 …")
        document = self.request.document_id
        with self.assertRaisesRegex(UserError, "ask Bâti Test SARL to change them"):
            self.request._choose_options(self.signatory, {self.option.id: 1})
        self.assertEqual(self.option.product_uom_qty, 0)
        self.assertEqual(self.request.document_id, document)
        # what is chosen already can be confirmed, and the quote signed
        self.assertFalse(
            self.request._choose_options(self.signatory, {self.option.id: 0})
        )

    def test_option_without_words(self):
        self.request.with_user(self.seller).action_cancel()
        self.option.name = ""
        request = self.send(self.order)
        request._choose_options(request.signatory_ids, {self.option.id: 2})
        [chosen] = request.event_ids.filtered(lambda one: one.type == "option_chosen")
        self.assertEqual(chosen.detail, f"{self.product_b.display_name}: 2")

    def test_not_after_a_signature(self):
        self.request.with_user(self.seller).action_cancel()
        self.wizard(self.order, people=[("Bob", "bob@accord.example")]).action_send()
        request = self.order.sudo().demat_sign_request_ids[0]
        self.mark_signed(request.signatory_ids[0])
        with self.assertRaisesRegex(UserError, "cannot be chosen any more"):
            request._choose_options(request.signatory_ids[1], {self.option.id: 1})

    def test_host_page_changes_nothing(self):
        self.assertFalse(self.order._can_be_edited_on_portal())
        self.assertFalse(self.option._can_be_edited_on_portal())
        self.request.with_user(self.seller).action_cancel()
        self.assertTrue(self.option._can_be_edited_on_portal())

    def test_price_that_follows_from_the_quantity(self):
        """The host computes it while flushing, which is no change by somebody else."""
        self.option.technical_price_unit = self.option.price_unit
        self.request._freeze()
        self.request._choose_options(self.signatory, {self.option.id: 2})
        self.assertEqual(self.request.state, "sent")
        self.assertNotIn("voided", self.event_types(self.request))
        self.assertEqual(self.request._settle(), "sent")
