# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The processing screen: criteria, list of what will be done, act (seed 001, 003)."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..lib import states
from ..models.demat_criteria import PRINTING, DematCriteria
from ..wizards.demat_process import DematProcess
from .common_bill import DematBillCommon
from .common_process import ProcessCommon


@tagged("post_install", "-at_install")
class TestCriteria(ProcessCommon):
    def test_each_treatment_begins_with_its_own_states(self):
        """The table of seed 001, column of the states."""
        moves = {state: self._in(state) for state in states.STATES if state != "sent"}
        for code, treatment in states.TREATMENTS.items():
            if code == "print_bills":
                continue
            shown = self._shown(treatment=code)
            expected = {moves[s] for s in treatment.accepts if s in moves}
            self.assertEqual(set(shown) & set(moves.values()), expected, code)

    def test_a_state_that_is_not_of_the_treatment_is_not_taken(self):
        ready = self._in("ready")
        screen = self._screen(treatment="prepare")
        screen.state_ready = True
        self.assertFalse(screen.takes_ready)
        screen.action_show()
        self.assertNotIn(ready, screen.line_ids.move_id)

    def test_no_state_is_refused(self):
        screen = self._screen(treatment="prepare", state_waiting=False)
        with self.assertRaisesRegex(UserError, "at least one send state"):
            screen.action_show()

    def test_printing_leaves_out_what_was_edited_or_dematerialised(self):
        """Seed 001, "Remarque": both are on by default, and both can be taken off."""
        plain, edited, sent = (self._in("waiting") for _number in range(3))
        edited._demat_write({"demat_edition_date": "2026-11-03 10:00:00"})
        sent._demat_write({"is_dematerialised": True})
        three = plain | edited | sent
        self.assertEqual(self._shown() & three, plain)
        self.assertEqual(self._shown(only_not_edited=False) & three, plain | edited)
        self.assertEqual(
            self._shown(only_not_edited=False, only_not_dematerialised=False) & three,
            three,
        )
        # the other treatments do not ask
        self.assertEqual(self._shown(treatment="prepare") & three, three)

    def test_lots_dates_and_editions(self):
        moves = self.env["account.move"]
        for day, edition in (
            ("2026-10-31", "2026-11-01 22:59:00"),
            ("2026-11-01", "2026-11-01 23:00:00"),
            ("2026-11-30", "2026-11-02 22:59:00"),
        ):
            move = self._in("waiting", invoice_date=day)
            move._demat_write({"demat_edition_date": edition})
            lot = self.env["demat.lot"]._open(self.company, "other")
            move._demat_write({"lot_id": lot.id})
            moves |= move
        first, second, third = moves
        everything = {"only_not_edited": False}

        def shown(**values):
            return self._shown(**everything, **values) & moves

        numbers = [move.lot_id.number for move in moves]
        self.assertEqual(shown(lot_from=numbers[1]), second | third)
        self.assertEqual(shown(lot_to=numbers[1]), first | second)
        self.assertEqual(shown(lot_from=numbers[1], lot_to=numbers[1]), second)
        between = {"period": "between", "date_from": "2026-11-01"}
        self.assertEqual(shown(**between), second | third)
        self.assertEqual(shown(**between, date_to="2026-11-01"), second)
        # a day of the clerk in Paris begins at 23:00 UTC of the day before
        self.clerk.tz = "Europe/Paris"
        self.assertEqual(
            shown(edition_from="2026-11-02", edition_to="2026-11-02"), second | third
        )
        self.assertEqual(shown(edition_to="2026-11-01"), first)

    def test_a_range_that_ends_before_it_begins_is_refused(self):
        for values in (
            {"lot_from": 9, "lot_to": 3},
            {"period": "between", "date_from": "2026-02-02", "date_to": "2026-02-01"},
            {"edition_from": "2026-02-02", "edition_to": "2026-02-01"},
        ):
            with self.assertRaisesRegex(UserError, "nothing can be found"):
                self._screen(**values).action_show()

    def test_periods(self):
        expected = {
            "all": (False, False),
            "today": ("2026-02-18", "2026-02-18"),
            "week": ("2026-02-16", "2026-02-22"),
            "month": ("2026-02-01", "2026-02-28"),
            "last_month": ("2026-01-01", "2026-01-31"),
            "quarter": ("2026-01-01", "2026-03-31"),
            "year": ("2026-01-01", "2026-12-31"),
        }
        with freeze_time("2026-02-18 12:00:00"):
            for period, (first, last) in expected.items():
                found = self._screen(period=period)._demat_dates()
                self.assertEqual(
                    tuple(day and str(day) for day in found), (first, last), period
                )

    def test_created_by_and_edited_by(self):
        mine = self._in("waiting")
        theirs = self._in("waiting")
        mine._demat_write({"demat_edition_uid": self.clerk.id})
        self.env.cr.execute(
            "UPDATE account_move SET create_uid = %s WHERE id = %s",
            [self.manager.id, theirs.id],
        )
        self.env.invalidate_all()
        both = mine | theirs
        by_manager = {"created_by_ids": [Command.set(self.manager.ids)]}
        self.assertEqual(self._shown(**by_manager) & both, theirs)
        by_clerk = {"edited_by_ids": [Command.set(self.clerk.ids)]}
        self.assertEqual(self._shown(**by_clerk) & both, mine)

    def test_customers_with_an_account_professionals_contacts(self):
        """Seed 003, "Diffusion des factures"."""
        person = self._make_customer("Mme Particulier", "dame@chez.example")
        person.is_company = False
        contact = self.env["res.partner"].create(
            {
                "name": "Chef comptable",
                "parent_id": self.customer.id,
                "function": "Responsable comptable",
                "email": "compta@accord.example",
                "demat_main_contact": True,
            }
        )
        new_test_user(self.env, "portal_one", groups="base.group_portal").write(
            {"partner_id": contact.id}
        )
        firm, private, paper = (
            self._in("ready", partner=partner)
            for partner in (self.customer, person, self.silent)
        )
        every = firm | private | paper

        def shown(**values):
            return self._shown(treatment="send", **values) & every

        self.assertEqual(shown(), every)
        self.assertEqual(shown(with_account="account"), firm)
        self.assertEqual(shown(with_account="none"), private | paper)
        self.assertEqual(shown(customer_kind="company"), firm | paper)
        self.assertEqual(shown(customer_kind="person"), private)
        self.assertEqual(shown(contact_function="comptab"), firm)
        self.assertEqual(shown(contact_function="gérant"), every.browse())
        self.assertEqual(shown(main_contact_only=True), firm)
        contact.email = False
        self.assertEqual(shown(main_contact_only=True), every.browse())

    def test_drafts_entries_and_other_companies_are_never_listed(self):
        draft = self._invoice(post=False)
        posted = self._invoice()
        shown = self._shown(treatment="prepare")
        self.assertIn(posted, shown)
        self.assertNotIn(draft, shown)
        self.assertEqual(shown.company_id, self.company)
        self.assertFalse(shown.filtered(lambda move: move.move_type == "entry"))


