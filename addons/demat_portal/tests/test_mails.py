# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.demat_invoice.tests.common import DematInvoiceCommon

INVOICE = "demat_invoice.mail_template_invoice_available"
INVITATION = "auth_signup.portal_set_password_email"


@tagged("post_install", "-at_install")
class TestMails(DematInvoiceCommon):
    """The mails in the Settings: listed, tried on a real document, per company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.admin = cls._make_user(
            "admin", "base.group_system", "account.group_account_manager"
        )
        for lang in ("en_US", "fr_FR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"].search(
            [("name", "=", "demat_invoice")]
        )._update_translations(["fr_FR"])
        cls.other = cls.env["res.company"].create({"name": "Ailleurs SARL"})
        cls.admin.company_ids |= cls.other

    def _templates(self, user=None):
        templates = self.env["mail.template"].with_user(user or self.admin)
        return templates.with_company(self.company)

    def _listed(self):
        action = self._templates().action_demat_mails()
        return self.env["mail.template"].search(action["domain"])

    def test_all_mails_are_listed(self):
        listed = self._listed()
        data = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=like", "demat_%")]
        )
        self.assertLessEqual(set(data.mapped("res_id")), set(listed.ids))
        self.assertIn(self.env.ref(INVITATION), listed)
        self.assertNotIn(
            self.env.ref("auth_signup.mail_template_data_unregistered_users"), listed
        )

    def test_a_company_writes_with_its_own_words(self):
        delivered = self.env.ref(INVOICE)
        action = self._templates().browse(delivered.id).action_demat_customise()
        own = self.env["mail.template"].browse(action["res_id"])
        self.assertEqual(own.demat_company_id, self.company)
        again = self._templates().browse(delivered.id).action_demat_customise()
        self.assertEqual(again["res_id"], own.id, "one version per company")
        self.assertEqual(
            own.with_context(lang="fr_FR").body_html,
            delivered.with_context(lang="fr_FR").body_html,
            "in each language",
        )
        own.with_context(lang="en_US").subject = "Ours: {{ object.name }}"
        own.with_context(lang="fr_FR").subject = "À nous : {{ object.name }}"
        move = self._invoice()
        for lang, words in (("en_US", "Ours: "), ("fr_FR", "À nous : ")):
            self.customer.lang = lang
            made = delivered._generate_template(move.ids, ("subject", "body_html"))
            self.assertEqual(made[move.id]["subject"], f"{words}{move.name}")
            self.assertIn(move.name, made[move.id]["body_html"])
        self.assertIn(own, self._listed())
        own.with_user(self.admin).action_demat_standard()
        self.assertNotIn(
            "nous",
            delivered._generate_template(move.ids, ("subject",))[move.id]["subject"],
        )

    def test_another_company_keeps_the_delivered_mail(self):
        delivered = self.env.ref(INVITATION)
        own = self.env["mail.template"].browse(
            self._templates().browse(delivered.id).action_demat_customise()["res_id"]
        )
        own.subject = "Welcome to ours"
        users = self.env["res.users"]
        for company in (self.company, self.other):
            users |= users.create(
                {
                    "name": company.name,
                    "lang": "en_US",
                    "login": f"u{company.id}@x.example",
                    "email": f"u{company.id}@x.example",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                }
            )
        made = delivered._generate_template(users.ids, ("subject",))
        self.assertEqual(made[users[0].id]["subject"], "Welcome to ours")
        self.assertEqual(made[users[1].id]["subject"], "Your account at Ailleurs SARL")
        mail = delivered.send_mail_batch(users.ids)
        self.assertEqual(
            mail.mapped("subject"), ["Welcome to ours", "Your account at Ailleurs SARL"]
        )
        theirs = self.env["mail.template"].with_user(self.admin)
        self.assertNotIn(
            own,
            self.env["mail.template"].search(
                list(theirs.with_company(self.other)._demat_mail_domain())
            ),
        )

    def test_preview_on_the_latest_document_in_both_languages(self):
        move = self._invoice()
        template = self._templates().browse(self.env.ref(INVOICE).id)
        context = template.action_demat_preview()["context"]
        preview = (
            self.env["mail.template.preview"]
            .with_user(self.admin)
            .with_context(**context)
            .create({})
        )
        self.assertEqual(preview.resource_ref, move)
        preview.lang = "en_US"
        self.assertIn("available on your customer area", preview.subject)
        preview.lang = "fr_FR"
        self.assertIn("mise à disposition", preview.subject)
        self.assertIn(move.name, preview.body_html)

    def test_only_administrators(self):
        template = self._templates(self.clerk).browse(self.env.ref(INVOICE).id)
        for name in ("mails", "customise", "standard"):
            with self.assertRaises(AccessError):
                getattr(template, f"action_demat_{name}")()

    def test_nobody_else_puts_a_mail_in_the_place_of_ours(self):
        """The host lets every employee make mail templates of his own."""
        employee = self._make_user("employee", "base.group_user")
        templates = self.env["mail.template"].with_user(employee)
        place = {
            "demat_origin_id": self.env.ref(INVOICE).id,
            "demat_company_id": self.company.id,
        }
        values = {
            "name": "Ours",
            "model_id": self.env["ir.model"]._get_id("res.partner"),
        }
        with self.assertRaises(AccessError):
            templates.create(values | place)
        context = {f"default_{name}": value for name, value in place.items()}
        with self.assertRaises(AccessError):
            templates.with_context(**context).create(values)
        own = templates.create(values)
        with self.assertRaises(AccessError):
            own.write(place)
