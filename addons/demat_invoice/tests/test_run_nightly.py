# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRunNightly(DematRunCommon):
    """The calendar itself is that of ``lib/nightly.py``: tests/lib/test_nightly.py."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.tz = "Europe/Paris"
        cls.manager.tz = "Europe/Paris"

    def _switch_on(self, company=None, moment="2026-11-20 12:00", **values):
        company = company or self.company
        with freeze_time(moment):
            company.with_user(self.env.user).write(
                {
                    "demat_nightly": True,
                    "demat_nightly_user_id": self.clerk.id,
                    "demat_nightly_rhythm": "night",
                    **values,
                }
            )

    def _night(self, moment):
        """What the job launches at this moment (UTC): its runs."""
        runs = self.env["demat.run"].sudo()
        before = runs.search([])
        with freeze_time(moment):
            runs._cron_nightly()
        return runs.search([("nightly", "=", True)]) - before

    def _created(self, moves, moment):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET create_date = %s WHERE id = ANY(%s)",
            [moment, moves.ids],
        )
        moves.invalidate_recordset(["create_date"])
        return moves

    def _fresh(self, count=1, moment="2026-11-20 10:00", **values):
        return self._created(self._ready(count, **values), moment)

    def test_off_by_default(self):
        self._fresh()
        self.assertFalse(self.company.demat_nightly)
        for day in range(20, 31):
            self.assertFalse(self._night(f"2026-11-{day} 23:00"))

    def test_at_its_hour_and_once(self):
        moves = self._fresh(2)
        waiting = self._created(self._invoice(), "2026-11-20 10:00")
        self._switch_on()
        self.assertFalse(self._night("2026-11-20 20:59"))
        run = self._night("2026-11-20 21:00")
        self.assertEqual((run.line_ids.move_id, run.user_id), (moves, self.clerk))
        self.assertEqual((run.treatment, run.company_id), ("send", self.company))
        self.assertNotIn(waiting, run.line_ids.move_id)
        self.assertFalse(self._night("2026-11-20 21:15"))
        self._process(run)
        self.assertEqual(set(moves.mapped("demat_state")), {"sent"})
        self.assertEqual(moves[0].demat_sent_uid, self.clerk)
        more = self._fresh()
        self.assertFalse(self._night("2026-11-21 20:59"))
        self.assertEqual(self._night("2026-11-21 21:00").line_ids.move_id, more)

    def test_the_past_of_the_day_on_which_it_is_switched_on_is_left_alone(self):
        self._fresh()
        self._switch_on(moment="2026-11-20 22:00")
        self.assertFalse(self._night("2026-11-20 22:15"))
        self.assertTrue(self._night("2026-11-21 21:00"))

    def test_a_new_rhythm_begins_with_the_next_night(self):
        self._fresh()
        self._switch_on(demat_nightly_rhythm="month_end")
        with freeze_time("2026-11-20 15:00"):
            self.company.demat_nightly_rhythm = "night"
        self.assertFalse(self._night("2026-11-20 15:15"))
        self.assertTrue(self._night("2026-11-20 21:00"))

    def test_only_on_the_last_day_of_the_month(self):
        self._fresh()
        self._switch_on(demat_nightly_rhythm="month_end")
        for day in range(20, 30):
            self.assertFalse(self._night(f"2026-11-{day} 21:30"), day)
        self.assertTrue(self._night("2026-11-30 21:00"))

    def test_a_server_that_was_down_loses_no_month_end(self):
        """It comes back on 3 December; N is counted from the night that was missed."""
        moves = self._fresh(moment="2026-11-29 23:00")
        self._switch_on(demat_nightly_rhythm="month_end", demat_nightly_days=1)
        run = self._night("2026-12-03 08:10")
        self.assertEqual(run.line_ids.move_id, moves)
        self.assertEqual(str(self.company.demat_nightly_last), "2026-11-30")
        self.assertFalse(self._night("2026-12-03 08:25"))

    def test_a_server_that_was_down_for_days_does_one_night(self):
        self._fresh()
        self._switch_on()
        self.assertEqual(len(self._night("2026-11-25 09:00")), 1)
        self.assertFalse(self._night("2026-11-25 20:45"))

    def test_younger_than_n_days(self):
        """Days of the place: created on the first of them, or one second before."""
        inside = self._fresh(moment="2026-11-16 23:00:00")
        outside = self._fresh(moment="2026-11-16 22:59:59")
        self._switch_on(demat_nightly_days=3)
        run = self._night("2026-11-20 21:00")
        self.assertEqual(run.line_ids.move_id, inside)
        self.assertEqual(outside.demat_state, "ready")

    def test_the_hour_is_that_of_the_user_then_of_the_company(self):
        self._fresh()
        self._switch_on()
        self.clerk.tz = "America/Martinique"
        self.assertFalse(self._night("2026-11-21 01:59"))
        self.assertTrue(self._night("2026-11-21 02:00"))
        self.clerk.tz = False
        self.company.partner_id.tz = "Pacific/Noumea"
        self._fresh()
        self.assertEqual(self.company._demat_nightly_zone(), "Pacific/Noumea")
        # 21:59 and 22:00 of that day
        self.assertFalse(self._night("2026-11-21 10:59"))
        self.assertTrue(self._night("2026-11-21 11:00"))

    def test_journals(self):
        usual = self.company_data["default_journal_sale"]
        account = usual.default_account_id
        journal = usual.copy({"code": "SITE", "default_account_id": account.id})
        chosen = self._fresh(journal_id=journal.id)
        self._fresh()
        self._switch_on(demat_nightly_journal_ids=journal.ids)
        self.assertEqual(self._night("2026-11-20 21:00").line_ids.move_id, chosen)

    def test_nothing_ready_makes_no_run_but_the_night_is_done(self):
        self._switch_on()
        self.assertFalse(self._night("2026-11-20 21:00"))
        self.assertEqual(str(self.company.demat_nightly_last), "2026-11-20")

    def test_what_is_blocked_stays_ready_and_is_in_the_report(self):
        self.clerk.demat_run_report = "never"
        poor = self._make_customer("Sans adresse", False)
        self._give_consent(poor)
        bad = self._fresh(partner=poor)
        self._switch_on()
        run = self._night("2026-11-20 21:00")
        self._process(run)
        self.assertEqual(bad.demat_state, "ready")
        self.assertEqual(run.report_state, "queued")
        self.assertIn(bad.name, str(run.report_mail_id.body_html))
        # and it is tried again the next night
        self.assertEqual(self._night("2026-11-21 21:00").line_ids.move_id, bad)

    def test_two_companies_and_one_that_fails(self):
        """Nobody may send in the first one: it says so, the second one is done."""
        other = self._second_company(self.manager)
        there = self._created(self._ready_in(other), "2026-11-20 10:00")
        self._fresh()
        reader = self._make_user("night_reader", "account.group_account_readonly")
        reader.tz = "Europe/Paris"
        self._switch_on(demat_nightly_user_id=reader.id)
        self._switch_on(other, demat_nightly_user_id=self.manager.id)
        with self.assertLogs("odoo.addons.demat_invoice", "WARNING"):
            run = self._night("2026-11-20 21:00")
        self.assertEqual((run.company_id, run.line_ids.move_id), (other, there))
        self.assertIn("rialisation", self.company.demat_nightly_error)
        with self.assertLogs("odoo.addons.demat_invoice", "WARNING"):
            self.assertFalse(self._night("2026-11-20 21:05"))
        told = self.env["mail.mail"].search([("email_to", "ilike", reader.email)])
        self.assertEqual(len(told), 1, "told once, not at each new try")
        self.assertIn("rialisation", str(told.body_html))
        # mended, the night is done as soon as possible
        self.company.demat_nightly_user_id = self.clerk
        self.assertEqual(self._night("2026-11-20 21:15").company_id, self.company)
        self.assertFalse(self.company.demat_nightly_error)

    def test_in_the_name_of_who_switched_it_on(self):
        self._fresh()
        with freeze_time("2026-11-20 12:00"):
            self.company.with_user(self.manager).sudo().write(
                {"demat_nightly": True, "demat_nightly_rhythm": "night"}
            )
        self.assertEqual(self._night("2026-11-20 21:00").user_id, self.manager)

    def test_who_left_sends_nothing_any_more(self):
        self._fresh()
        self._switch_on()
        self.clerk.active = False
        with self.assertLogs("odoo.addons.demat_invoice", "WARNING"):
            self.assertFalse(self._night("2026-11-20 21:00"))
        self.assertIn(self.company.name, self.company.demat_nightly_error)

    def test_wrong_settings_are_refused(self):
        for values in (
            {"demat_nightly_hour": 24},
            {"demat_nightly_hour": -1},
            {"demat_nightly_days": 0},
        ):
            with self.assertRaises(ValidationError):
                self.company.write(values)

    def test_settings_page(self):
        self.env.user.group_ids |= self.env.ref("base.group_system")
        settings = self.env["res.config.settings"].with_company(self.company)
        with Form(settings) as form:
            form.demat_nightly = True
            form.demat_nightly_rhythm = "month_end"
            form.demat_nightly_hour = 21.5
            form.demat_nightly_days = 10
        form.save().execute()
        self.assertTrue(self.company.demat_nightly)
        self.assertEqual(self.company.demat_nightly_hour, 21.5)
        self.assertEqual(self.company.demat_nightly_switched_uid, self.env.user)
        last = self.company.demat_nightly_last
        self.assertLess(last, datetime.now().date() + timedelta(days=1))
        label = self.company._fields["demat_nightly_days"].help
        self.assertIn("NB_JOURS_AVANT_ENVOI_FACTURES", label)
