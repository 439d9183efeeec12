# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SignCommon

MODELS = (
    "demat.sign.request",
    "demat.sign.signatory",
    "demat.sign.event",
)
SECRETS = ("access_token", "device_token", "code_hash", "code_salt")


@tagged("post_install", "-at_install")
class TestAccess(SignCommon):
    """As real users of each role and of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_seller = cls.make_user("other", "sales_team.group_sale_salesman")
        cls.employee = cls.make_user("employee", "base.group_user")
        cls.biller = cls.make_user("biller", "account.group_account_invoice")
        cls.foreign_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = cls.make_user(
            "foreigner",
            "sales_team.group_sale_manager",
            company=cls.foreign_company,
        )
        cls.portal = cls.make_user("portal", "base.group_portal")

    def setUp(self):
        super().setUp()
        self.request = self.send()

    def records(self, user):
        request = self.request
        return [
            record.with_user(user)
            for record in (request, request.signatory_ids, request.event_ids)
        ]

    def test_who_reads(self):
        for user in (self.seller, self.lead, self.auditor, self.keeper):
            for records in self.records(user):
                with self.subTest(user=user.login, model=records._name):
                    records.check_access("read")
                    self.assertIn(
                        records[0], self.env[records._name].with_user(user).search([])
                    )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_who_does_not(self):
        for user in (
            self.other_seller,
            self.employee,
            self.biller,
            self.foreigner,
            self.portal,
        ):
            for records in self.records(user):
                with (
                    self.subTest(user=user.login, model=records._name),
                    self.assertRaises(AccessError),
                ):
                    records.check_access("read")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_nobody_writes(self):
        """Rows are the system's: not even an administrator forges them by RPC."""
        for user in (
            self.seller,
            self.lead,
            self.keeper,
            self.env.ref("base.user_admin"),
        ):
            for records in self.records(user):
                for operation in ("write", "create", "unlink"):
                    with (
                        self.subTest(
                            user=user.login, model=records._name, op=operation
                        ),
                        self.assertRaises(AccessError),
                    ):
                        records.check_access(operation)

    def test_secrets(self):
        for user in (self.seller, self.lead, self.auditor, self.keeper):
            signatory = self.request.signatory_ids.with_user(user)
            for name in SECRETS:
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError),
                ):
                    signatory.read([name])
            # nor by the way of a search
            with self.assertRaises(AccessError):
                signatory.search([("access_token", "=like", "a%")])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_who_acts(self):
        buttons = ("action_cancel", "action_remind", "action_sign_on_device")
        for user in (
            self.other_seller,
            self.employee,
            self.biller,
            self.auditor,
            self.foreigner,
            self.portal,
        ):
            for button in buttons:
                with (
                    self.subTest(user=user.login, button=button),
                    self.assertRaises(AccessError),
                ):
                    getattr(self.request.with_user(user), button)()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.quote().with_user(user).action_demat_sign()
        self.request.with_user(self.lead).action_cancel()
        self.assertEqual(self.request.state, "cancelled")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_window_of_another(self):
        """The wizard is one's own, and its quote is checked again when it sends."""
        wizard = self.wizard(self.quote())
        with self.assertRaises(AccessError):
            wizard.with_user(self.lead).action_send()
        mine = self.wizard(self.quote())
        mine.sudo().order_id = self.quote(user_id=self.lead.id)
        with self.assertRaises(AccessError):
            mine.action_send()

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_window_tells_nothing_of_another(self):
        """Its fields are those of quotes that one may read."""
        order = self.quote()
        vals = {"order_id": order.id, "expires_on": "2099-01-01"}
        for user, company in (
            (self.other_seller, self.company),
            (self.foreigner, self.foreign_company),
        ):
            windows = self.env["demat.sign.send"].with_user(user).with_company(company)
            own = self.quote(user_id=self.other_seller.id)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    windows.create(vals)
                for name in ("partner_id", "amount_total", "needs_consent"):
                    spec = {"order_id": {}, name: {}}
                    with self.assertRaises(AccessError):
                        windows.onchange(vals, ["order_id"], spec)
                if user == self.other_seller:
                    window = self.wizard(own, user)
                    with self.assertRaises(AccessError):
                        window.write({"order_id": order.id})
                    self.assertEqual(window.amount_total, own.amount_total)
        window = self.wizard(order)
        self.assertEqual(window.partner_id, self.customer)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_terms(self):
        terms = self.env["demat.sign.terms"].create(
            {"body": "<p>x</p>", "company_id": self.company.id}
        )
        terms.with_user(self.seller).check_access("read")
        terms.with_user(self.keeper).check_access("write")
        for user, operation in (
            (self.seller, "write"),
            (self.employee, "read"),
            (self.foreigner, "read"),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                terms.with_user(user).check_access(operation)
        with self.assertRaises(AccessError):
            terms.with_user(self.seller).action_new_version()

    def drawn_mails(self, user, template):
        """What a user gets who has a mail to the signatory drawn: by both ways that
        the host opens to him.
        """
        signatory = self.request.signatory_ids
        env = self.env(user=user, context={})
        mail_id = template.with_env(env).send_mail(
            signatory.id, email_values={"email_to": user.email}
        )
        composer = env["mail.compose.message"].create(
            {
                "composition_mode": "comment",
                "model": signatory._name,
                "res_ids": signatory.ids,
                "template_id": template.id,
            }
        )
        return {
            "mail": self.env["mail.mail"].sudo().browse(mail_id).body_html,
            "composer": composer.body,
        }

    def test_link_by_the_templates(self):
        """Who reads a request has its mails drawn, but never with the link."""
        token = self.request.signatory_ids.access_token
        for name in ("invitation", "reminder"):
            template = self.env.ref(f"demat_quote_sign.mail_template_sign_{name}")
            for user in (self.seller, self.lead, self.auditor):
                drawn = self.drawn_mails(user, template)
                for way, body in drawn.items():
                    with self.subTest(template=name, user=user.login, way=way):
                        self.assertIn("Read and sign", body)
                        self.assertIn('href="#"', body)
                        self.assertNotIn(token, body)
                        self.assertNotIn("/my/sign/", body)

    def test_files_without_archive_rights(self):
        """Who reads a request reads its file, the archive keeps its own rights."""
        request = self.request.with_user(self.seller)
        self.assertFalse(request.document_id.has_access("read"))
        action = request.action_open_frozen()
        self.assertIn("/frozen_file?", action["url"])
        self.assertTrue(request.frozen_file)
        keeper = self.request.with_user(self.keeper)
        self.assertEqual(keeper.action_open_frozen()["res_model"], "ged.document")
