# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.demat_invoice.tests.common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestAccounts(DematInvoiceCommon):
    """The tab "Web" of a customer, and accounts in bulk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Nathalie",
                "email": "nathalie@accord.example",
                "parent_id": cls.customer.id,
            }
        )

    def _as_clerk(self, partner=None):
        return (partner or self.person).with_user(self.clerk)

    def _mails(self):
        return self.env["mail.mail"].search([("model", "=", "res.users")])

    def test_from_no_account_to_disabled_and_back(self):
        person = self._as_clerk()
        self.assertEqual(person.demat_account_state, "none")
        person.action_demat_account_create()
        user = self.person.user_ids
        self.assertTrue(user._is_portal())
        self.assertEqual(person.demat_account_state, "invited")
        self.assertEqual(person.demat_account_login, "nathalie@accord.example")
        [mail] = self._mails()
        self.assertIn("/web/signup?", mail.body_html)
        self.assertIn("nathalie@accord.example", mail.body_html)
        with self.assertRaisesRegex(UserError, "has an account already"):
            person.action_demat_account_create()
        person.action_demat_account_send()
        self.assertEqual(len(self._mails()), 2)
        self.env["res.users.log"].with_user(user).sudo().create({})
        self.env.invalidate_all()
        self.assertEqual(person.demat_account_state, "active")
        self.assertTrue(person.demat_account_login_date)
        person.action_demat_account_disable()
        self.assertEqual(person.demat_account_state, "disabled")
        self.assertFalse(user.active)
        person.action_demat_account_enable()
        self.assertEqual(person.demat_account_state, "active")
        self.assertTrue(user.active and user._is_portal())
        self.assertEqual(len(self._mails()), 2, "enabling sends nothing")
        notes = str(self.person.message_ids.mapped("body"))
        for words in ("created", "sent again", "disabled", "enabled"):
            self.assertIn(words, notes)

    def test_the_tab_shows_the_customer_and_his_contacts(self):
        self.env["res.partner"].create(
            {"name": "Sans adresse", "parent_id": self.customer.id}
        )
        shown = self._as_clerk(self.customer).demat_account_partner_ids
        self.assertEqual(shown, self.customer | self.person)

    def test_who_may(self):
        internal = self._make_user("internal", "base.group_user")
        partner_manager = self._make_user("contacts", "base.group_partner_manager")
        for user in (internal, partner_manager):
            for name in ("create", "send", "disable", "enable"):
                with self.assertRaises(AccessError):
                    getattr(
                        self.person.with_user(user), f"action_demat_account_{name}"
                    )()
            with self.assertRaises(AccessError):
                self.env["demat.portal.accounts"].with_user(user).create({})

    def test_an_internal_user_is_left_alone(self):
        with self.assertRaisesRegex(UserError, "internal user"):
            self._as_clerk(self.manager.partner_id).action_demat_account_disable()
        self.assertTrue(self.manager.active)

    def test_login_of_somebody_else(self):
        new_test_user(self.env, "nathalie@accord.example", groups="base.group_portal")
        with self.assertRaises(UserError):
            self._as_clerk().action_demat_account_create()

    def test_in_bulk_with_a_report(self):
        new_test_user(self.env, "taken@else.example", groups="base.group_portal")
        taken = self._make_customer("Homonyme SARL", "taken@else.example")
        none = self._make_customer("Sans courriel SARL", False)
        bad = self._make_customer("Mal écrit SARL", "nobody")
        off = self._make_customer("Coupé SARL", "off@coupe.example")
        self._as_clerk(off).action_demat_account_create()
        self._as_clerk(off).action_demat_account_disable()
        partners = self.customer | self.silent | taken | none | bad | off
        self._as_clerk(self.silent).action_demat_account_create()
        wizard = (
            self.env["demat.portal.accounts"]
            .with_user(self.clerk)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create({})
        )
        wizard.action_create()
        outcomes = {line.partner_id: line.outcome for line in wizard.line_ids}
        self.assertEqual(
            outcomes,
            {
                self.customer: "created",
                self.silent: "existing",
                taken: "taken",
                none: "no_address",
                bad: "no_address",
                off: "disabled",
            },
        )
        self.assertTrue(wizard.done)
        self.assertIn("Invited: 1", wizard.summary)
        self.assertFalse(off.user_ids, "what was disabled stays so")
        before = len(self._mails())
        wizard.action_create()
        self.assertEqual(len(self._mails()), before, "nobody is invited twice")

    def test_the_sending_enables_no_disabled_account(self):
        self._as_clerk(self.customer).action_demat_account_create()
        self._as_clerk(self.customer).action_demat_account_disable()
        outcome, words = self._invoice()._demat_invite_customer()
        self.assertEqual(outcome, "existing")
        self.assertIn("is disabled", words)
        self.assertFalse(self.customer.user_ids)