@tagged("post_install", "-at_install")
class TestList(ProcessCommon):
    def test_who_is_told_where_the_address_comes_from_and_what_blocks(self):
        poor = self._make_customer("Sans adresse", False)
        self._give_consent(poor)
        told = self._in("ready", project_id=self.site.id)
        printed = self._in("ready", partner=self.silent)
        blocked = self._in("ready", partner=poor)
        screen = self._screen(treatment="send")
        screen.action_show()
        lines = {line.move_id: line for line in screen.line_ids}
        line = lines[told]
        self.assertEqual(line.channel, "mail")
        self.assertEqual(line.recipients, "tilleuls@site.example")
        self.assertEqual(line.origin, self.site.name)
        self.assertEqual(line.what, self.profile.display_name)
        self.assertEqual((line.account, line.selected), ("no", True))
        self.assertEqual(lines[printed].channel, "print")
        line = lines[blocked]
        self.assertIn("No address", line.problem)
        self.assertFalse(line.selected)
        action = line.action_fix()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", poor.id)
        )
        found = screen.line_ids.filtered("selected")
        self.assertEqual(screen.selected_count, len(found))
        self.assertGreaterEqual(screen.blocked_count, 1)
        # what is blocked cannot be ticked, one by one or all together
        line.action_toggle()
        screen.action_select_all()
        self.assertFalse(line.selected)

    def test_the_options_show_in_the_list(self):
        move = self._in("ready")
        for values, expected in (
            ({"notify": False}, ("portal", False, "no")),
            ({"attach_pdf": "yes"}, ("mail", True, "no")),
            ({"attach_pdf": "no"}, ("mail", False, "no")),
            ({"create_portal": True}, ("mail", False, "create")),
        ):
            screen = self._screen(treatment="send", **values)
            screen.action_show()
            line = screen.line_ids.filtered(lambda found: found.move_id == move)
            self.assertEqual(
                (line.channel, line.attach_pdf, line.account), expected, values
            )

    def test_the_list_takes_as_many_queries_for_many_as_for_few(self):
        """10,000 candidates open in 3 s: see ``./demat bench process``."""
        few = self._in("ready")
        self._warm = self._shown(treatment="send")
        counts = []
        for number in (0, 30):
            for place in range(number):
                partner = self._make_customer(f"N° {place}", f"n{place}@x.example")
                self._give_consent(partner)
                self._in("ready", partner=partner)
            self.env.flush_all()
            self.env.invalidate_all()
            screen = self._screen(treatment="send")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            screen.action_show()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertIn(few, screen.line_ids.move_id)
        self.assertEqual(*counts)

    def test_ticks_and_totals(self):
        moves = self._in("waiting") | self._in("waiting")
        screen = self._screen(treatment="prepare")
        screen.action_show()
        count = screen.line_count
        screen.action_select_none()
        self.assertEqual(screen.selected_count, 0)
        with self.assertRaisesRegex(UserError, "Tick at least one"):
            screen.action_start()
        own = screen.line_ids.filtered(lambda line: line.move_id == moves[0])
        own.action_toggle()
        self.assertEqual((screen.selected_count, screen.line_count), (1, count))
        self.assertIn("504", screen.selected_amount)
        action = screen.action_start()
        run = self.env["demat.run"].browse(action["res_id"])
        self.assertEqual(run.line_ids.move_id, moves[0])
        self.assertEqual((run.treatment, run.user_id), ("prepare", self.clerk))

    def test_sending_carries_the_choices_of_the_screen(self):
        move = self._in("ready")
        screen = self._screen(
            treatment="send", notify=False, attach_pdf="yes", create_portal=True
        )
        screen.action_show()
        screen.action_select_none()
        screen.line_ids.filtered(lambda line: line.move_id == move).action_toggle()
        run = self.env["demat.run"].browse(screen.action_start()["res_id"])
        self.assertEqual(run.line_ids.move_id, move)
        self.assertFalse(run.notify)
        self.assertEqual(run.attach_pdf, "yes")
        self.assertTrue(run.create_portal)

    def test_the_contacts_of_the_criteria_are_those_who_are_invited(self):
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "function": function,
                    "email": f"{name}@accord.example",
                    "demat_main_contact": main,
                }
                for name, function, main in (
                    ("directrice", "Directrice", True),
                    ("compta", "Responsable comptable", False),
                )
            ]
        )
        move = self._in("ready")
        for function, main_only, expected in (
            ("", False, contacts[0]),
            ("comptable", False, contacts[1]),
            ("", True, contacts[0]),
            ("comptable", True, contacts.browse()),
        ):
            found = move._demat_portal_contact(function, main_only)
            self.assertEqual(found, expected, (function, main_only))
        screen = self._screen(
            treatment="send", contact_function=" Comptable ", create_portal=True
        )
        screen.action_show()
        run = self.env["demat.run"].browse(screen.action_start()["res_id"])
        self.assertEqual(run._get_options()["portal_function"], "Comptable")
        run.sudo().with_context(force_report_rendering=True)._process()
        line = run.line_ids.filtered(lambda found: found.move_id == move)
        self.assertEqual((line.state, line.portal_outcome), ("done", "created"))
        self.assertEqual(line.portal_note, "compta@accord.example")

    def test_chorus_says_what_is_missing(self):
        """Our own answer; a connector that is installed gives another one."""
        move = self._invoice()
        self._send(move)
        screen = self._screen(treatment="collect_chorus")
        ours = {
            "_demat_domain": DematCriteria._demat_domain,
            "_start_collect_chorus": DematProcess._start_collect_chorus,
        }
        with patch.multiple(type(screen), **ours):
            screen.action_show()
            self.assertIn(move, screen.line_ids.move_id)
            with self.assertRaisesRegex(UserError, "connector to Chorus"):
                screen.action_start()

    def test_every_treatment_of_the_table_can_be_started(self):
        """No treatment of the table is without a way to do it."""
        screen = self._screen()
        run = set(self.env["demat.run"]._fields["treatment"].get_values(self.env))
        for code in states.TREATMENTS:
            self.assertTrue(code in run or hasattr(screen, f"_start_{code}"), code)
        self.assertEqual(
            list(states.TREATMENTS),
            self.env["demat.process"]._fields["treatment"].get_values(self.env),
        )
        self.assertLessEqual(set(PRINTING), set(states.TREATMENTS))


@tagged("post_install", "-at_install")
class TestBills(ProcessCommon, DematBillCommon):
    def test_invoices_paid_by_bill_only_and_what_blocks_each(self):
        poor = self._make_customer("Sans compte", "sans@compte.example")
        good, blocked = self._bill_invoice(), self._bill_invoice(partner=poor)
        other = self._invoice(self.silent)
        screen = self._screen(treatment="print_bills")
        screen.action_show()
        lines = {line.move_id: line for line in screen.line_ids}
        self.assertNotIn(other, lines)
        self.assertEqual((lines[good].selected, lines[good].problem), (True, False))
        self.assertIn("no bank account", lines[blocked].problem)
        self.assertFalse(lines[blocked].selected)
        self.assertEqual(lines[blocked].action_fix()["res_id"], poor.id)
        self.assertFalse(good.demat_bill_ids)  # looking makes none
        action = screen.action_start()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(good.demat_bill_ids.state, "issued")
        self.assertFalse(blocked.demat_bill_ids)
