# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DematCase


@tagged("post_install", "-at_install")
class TestConsent(DematCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.customer)

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _state(self, partner=None):
        partner = partner or self.customer
        partner.invalidate_recordset()
        return partner.demat_consent

    def _back_date(self, lines, days):
        """Pretend the lines were recorded some days ago (guard set aside)."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("ALTER TABLE demat_consent DISABLE TRIGGER USER")
        cr.execute(
            "UPDATE demat_consent SET recorded_at = recorded_at - %s * interval '1 day'"
            " WHERE id IN %s",
            (days, tuple(lines.ids)),
        )
        cr.execute("ALTER TABLE demat_consent ENABLE TRIGGER USER")
        self.env.invalidate_all()

    # ---- what is in force ----

    def test_nothing_recorded(self):
        self.assertFalse(self._state())
        self.assertFalse(self.customer.demat_consent_date)
        self.assertEqual(self.customer.demat_consent_state, "No statement recorded")

    def test_given_then_withdrawn(self):
        self._accept()
        self.assertTrue(self._state())
        self.assertEqual(self.customer.demat_consent_date, self.today)
        self.assertIn("Accepted since", self.customer.demat_consent_state)
        self._withdraw()
        self.assertFalse(self._state())
        self.assertIn("Withdrawn since", self.customer.demat_consent_state)
        self.assertEqual(self.customer.demat_consent_date, self.today)

    def test_a_context_does_not_date_the_statement(self):
        row = (
            self.env["demat.consent"]
            .with_context(default_recorded_at="2001-01-01 00:00:00")
            ._record(self.customer, kinds=["invoice"], action="given", means="form")
        )
        self.assertEqual(row.recorded_at.date(), fields.Date.today())

    def test_kinds_are_apart(self):
        self._accept(kinds=["quote"])
        self.assertFalse(self._state())
        self.assertTrue(self.customer.demat_consent_quote)

    def test_date_to_come(self):
        self._accept(effective_date=self._day(1))
        self.assertFalse(self._state())
        self.assertIn("to come", self.customer.demat_consent_state)
        self.assertFalse(self.customer.demat_consent_date)

    def test_withdrawal_to_come(self):
        self._accept(effective_date=self._day(-10))
        self._withdraw(effective_date=self._day(5))
        self.assertTrue(self._state())
        self.assertIn("Accepted until", self.customer.demat_consent_state)

    def test_in_force_on_its_day(self):
        self._accept(effective_date=self._day(10))
        register = self.env["demat.consent"]
        key = (self.customer.id, "invoice")
        before = register._get_current(self.customer, date=self._day(9))
        on_the_day = register._get_current(self.customer, date=self._day(10))
        self.assertNotIn(key, before)
        self.assertEqual(on_the_day[key], ("given", self._day(10)))

    def test_withdrawn_before_it_began(self):
        """An acceptance to come, withdrawn meanwhile, never comes into force."""
        given = self._accept(effective_date=self._day(10))
        self._back_date(given, 5)
        self._withdraw()
        current = self.env["demat.consent"]._get_current(
            self.customer, date=self._day(20)
        )
        self.assertEqual(current[self.customer.id, "invoice"][0], "withdrawn")
        self.assertFalse(self._state())
        self.assertNotIn("to come", self.customer.demat_consent_state)

    def test_later_withdrawal_leaves_the_time_before(self):
        """A withdrawal with a later date does not cancel what begins before it."""
        self._back_date(self._accept(effective_date=self._day(10)), 5)
        self._withdraw(effective_date=self._day(30))
        register = self.env["demat.consent"]
        key = (self.customer.id, "invoice")
        for days, expected in ((9, None), (15, "given"), (31, "withdrawn")):
            found = register._get_current(self.customer, date=self._day(days))
            self.assertEqual(found.get(key, (None,))[0], expected)

    def test_old_form_entered_late(self):
        """A form of last year entered today does not undo this year's withdrawal."""
        self._back_date(self._withdraw(effective_date=self._day(-30)), 30)
        self._accept(effective_date=self._day(-300))
        self.assertFalse(self._state())

    def test_same_day_the_last_recorded_counts(self):
        self._withdraw()
        self._accept()
        self.assertTrue(self._state())

    # ---- per commercial partner and per legal entity ----

    def test_contact_shares_the_entity(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id}
        )
        line = self._accept(contact)
        self.assertEqual(line.partner_id, self.customer)
        self.assertTrue(self._state(contact))
        self.assertTrue(self._state())

    def test_other_company_has_its_own_register(self):
        self._accept()
        self.assertFalse(self._state(self.customer.with_company(self.other_company)))
        self.assertTrue(self._state())

    def test_branch_shares_the_legal_entity(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self._accept(company=branch)
        self.assertTrue(self._state())
        self.assertTrue(self._state(self.customer.with_company(branch)))

    def test_batch_in_constant_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(50)]
        )
        self._accept(partners[:25], kinds=["invoice"])
        self.env.flush_all()
        counts = []
        for batch in (partners[:1], partners):
            self.env.invalidate_all()
            batch.fetch(["commercial_partner_id"])
            before = self.env.cr.sql_log_count
            self.assertEqual(sum(batch.mapped("demat_consent")), min(len(batch), 25))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 5)

    # ---- search ----

    def test_search(self):
        others = self.env["res.partner"].create(
            [{"name": name} for name in ("Never", "Withdrawn", "Later")]
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id, "type": "invoice"}
        )
        self._accept()
        self._accept(others[1])
        self._withdraw(others[1])
        self._accept(others[2], effective_date=self._day(3))
        everyone = self.customer + others + contact
        search = self.env["res.partner"].search
        ours = [("id", "in", everyone.ids)]
        yes = search([("demat_consent", "=", True), *ours])
        self.assertEqual(yes, self.customer + contact)
        no = search([("demat_consent", "=", False), *ours])
        self.assertEqual(set(no), set(others))
        both = search([("demat_consent", "in", [True, False]), *ours])
        self.assertEqual(set(both), set(everyone))
        negated = search([("demat_consent", "!=", True), *ours])
        self.assertEqual(set(negated), set(others))
        quotes = search([("demat_consent_quote", "=", True), *ours])
        self.assertEqual(set(quotes), set(self.customer + contact))

    # ---- the register only grows ----

    def test_python_refuses(self):
        line = self._accept()[0]
        with self.assertRaises(UserError):
            line.effective_date = self._day(-1)
        with self.assertRaises(UserError):
            line.unlink()

    @mute_logger("odoo.sql_db")
    def test_database_refuses(self):
        line = self._accept()[0]
        self.env.flush_all()
        for query in (
            "UPDATE demat_consent SET action = 'withdrawn' WHERE id = %s",
            "UPDATE demat_consent SET partner_id = NULL WHERE id = %s",
            "DELETE FROM demat_consent WHERE id = %s",
            "TRUNCATE demat_consent CASCADE",
        ):
            arguments = (line.id,) if "%s" in query else None
            with (
                self.subTest(query),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, arguments)

    def test_partner_merge_keeps_the_history(self):
        double = self.env["res.partner"].create({"name": "Celeu Groupe (double)"})
        line = self._accept(double, kinds=["invoice"])
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer + double).ids, self.customer
        )
        line.invalidate_recordset()
        self.assertEqual(line.partner_id, self.customer)
        self.assertEqual(line.partner_name, "Celeu Groupe (double)")
        self.assertTrue(self._state())

    def test_customer_with_history_cannot_be_deleted(self):
        self._accept()
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            with mute_logger("odoo.sql_db"):
                self.customer.unlink()
        self.assertIn("demat_consent", str(caught.exception))

    def test_portal_statement_needs_an_address(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.env["demat.consent"]._record(
                self.customer, kinds=["invoice"], action="given", means="portal"
            )
        line = self.env["demat.consent"]._record(
            self.customer,
            kinds=["invoice"],
            action="given",
            means="portal",
            ip="192.0.2.7",
        )
        self.assertEqual(line.ip, "192.0.2.7")

    # ---- wizard ----

    def _wizard(self, user, action="given", partners=None):
        partners = partners or self.customer
        opened = (
            partners.with_user(user)._demat_consent_wizard(action)
            if action
            else {"context": {}}
        )
        return Form(
            self.env["demat.consent.wizard"]
            .with_user(user)
            .with_context(**opened["context"])
        )

    def test_wizard_records_with_wording_and_evidence(self):
        self.company.demat_consent_wording = "I agree."
        form = self._wizard(self.clerk)
        self.assertEqual(form.wording, "I agree.")
        form.means = "contract"
        form.effective_date = self._day(-2)
        form.evidence = "Y29udHJhY3Q="
        wizard = form.save()
        wizard.evidence_name = "contract.txt"
        wizard.action_record()
        lines = self.customer.demat_consent_ids
        self.assertEqual(set(lines.mapped("kind")), {"invoice", "quote"})
        line = lines[0]
        self.assertEqual(line.recorded_by_id, self.clerk)
        self.assertEqual(line.recorded_by_name, self.clerk.name)
        self.assertEqual(line.effective_date, self._day(-2))
        self.assertEqual(line.wording, "I agree.")
        self.assertEqual(line.wording_version, "1")
        self.assertEqual(line.evidence_id._get_content(), b"contract")
        self.assertEqual(line.evidence_id.partner_id, self.customer)
        self.assertEqual(lines.evidence_id, line.evidence_id)

    def test_wizard_marks_a_wording_changed_by_hand(self):
        form = self._wizard(self.clerk)
        form.wording = "Something the customer dictated."
        form.save().action_record()
        line = self.customer.demat_consent_ids[0]
        self.assertEqual(line.wording_version, "standard 1, changed by hand")

    def test_wizard_withdrawal_has_no_wording(self):
        self._accept()
        self._wizard(self.clerk, "withdrawn").save().action_record()
        line = self.customer.demat_consent_ids[0]
        self.assertEqual((line.action, line.wording), ("withdrawn", False))
        self.assertFalse(self._state())

    def test_wizard_for_several_customers(self):
        others = self.env["res.partner"].create([{"name": "B"}, {"name": "C"}])
        wizard = (
            self.env["demat.consent.wizard"]
            .with_user(self.clerk)
            .with_context(active_model="res.partner", active_ids=others.ids)
            .create({"for_quote": False, "evidence": "eA==", "evidence_name": "x.pdf"})
        )
        wizard.action_record()
        self.assertEqual(others.demat_consent_ids.mapped("kind"), ["invoice"] * 2)
        self.assertEqual(len(others.demat_consent_ids.evidence_id), 2)

    def test_wizard_needs_a_kind_and_a_customer(self):
        form = self._wizard(self.clerk)
        form.for_invoice = False
        form.for_quote = False
        with self.assertRaises(UserError):
            form.save().action_record()
        wizard = self.env["demat.consent.wizard"].with_user(self.clerk).create({})
        with self.assertRaises(UserError):
            wizard.action_record()

    def test_wizard_is_for_clerks(self):
        for user in (self.internal, self.portal, self.site_manager):
            with self.assertRaises(AccessError):
                self.env["demat.consent.wizard"].with_user(user).create(
                    {"partner_ids": [(6, 0, self.customer.ids)]}
                )
            with self.assertRaises(AccessError):
                self.env["demat.consent"].with_user(user)._check_may_record()

    def test_buttons_and_history(self):
        self._accept()
        customer = self.customer.with_user(self.clerk)
        record = customer.action_demat_consent_record()
        withdraw = customer.action_demat_consent_withdraw()
        self.assertEqual(record["context"]["default_action"], "given")
        self.assertEqual(withdraw["context"]["default_action"], "withdrawn")
        self.assertEqual(customer.demat_consent_count, 2)
        action = customer.action_view_demat_consents()
        found = self.env["demat.consent"].search(action["domain"])
        self.assertEqual(len(found), 2)

    def test_clerk_cannot_bypass_the_wizard(self):
        line = self._accept()[0].with_user(self.clerk)
        with self.assertRaises(AccessError):
            self.env["demat.consent"].with_user(self.clerk).create(
                {
                    "partner_id": self.customer.id,
                    "partner_name": "x",
                    "company_id": self.company.id,
                    "kind": "invoice",
                    "action": "given",
                    "effective_date": self.today,
                    "means": "form",
                    "recorded_by_name": "somebody else",
                }
            )
        with self.assertRaises(AccessError):
            line.write({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            line.unlink()
