# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The processing screen: favourites, and who may do what."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_process import ProcessCommon


@tagged("post_install", "-at_install")
class TestFavorite(ProcessCommon):
    def test_a_favourite_keeps_the_criteria_and_opens_the_screen(self):
        screen = self._screen(
            treatment="send",
            period="month",
            created_by_ids=[Command.set(self.clerk.ids)],
            notify=False,
            favorite_name="Fin de mois",
        )
        screen.action_save_favorite()
        favorite = screen.favorite_id
        self.assertEqual((favorite.name, favorite.user_id), ("Fin de mois", self.clerk))
        favorite.is_default = True
        opened = self.env["demat.process"].with_user(self.clerk)._open()
        self.assertEqual(
            (opened.treatment, opened.period, opened.notify), ("send", "month", False)
        )
        self.assertEqual(opened.created_by_ids, self.clerk)
        self.assertTrue(opened.state_ready)
        self.assertFalse(opened.state_waiting)
        # the same name changes it, another default takes its place
        opened.write({"notify": True, "favorite_name": "Fin de mois"})
        opened.action_save_favorite()
        self.assertTrue(favorite.notify)
        opened.write({"favorite_name": "Autre"})
        opened.action_save_favorite()
        opened.favorite_id.is_default = True
        self.assertFalse(favorite.is_default)

    def test_a_name_is_asked_for(self):
        with self.assertRaisesRegex(UserError, "a name first"):
            self._screen(favorite_name="  ").action_save_favorite()

    def test_favourites_are_ones_own_or_shared(self):
        favorite = (
            self.env["demat.process.favorite"]
            .with_user(self.clerk)
            .create({"name": "À moi"})
        )
        other = self._make_user("second", "account.group_account_invoice")
        seen = favorite.with_user(other)
        with self.assertRaises(AccessError):
            seen.read(["name"])
        favorite.is_shared = True
        self.assertEqual(seen.name, "À moi")
        with self.assertRaises(AccessError):
            seen.write({"name": "À lui"})
        favorite.with_user(self.manager).write({"period": "month"})
        with self.assertRaises(AccessError):
            favorite.write({"user_id": other.id})
        with self.assertRaises(AccessError):
            favorite.with_user(other).create({"name": "x", "user_id": self.clerk.id})


@tagged("post_install", "-at_install")
class TestRights(ProcessCommon):
    def test_another_clerk_and_another_company_see_nothing_of_it(self):
        self._in("ready")
        screen = self._screen(treatment="send")
        screen.action_show()
        other = self._make_user("second", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            screen.with_user(other).read(["treatment"])
        with self.assertRaises(AccessError):
            screen.line_ids.with_user(other).read(["recipients"])
        foreign_company = self.env["res.company"].create({"name": "Autre SARL"})
        foreign = new_test_user(
            self.env,
            "process_foreign",
            groups="account.group_account_invoice",
            company_id=foreign_company.id,
            company_ids=[Command.set(foreign_company.ids)],
        )
        self.assertFalse(self._shown(foreign, treatment="send"))

    def test_a_line_forged_with_a_foreign_invoice_starts_nothing(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        move = self._in("ready")
        screen = self._screen(treatment="send")
        screen.action_show()
        self.assertIn(move, screen.line_ids.move_id)
        foreign = new_test_user(
            self.env,
            "process_forger",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        forged = self._screen(foreign, treatment="send")
        with self.assertRaises(AccessError):
            self.env["demat.process.line"].with_user(foreign).create(
                {"process_id": forged.id, "move_id": move.id, "selected": True}
            )
        self.env["demat.process.line"].sudo().create(
            {"process_id": forged.id, "move_id": move.id, "selected": True}
        )
        with self.assertRaises(AccessError):
            forged.action_start()

    def test_who_is_no_clerk_does_not_open_it(self):
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["demat.process"].with_user(employee).action_open()
        with self.assertRaises(AccessError):
            self._screen(employee)

    def test_one_main_contact_per_customer(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": "A", "parent_id": self.customer.id},
                {"name": "B", "parent_id": self.customer.id},
            ]
        )
        contacts[0].demat_main_contact = True
        with self.assertRaisesRegex(UserError, "one main contact"):
            contacts[1].demat_main_contact = True
