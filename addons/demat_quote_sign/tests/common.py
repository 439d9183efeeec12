# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.demat_base.tests.common_french import FrenchCommon
from odoo.addons.ged_archive.tests.common import PASSWORD, create_user, make_pkcs12
from odoo.addons.mail.tests.common import MailCase

#: A drawn signature: one black pixel, PNG.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAA"
    b"AABJRU5ErkJggg=="
)


class SignCommon(FrenchCommon, MailCase):
    """A French company, a customer who accepts electronic quotes, a site, sales people.

    ``cls.seller`` sees his own quotes, ``cls.lead`` those of all, ``cls.keeper`` keeps
    the terms, ``cls.auditor`` reads.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= (
            cls.env.ref("project.group_project_manager")
            + cls.env.ref("sales_team.group_sale_manager")
            + cls.env.ref("demat_base.group_demat_manager")
        )
        cls._init_mail_gateway()
        cls.company = cls.company_data["company"]
        cls.company.write(
            {
                "name": "Bâti Test SARL",
                "email": "devis@batitest.example",
                "phone": "+33 4 00 00 00 00",
                "demat_sign_code": "never",
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Client Accord SAS",
                "is_company": True,
                "email": "client@accord.example",
                "street": "1 place du Marché",
                "zip": "38000",
                "city": "Grenoble",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "en_US",
            }
        )
        cls.boss = cls.env["res.partner"].create(
            {
                "name": "Anne Patron",
                "parent_id": cls.customer.id,
                "function": "Manager",
                "email": "anne@accord.example",
                "phone": "+33 6 12 34 56 78",
                "lang": "en_US",
            }
        )
        cls.consent(cls.customer)
        cls.site = cls.env["project.project"].create(
            {
                "name": "Chantier des Tilleuls",
                "demat_email": "anne@accord.example",
                "allow_billable": True,
                "company_id": cls.company.id,
            }
        )
        cls.seller = cls.make_user("seller", "sales_team.group_sale_salesman")
        cls.lead = cls.make_user("lead", "sales_team.group_sale_salesman_all_leads")
        cls.keeper = cls.make_user("keeper", "demat_base.group_demat_manager")
        cls.auditor = cls.make_user("auditor", "ged_archive.group_ged_auditor")
        # reports are drawn for real; their style sheets cannot be fetched from inside
        # of the test transaction
        cls.env["ir.config_parameter"].sudo().set_param(
            "report.url", "http://127.0.0.1:9"
        )
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})

    @classmethod
    def consent(cls, partner):
        cls.env["demat.consent"]._record(
            partner,
            kinds=["quote"],
            action="given",
            means="contract",
            company=cls.company,
        )

    @classmethod
    def make_user(cls, login, *groups, company=None):
        return create_user(
            cls.env, login, groups, company or cls.company, prefix="demat_sign_"
        )

    @classmethod
    def seal(cls):
        """Give the company a seal."""
        cls.company.ged_seal_profile_id = (
            cls.env["ged.seal.profile"]
            .sudo()
            .create(
                {
                    "name": "Test seal",
                    "company_id": cls.company.id,
                    "pkcs12": base64.b64encode(make_pkcs12()),
                    "password": PASSWORD,
                }
            )
        )

    @staticmethod
    def optional_section():
        """Values of a section whose lines the customer may leave."""
        return Command.create(
            {
                "display_type": "line_section",
                "name": "Options",
                "is_optional": True,
                "sequence": 50,
            }
        )

    @classmethod
    def quote(cls, **values):
        """A quote of the seller with one line of 10 × 42.00 and the default tax."""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product_a.id,
                            "name": "Pose de carrelage",
                            "product_uom_qty": 10,
                            "price_unit": 42.0,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def quote_with_variants(cls, prices=(45, 60, 52), section=None, **values):
        """:meth:`quote` with a section of variants, each of 40: the first is taken.

        Its section and its lines are ``order.order_line[1]`` and those that follow.
        """
        order = cls.quote(**values)
        names = ["Standard", "Chêne", "Composite", "Ardoise", "Liège"]
        order.order_line = [
            Command.create(
                {
                    "display_type": "line_section",
                    "name": "Revêtement",
                    "demat_sign_variant": True,
                    "sequence": 20,
                    **(section or {}),
                }
            ),
            *(
                Command.create(
                    {
                        "product_id": cls.product_b.id,
                        "name": f"{name}\nposé",
                        "product_uom_qty": 40,
                        "price_unit": price,
                        "sequence": 21 + position,
                    }
                )
                for position, (name, price) in enumerate(
                    zip(names, prices, strict=False)
                )
            ),
        ]
        return order

    def wizard(self, order, user=None, people=(), **values):
        """The window of a quote, as the seller has it; ``people``: more signatories."""
        wizard = (
            self.env["demat.sign.send"]
            .with_user(user or self.seller)
            .with_context(default_order_id=order.id)
            .create(values)
        )
        for position, (name, email) in enumerate(people, start=20):
            wizard.signatory_ids = [
                Command.create({"name": name, "email": email, "sequence": position})
            ]
        return wizard

    def send(self, order=None, user=None, people=(), **values):
        """Send a quote for signature through the window; return the request (sudo)."""
        order = order or self.quote()
        self.wizard(order, user, people, **values).action_send()
        self.env.invalidate_all()
        return order.sudo().demat_sign_request_ids[0].sudo()

    def dispatch(self, request):
        """Send the mails of a request as the worker would; return the outgoing ones."""
        exchanges = self.exchanges(request).filtered(lambda row: row.state == "pending")
        with self.mock_mail_gateway():
            for exchange in exchanges:
                exchange._dispatch_mail()
            return list(self._mails)

    def exchanges(self, request):
        return (
            self.env["demat.exchange"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "demat.sign.signatory"),
                    ("res_id", "in", request.signatory_ids.ids),
                ],
                order="id",
            )
        )

    def mark_signed(self, signatories):
        """What the ceremony leaves of a signatory; the file itself is elsewhere."""
        signatories.sudo().write(
            {
                "state": "signed",
                "signed_at": self.env.cr.now(),
                "method": "draw",
                "signature_image": PIXEL,
            }
        )

    def event_types(self, request):
        return request.event_ids.sorted("number").mapped("type")


class VariantCase(SignCommon):
    """A quote with one choice of three variants."""

    def setUp(self):
        super().setUp()
        self.order = self.quote_with_variants()
        self.section, *lines = self.order.order_line[1:]
        self.standard, self.oak, self.composite = lines
        self.lines = self.standard | self.oak | self.composite

    def assertTaken(self, line, quantity=40):  # noqa: N802 - as its siblings
        """Exactly this one has its quantity."""
        self.env.invalidate_all()
        self.assertEqual(
            self.lines.mapped("product_uom_qty"),
            [quantity if one == line else 0 for one in self.lines],
        )

    def add_combo(self, **values):
        """A combined product of one part as one more variant; the lines of both."""
        lot = self.env["product.combo"].create(
            {
                "name": "Lot",
                "combo_item_ids": [Command.create({"product_id": self.product_a.id})],
            }
        )
        product = self.env["product.product"].create(
            {"name": "Lot", "type": "combo", "combo_ids": [Command.set(lot.ids)]}
        )
        lines = self.env["sale.order.line"]
        values = {"order_id": self.order.id, "sequence": 30, **values}
        combo = lines.create({**values, "product_id": product.id})
        part = lines.create(
            {
                **values,
                "product_id": self.product_a.id,
                "combo_item_id": lot.combo_item_ids.id,
                "linked_line_id": combo.id,
                "price_unit": 20,
                "sequence": 31,
            }
        )
        return combo, part

    def assertUnsendable(self, words, order=None):  # noqa: N802 - as its siblings
        order = order or self.order
        with self.assertRaisesRegex(UserError, words):
            self.send(order)
        self.assertFalse(order.demat_sign_request_ids)
