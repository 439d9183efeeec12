# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_group import GroupCase

FORM = {"name": "Paul Chiffre", "email": "paul@chiffre.example", "reason": "Bilan"}
PAGE = "/my/dematerialisation"


@tagged("post_install", "-at_install")
class TestAccessGranted(GroupCase):
    """An accountant's access: asked for, granted, read only, ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._published()
        cls.hidden = cls._invoice()
        cls.theirs = cls._published(cls.silent)

    def _ask(self, **values):
        self._as(self.owner)
        self.answer = self._post(
            f"{PAGE}/access/request",
            {
                "entity": self.customer.id,
                "company": self.company.id,
                "date_to": fields.Date.today() + timedelta(days=30),
                **FORM,
                **values,
            },
        )
        return self.env["demat.portal.access"].search(
            [("partner_id", "=", self.customer.id)], limit=1
        )

    def _grant(self):
        access = self._ask()
        access.with_user(self.clerk).action_grant()
        return access, access.accountant_id.user_ids

    def _reads(self, user):
        """What the user finds, each time as if in a new request."""
        self.env.invalidate_all()
        return self.env["account.move"].with_user(user).search([])

    def test_asked_for_on_the_portal_and_seen_by_the_clerk(self):
        access = self._ask()
        self.assertEqual(access.state, "requested")
        self.assertEqual(access.requested_by_id, self.owner)
        self.assertTrue(access.activity_ids.user_id)
        self.assertIn(
            "paul@chiffre.example", str(self.customer.message_ids.mapped("body"))
        )
        self.assertEqual(self._ask(), access, "asked for twice, noted once")
        text = self._get(PAGE).text
        self.assertIn("Paul Chiffre", text)
        self.assertIn("Requested", text)
        self.assertFalse(
            self.env["res.users"].search([("login", "=", "paul@chiffre.example")])
        )

    def test_granted_reads_what_was_sent_and_nothing_else(self):
        access, user = self._grant()
        self.assertTrue(user._is_portal())
        self.assertFalse(access.activity_ids)
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")])
        invitation = mails.filtered(lambda mail: mail.model == "res.users")
        self.assertIn("/web/signup?", invitation.body_html)
        told = mails.filtered(lambda mail: mail.model == access._name)
        self.assertLessEqual(
            access.accountant_id | self.owner.partner_id, told.recipient_ids
        )
        self.assertEqual(self._reads(user), self.move)
        self.assertEqual(
            user._demat_portal_entities(), self.customer | access.accountant_id
        )
        self.assertNotIn(self.customer, user._demat_portal_own())
        for change in (
            lambda: self.move.with_user(user).write({"ref": "x"}),
            lambda: self.move.with_user(user).unlink(),
        ):
            # the lock of what was sent speaks first
            with self.assertRaises(UserError):
                change()

    def test_the_accountant_acts_for_nobody(self):
        _access, user = self._grant()
        user.password = user.login
        self._as(user)
        for step, values in (
            (
                "consent",
                {"kind": "invoice", "action": "withdrawn", "company": self.company.id},
            ),
            ("address/add", {"address": "x@chiffre.example"}),
            ("attach", {"attach": "1"}),
            ("access/request", {**FORM, "company": self.company.id}),
        ):
            answer = self._post(
                f"{PAGE}/{step}", {"entity": self.customer.id, **values}
            )
            self.assertEqual(answer.status_code, 404, step)
        self.assertEqual(
            self._get(f"{PAGE}?entity={self.customer.id}").status_code, 404
        )
        self.assertTrue(self.customer.demat_consent)

    def test_ends_by_itself_the_day_after(self):
        access, user = self._grant()
        self.assertEqual(self._reads(user), self.move)
        with freeze_time(access.date_to + timedelta(days=1)):
            self.assertFalse(self._reads(user), "before the cron")
            self.env["demat.portal.access"]._cron_end()
            self.assertEqual(access.state, "ended")
        ended = self.env["mail.mail"].search([("model", "=", access._name)], limit=1)
        self.assertIn("ended", ended.subject)

    def test_the_customer_ends_it_at_once(self):
        access, user = self._grant()
        self._as(self.owner)
        self._post(
            f"{PAGE}/access/end", {"entity": self.customer.id, "access": access.id}
        )
        self.assertEqual(access.state, "ended")
        self.assertFalse(self._reads(user))

    def test_another_customer_ends_nothing(self):
        access, _user = self._grant()
        self._as(self.neighbour)
        for entity in (self.customer.id, self.silent.id):
            answer = self._post(
                f"{PAGE}/access/end", {"entity": entity, "access": access.id}
            )
            self.assertEqual(answer.status_code, 404)
        self.assertEqual(access.state, "granted")

    def test_a_new_account_never_takes_the_contact_of_another_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Paul", "email": FORM["email"], "parent_id": self.silent.id}
        )
        access, user = self._grant()
        self.assertNotEqual(access.accountant_id, contact)
        self.assertNotIn(self.theirs, self._reads(user))

    def test_an_accountant_of_two_customers_has_one_account(self):
        _access, user = self._grant()
        self._as(self.neighbour)
        self._post(
            f"{PAGE}/access/request",
            {
                "entity": self.silent.id,
                "company": self.company.id,
                "date_to": fields.Date.today(),
                **FORM,
            },
        )
        other = self.env["demat.portal.access"].search(
            [("partner_id", "=", self.silent.id)]
        )
        other.with_user(self.clerk).action_grant()
        self.assertEqual(other.accountant_id, user.partner_id)
        self.assertEqual(self._reads(user), self.move | self.theirs)

    def test_accounts_that_are_no_accountants(self):
        for email, words in (
            (self.clerk.login, "this house"),
            (self.colleague.login, "anyway"),
        ):
            user = self.env["res.users"].search([("login", "=", email)])
            user.sudo().login = f"{email}@group.example"
            access = self._ask(email=user.login)
            with self.assertRaisesRegex(UserError, words):
                access.with_user(self.clerk).action_grant()
            self.assertEqual(access.state, "requested")
            access.with_user(self.clerk).action_refuse()

    def test_bad_requests(self):
        today = fields.Date.today()
        for values in (
            {"email": "nobody"},
            {"name": ""},
            {"date_to": "tomorrow"},
            {"date_to": today - timedelta(days=1)},
            {"date_to": today + timedelta(days=400)},
        ):
            self.assertFalse(self._ask(**values), values)
            self.assertIn("alert-danger", self.answer.text)

    def test_states_only_by_the_buttons(self):
        access = self._ask()
        as_clerk = access.with_user(self.clerk)
        for vals in (
            {"state": "granted"},
            {"accountant_id": self.silent.id},
            {"date_from": "2020-01-01"},
        ):
            with self.assertRaises(UserError):
                as_clerk.write(vals)
        with self.assertRaises(ValidationError):
            as_clerk.write({"date_to": fields.Date.today() + timedelta(days=500)})
        as_clerk.action_refuse()
        with self.assertRaises(UserError):
            as_clerk.action_grant()
        with self.assertRaises(UserError):
            as_clerk.write({"name": "Other"})
        made = (
            self.env["demat.portal.access"]
            .with_user(self.clerk)
            .create(
                {
                    **FORM,
                    "partner_id": self.silent.id,
                    "state": "granted",
                    "accountant_id": self.neighbour.partner_id.id,
                }
            )
        )
        self.assertEqual((made.state, made.accountant_id.id), ("requested", False))
        with self.assertRaises(AccessError):
            made.with_user(self.clerk).unlink()

    def test_who_may_decide(self):
        access = self._ask()
        for user in (self.owner, self.employee):
            with self.assertRaises(AccessError):
                access.with_user(user).action_grant()
        stranger = new_test_user(
            self.env,
            "group_stranger",
            groups="demat_base.group_demat_user",
            company_id=self._other_company().id,
            company_ids=[(6, 0, self._other_company().ids)],
        )
        with self.assertRaises(AccessError):
            access.with_user(stranger).action_grant()

    def _other_company(self):
        companies = self.env["res.company"]
        return companies.search([("name", "=", "Ailleurs SARL")]) or companies.create(
            {"name": "Ailleurs SARL"}
        )
