# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .ceremony import CeremonyCase


@tagged("post_install", "-at_install")
class TestVariantAttacks(CeremonyCase):
    """Who wants two variants, none, another quantity or another price."""

    def setUp(self):
        super().setUp()
        # requests draw for real too, as the tests outside of them do
        requests = type(self.env["demat.sign.request"])
        draw = requests._draw
        self.patch(
            requests,
            "_draw",
            lambda deal: draw(deal.with_context(force_report_rendering=True)),
        )

    def make_quote(self):
        order = self.quote_with_variants()
        self.section, *lines = order.order_line[1:]
        self.standard, self.oak, self.composite = lines
        return order

    def choose(self, value, **data):
        return self.post("options", **{f"variant_{self.section.id}": value, **data})

    def assertTaken(self, line):  # noqa: N802 - as its siblings
        self.env.invalidate_all()
        lines = self.standard | self.oak | self.composite
        self.assertEqual(
            lines.mapped("product_uom_qty"), [40 if one == line else 0 for one in lines]
        )
        self.assertEqual(lines.mapped("price_unit"), [45, 60, 52])

    def test_chosen(self):
        page = self.read_quote().text
        self.assertEqual(page.count('type="radio"'), 3)
        self.assertEqual(page.count('checked="checked"'), 1)
        self.assertIn("<fieldset", page)
        total = self.deal.amount_total
        answer = self.choose(self.oak.id)
        self.assertTaken(self.oak)
        self.assertIn("/read", answer.text)
        self.assertNotIn(f"{total:,.2f}", answer.text)
        self.assertGreater(self.deal.amount_total, total)
        self.confirm()
        self.sign()
        self.assertSigned()
        self.assertTaken(self.oak)

    def test_forged(self):
        foreign = self.quote_with_variants().order_line[2]
        fixed = self.deal.order_id.order_line[0]
        self.env.flush_all()
        self.read_quote()
        total, document = self.deal.amount_total, self.deal.document_id
        for value in (fixed.id, foreign.id, "0", "", "-1", "x", "9" * 30, "²"):
            answer = self.choose(value)
            self.assertIn('role="alert"', answer.text, value)
            self.assertTaken(self.standard)
        for forged in (
            {f"variant_{foreign.id}": self.oak.id},
            {f"quantity_{self.oak.id}": "40"},
            {f"quantity_{self.standard.id}": "0"},
            {f"quantity_{self.oak.id}": "1", f"variant_{self.section.id}": self.oak.id},
        ):
            answer = self.post("options", **forged)
            self.assertIn('role="alert"', answer.text, forged)
            self.assertTaken(self.standard)
        self.assertEqual(self.deal.amount_total, total)
        self.assertEqual(self.deal.document_id, document)
        self.assertEqual(self.deal.state, "sent")

    def test_none(self):
        """A form without an answer leaves the one that was proposed."""
        self.read_quote()
        self.post("options")
        self.assertTaken(self.standard)

    def test_two(self):
        self.read_quote()
        self.choose([self.composite.id, self.oak.id])
        self.assertTaken(self.composite)

    def test_a_price_and_a_quantity_along(self):
        self.read_quote()
        self.choose(
            self.oak.id,
            **{
                "price_unit": "1",
                f"price_{self.oak.id}": "1",
                "product_uom_qty": "1",
                f"offered_{self.oak.id}": "1",
                f"demat_sign_offered_qty_{self.oak.id}": "1",
            },
        )
        self.assertTaken(self.oak)
        self.assertEqual(self.deal.order_id.amount_untaxed, 10 * 42 + 40 * 60)

    def test_before_it_was_read(self):
        self.choose(self.oak.id)
        self.assertTaken(self.standard)

    def test_after_a_signature(self):
        self.deal = self.send(
            self.make_quote(), people=[("Bob", "bob@accord.example")], in_order=True
        )
        self.signatory, bob = self.deal.signatory_ids
        self.path = self.signatory._get_sign_path()
        self.env.flush_all()
        self.read_quote()
        self.choose(self.standard.id)
        self.sign()
        self.assertSigned()
        document = self.deal.document_id
        self.path = bob._get_sign_path()
        self.assertNotIn('type="radio" required', self.read_quote().text)
        self.choose(self.oak.id)
        self.assertTaken(self.standard)
        self.assertEqual(self.deal.document_id, document)

    def test_page_of_the_host(self):
        """Its route sets quantities of options: of variants it sets none."""
        order = self.deal.order_id
        self.deal.with_user(self.seller).action_cancel()
        order._portal_ensure_token()
        self.env.flush_all()
        for quantity in (40, 0, 1):
            for line in (self.oak, self.standard):
                self.make_jsonrpc_request(
                    f"/my/orders/{order.id}/update_line_dict",
                    {
                        "line_id": line.id,
                        "access_token": order.access_token,
                        "input_quantity": quantity,
                    },
                )
                self.assertTaken(self.standard)
        page = self.url_open(order.get_portal_url()).text
        self.assertNotIn("js_update_line_json", page)
        self.assertEqual(page.count('name="demat_variant_retained"'), 1)
        self.assertEqual(page.count('name="demat_variant_offered"'), 2)

    def test_rpc(self):
        """A sales person who writes two, or none, has one all the same."""
        self.authenticate(self.seller.login, self.seller.login)
        order = self.deal.order_id
        for commands, taken in (
            ([[1, self.oak.id, {"product_uom_qty": 40}]], self.oak),
            ([[1, self.oak.id, {"product_uom_qty": 0}]], self.oak),
            (
                [
                    [1, line.id, {"product_uom_qty": 40}]
                    for line in (self.oak, self.composite)
                ],
                self.composite,
            ),
        ):
            self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "sale.order",
                    "method": "write",
                    "args": [[order.id], {"order_line": commands}],
                    # a mark of the process cannot come from outside
                    "kwargs": {"context": {"demat_sign_settle": True}},
                },
            )
            self.env.invalidate_all()
            lines = self.standard | self.oak | self.composite
            self.assertEqual(lines.filtered("product_uom_qty"), taken)
        self.assertEqual(self.deal.state, "void")
