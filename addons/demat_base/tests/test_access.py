# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import DematCase


@tagged("post_install", "-at_install")
class TestAccess(DematCase):
    """Each role, as a real user, against each model and screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._accept()
        cls.exchange = cls._exchange()
        cls.exchange._mark_failed("x", "Words.", "Trace")
        cls.records = {
            "demat.consent": cls.customer.demat_consent_ids[:1],
            "demat.exchange": cls.exchange,
            "demat.exchange.log": cls.exchange.log_ids,
        }

    def _readable(self, record, user):
        return bool(
            record.with_user(user).has_access("read")
            and self.env[record._name].with_user(user).search([("id", "=", record.id)])
        )

    def test_readers(self):
        for model, record in self.records.items():
            for user, expected in (
                (self.clerk, True),
                (self.manager, True),
                (self.auditor, True),
                (self.internal, False),
                (self.site_manager, False),
                (self.portal, False),
                (self.other_clerk, False),
            ):
                with self.subTest(f"{model} {user.login}"):
                    if not expected and user != self.other_clerk:
                        with self.assertRaises(AccessError):
                            record.with_user(user).read(["id"])
                        continue
                    self.assertEqual(self._readable(record, user), expected)

    def test_nobody_writes(self):
        for model, record in self.records.items():
            for user in (self.clerk, self.manager, self.auditor):
                with self.subTest(f"{model} {user.login}"):
                    own = record.with_user(user)
                    for operation in ("write", "create", "unlink"):
                        self.assertFalse(own.has_access(operation))

    def test_technical_detail_is_for_administrators(self):
        with self.assertRaises(AccessError):
            self.exchange.with_user(self.manager).read(["traceback"])
        with self.assertRaises(AccessError):
            self.exchange.with_user(self.clerk).read(["mail_payload"])
        self.assertEqual(self.exchange.traceback, "Trace")

    def test_helpers_are_not_callable_from_outside(self):
        from odoo.service.model import get_public_method

        for model, name in (
            ("demat.exchange", "_create_pending"),
            ("demat.exchange", "_mark_done"),
            ("demat.exchange", "_deliver_mail"),
            ("demat.consent", "_record"),
            ("demat.document.mixin", "_demat_resolve"),
        ):
            with self.subTest(f"{model}.{name}"), self.assertRaises(AccessError):
                get_public_method(self.env[model], name)

    def test_groups_imply_each_other(self):
        self.assertTrue(self.clerk.has_group("demat_base.group_demat_user"))
        self.assertTrue(self.clerk.has_group("ged_archive.group_ged_user"))
        self.assertFalse(self.clerk.has_group("demat_base.group_demat_manager"))
        self.assertTrue(self.manager.has_group("demat_base.group_demat_user"))
        self.assertTrue(self.manager.has_group("ged_archive.group_ged_manager"))
        self.assertFalse(self.internal.has_group("demat_base.group_demat_user"))
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin.has_group("demat_base.group_demat_manager"))

    def test_branch_sees_the_statements_of_its_root(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        user = self._new_user(
            "branch",
            "account.group_account_invoice",
            company_id=branch.id,
            company_ids=[(6, 0, branch.ids)],
        )
        self.assertTrue(self._readable(self.records["demat.consent"], user))
        self.assertFalse(self._readable(self.exchange, user))

    # ---- forms open for each role ----

    def test_customer_form(self):
        for user in (self.clerk, self.internal):
            with self.subTest(user.login):
                view = self.customer.with_user(user).get_view(view_type="form")
                shown = "action_demat_consent_record" in view["arch"]
                self.assertEqual(shown, user == self.clerk)
        writer = self.clerk
        writer.group_ids += self.env.ref("base.group_partner_manager")
        with Form(self.customer.with_user(writer)) as form:
            form.demat_email = "A@X.fr"
        self.assertEqual(self.customer.demat_email, "a@x.fr")

    def test_form_of_a_site_followed_from_an_invoice(self):
        """Who has no right on projects gets the form he may read."""
        ours = self.env.ref("demat_base.project_project_view_form_site").id
        self.assertEqual(self.site.with_user(self.clerk).get_formview_id(), ours)
        self.assertNotEqual(
            self.site.with_user(self.site_manager).get_formview_id(), ours
        )
        self.assertEqual(self.site.get_formview_id(access_uid=self.clerk.id), ours)
        with Form(self.site.with_user(self.clerk), view=ours) as form:
            self.assertEqual(form.name, "School")

    def test_site_form(self):
        for user, button in (
            (self.site_manager, True),
            (self.clerk, True),
            (self.env.ref("base.user_admin"), False),
        ):
            with self.subTest(user.login):
                view = self.site.with_user(user).get_view(
                    self.env.ref("project.edit_project").id, "form"
                )
                self.assertIn('name="technical"', view["arch"])
                self.assertEqual("action_demat_notification" in view["arch"], button)

    def test_menu(self):
        menu = self.env.ref("demat_base.menu_demat").id
        for user, expected in (
            (self.clerk, True),
            (self.internal, False),
            (self.site_manager, False),
        ):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            with self.subTest(user.login):
                self.assertEqual(menu in visible, expected)
