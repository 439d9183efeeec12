# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_run import DematRunCommon


@tagged("post_install", "-at_install")
class TestRunOptions(DematRunCommon):
    """What the options write; the mails themselves: tests/test_run_mail.py."""

    def _channels(self, move):
        rows = self.env["demat.exchange"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        return {row.channel: row.state for row in rows if row.state != "cancelled"}

    def _attached(self, move):
        """The files of the mail that the run wrote (tests hand it to no server)."""
        row = self.env["demat.exchange"].search(
            [("res_id", "=", move.id), ("channel", "=", "mail")]
        )
        self.assertTrue(row.mail_message_id)
        return row.attachment_ids

    def test_by_default_the_customer_is_told_as_he_wants_it(self):
        move = self._ready()
        run = self._run("send", move)
        self.assertEqual(
            run._get_options(),
            {
                "notify": True,
                "attach_pdf": None,
                "create_portal": False,
                "portal_function": "",
                "portal_main_only": False,
            },
        )
        self.assertEqual(set(self._channels(move)), {"ged", "mail"})
        self.assertFalse(self._attached(move))
        self.customer.demat_attach_pdf = True
        move = self._ready()
        self._run("send", move)
        self.assertEqual(self._attached(move), move.invoice_pdf_report_id)

    def test_nobody_is_told_and_the_invoice_says_so(self):
        move = self._ready()
        run = self._run("send", move, options={"notify": False})
        self.assertEqual(run.line_ids.state, "done")
        self.assertEqual(self._channels(move), {"ged": "done", "none": "done"})
        self.assertEqual((move.demat_state, move.demat_delivery), ("sent", "none"))
        self.assertTrue(move.demat_document_id.portal_visible)

    def test_who_tells_nobody_needs_no_address(self):
        self.customer.email = False
        move = self._ready()
        run = self._run("send", move)
        self.assertEqual(run.line_ids.state, "failed")
        run = self._run("send", move, options={"notify": False})
        self.assertEqual(run.line_ids.state, "done")

    def test_who_tells_nobody_needs_all_the_rest(self):
        self.company.ged_seal_profile_id = False
        run = self._run("send", self._ready(), options={"notify": False})
        self.assertEqual(run.line_ids.state, "failed")
        self.assertIn(self.company.name, run.line_ids.cause)

    def test_paper_remains_to_be_printed(self):
        move = self._ready(partner=self.silent)
        self._run("send", move, options={"notify": False})
        self.assertEqual(self._channels(move), {"ged": "done", "print": "pending"})
        self.assertEqual(move.demat_delivery, "to_print")

    def test_the_choice_of_the_run_wins_over_the_customer(self):
        for wanted, customer in ((True, False), (False, True)):
            self.customer.demat_attach_pdf = customer
            move = self._ready()
            self._run("send", move, options={"attach_pdf": wanted})
            self.assertEqual(bool(self._attached(move)), wanted)

    def test_a_resumed_run_remembers_the_options(self):
        moves = self._ready(2)
        run = self._launch("send", moves, options={"notify": False}).sudo()
        run._start_here()
        run._start_batch()
        self.env.invalidate_all()
        self._process(run)
        self.assertEqual(set(moves.mapped("demat_delivery")), {"none"})

    def test_tried_again_with_another_choice(self):
        """The document could not be made; the second run tells, and attaches."""
        seal = self.company.ged_seal_profile_id
        self.company.ged_seal_profile_id = self._make_profile(
            self.company, days=(-20, -10)
        )
        move = self._ready()
        run = self._run("send", move, options={"notify": False})
        self.assertEqual(run.line_ids.state, "failed")
        self.company.ged_seal_profile_id = seal
        self._run("send", move, options={"attach_pdf": True})
        self.assertEqual(set(self._channels(move)), {"ged", "mail"})
        self.assertTrue(self._attached(move))

    def test_the_rerun_of_the_failed_has_the_same_options(self):
        self.company.ged_seal_profile_id = False
        chosen = {
            "notify": False,
            "attach_pdf": True,
            "create_portal": True,
            "portal_function": "compta",
            "portal_main_only": True,
        }
        run = self._run("send", self._ready(), options=chosen)
        action = run.with_user(self.clerk).action_rerun_failed()
        again = self.env["demat.run"].browse(action["res_id"])
        self.assertEqual(again._get_options(), chosen)

    def test_what_is_no_option(self):
        move = self._ready()
        for options in ({"nottify": False}, {"attach_pdf": "maybe"}):
            with self.assertRaises(UserError):
                self._launch("send", move, options=options)

    # -- portal accounts --------------------------------------------------------------

    def test_a_customer_without_account_is_invited_once(self):
        moves = self._ready(2)
        run = self._run("send", moves, options={"create_portal": True})
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done"])
        self.assertEqual(run.line_ids.mapped("portal_outcome"), ["created", "existing"])
        user = self.customer.user_ids
        self.assertTrue(user._is_portal())
        self.assertEqual(user.login, "client@accord.example")
        mails = self.env["mail.mail"].search([("model", "=", "res.users")])
        [mail] = mails.filtered(lambda found: found.res_id == user.id)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("/web/signup?", mail.body_html)
        self.assertEqual(run.state, "done")

    def test_who_cannot_be_invited_gets_his_invoice_all_the_same(self):
        taken = new_test_user(
            self.env, "taken@elsewhere.example", groups="base.group_portal"
        )
        namesake = self._make_customer("Homonyme SARL", taken.login)
        paper = self._make_customer("Sans courriel SARL", False)
        self._give_consent(namesake)
        moves = self._ready(partner=namesake) | self._ready(partner=paper)
        run = self._run("send", moves, options={"create_portal": True})
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done"])
        self.assertEqual(
            run.line_ids.mapped("portal_outcome"), ["no_address", "no_address"]
        )
        self.assertIn(taken.login, run.line_ids[0].portal_note)
        self.assertIn("Sans courriel SARL", run.line_ids[1].portal_note)
        self.assertFalse((namesake | paper).user_ids)

    def test_invited_after_a_crash_between_sending_and_invitation(self):
        move = self._ready()
        run = self._launch("send", move, options={"create_portal": True}).sudo()
        run._start_here()
        lines = run._start_batch()
        move.with_context(force_report_rendering=True)._demat_dispatch_batch()
        move._demat_exchanges("mail")._dispatch_mail()
        lines._settle()
        self.assertEqual((run.line_ids.state, run.state), ("done", "running"))
        run._end()
        self.assertEqual(run.state, "running", "somebody is still to be invited")
        self._process(run)
        self.assertEqual(run.line_ids.portal_outcome, "created")
        self.assertEqual(run.state, "done")

    def test_nobody_is_invited_without_the_option(self):
        run = self._run("send", self._ready())
        self.assertFalse(run.line_ids.portal_outcome)
        self.assertFalse(self.customer.user_ids)
