# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_vies import BELGIAN, GERMAN, ViesCommon
from .vies_server import TEST_NUMBERS

NUMBER = BELGIAN[2:]
FAULTS = sorted(code for code in TEST_NUMBERS.values() if code.isupper())


@tagged("post_install", "-at_install")
class TestViesCheck(ViesCommon):
    # -- before the sending -----------------------------------------------------------

    def test_asked_before_the_invoice_is_sent(self):
        """The consultation number and the date are in the archive, with the answer to
        the byte, before the invoice is."""
        move = self._exempt_invoice()
        self.assertEqual(move.vies_state, "todo")
        self._send(move)
        self.assertEqual(move.demat_state, "sent")
        check = self._checks(move)
        self.assertEqual((check.outcome, check.vat), ("valid", BELGIAN))
        self.assertEqual(check.consultation, f"WAPIAAAAX{NUMBER}")
        self.assertEqual(check.date, fields.Date.to_date("2026-11-26"))
        self.assertEqual(check.trader_name, "ACME & ZONEN NV")
        self.assertEqual((move.vies_state, move.vies_check_id), ("valid", check))
        evidence = check.document_id
        self.assertEqual(evidence.kind_id.code, "evidence")
        self.assertEqual(evidence.partner_id, self.belgian)
        self.assertEqual(evidence.archived_by_id, self.clerk)
        self.assertLess(evidence.id, move.demat_document_id.id)
        answer = etree.fromstring(evidence.attachment_id.raw)
        found = answer.find(".//{*}requestIdentifier")
        self.assertEqual(found.text, check.consultation)
        notes = " ".join(move.message_ids.mapped("body"))
        self.assertIn(check.consultation, notes)
        self.assertFalse(self._todos(move))
        self.assertEqual(
            self.vies.questions,
            [
                {
                    "countryCode": "BE",
                    "vatNumber": NUMBER,
                    "requesterCountryCode": "FR",
                    "requesterVatNumber": "23334175221",
                }
            ],
        )

    def test_a_new_invoice_has_no_customer_yet(self):
        """The clerk's empty form opens, and knows once the customer is chosen."""
        moves = self.env["account.move"].with_user(self.clerk)
        form = Form(moves.with_context(default_move_type="out_invoice"))
        self.assertFalse(form.vies_state)
        form.partner_id = self.belgian
        with form.invoice_line_ids.new() as line:
            line.name = "Carrelage"
            line.price_unit = 42
            line.tax_ids = self.exempt
        self.assertEqual(form.save().vies_state, "todo")

    def test_who_is_asked_about(self):
        """Exempt invoices to other member states; nobody else's number leaves."""
        french = self._invoice()
        taxed = self._invoice(self.belgian)
        swiss = self._exempt_invoice(
            self._make_foreigner("Uhren AG", "base.ch", False), post=False
        )
        exempt = self._exempt_invoice(post=False)
        reverse = self._exempt_invoice(self.german, post=False)
        self.exempt.copy({"ubl_cii_tax_category_code": "AE"})
        moves = french | taxed | swiss | exempt | reverse
        self.assertEqual(
            {move: str(number) for move, number in moves._vies_numbers().items()},
            {exempt: BELGIAN, reverse: GERMAN},
        )
        self.exempt.ubl_cii_tax_category_code = "AE"
        self.assertIn(exempt, moves._vies_numbers())
        self.exempt.ubl_cii_tax_category_code = "E"
        self.assertFalse(moves._vies_numbers())
        self.exempt.ubl_cii_tax_category_code = "K"
        self.company.vies_checking = False
        self.assertFalse(moves._vies_numbers())

    def test_the_hosts_wizard_asks_too(self):
        """What leaves through the host's Send & Print has the same evidence."""
        move = self._exempt_invoice()
        sender = self.env["account.move.send"].with_context(force_report_rendering=True)
        sender._generate_and_send_invoices(move, sending_methods={"manual"})
        self.assertEqual((move.demat_state, move.vies_state), ("sent", "valid"))
        self.assertEqual(len(self.vies.questions), 1)

    def test_once_for_all_invoices_of_a_customer(self):
        moves = self._exempt_invoice() | self._exempt_invoice()
        self._send(moves)
        self._send(self._exempt_invoice())
        self.assertEqual(len(self.vies.questions), 1)
        self.assertEqual(set(moves.mapped("vies_state")), {"valid"})

    def test_an_old_answer_is_not_used(self):
        self._send(self._exempt_invoice())
        self._let_pass(self.env["vies.check"].search([]), days=31)
        self._send(self._exempt_invoice())
        self.assertEqual(len(self.vies.questions), 2)

    def test_no_fault_of_the_service_holds_an_invoice_back(self):
        move = self._exempt_invoice()
        for code in [*FAULTS, "drop", "words"]:
            with self.subTest(code=code):
                self.vies.outcomes[NUMBER] = code
                # the rest after a failure is another test
                self._let_pass(self._checks(move), hours=1)
                asked = len(self.vies.questions)
                self.assertEqual(move._vies_before_sending(), {})
                self.assertEqual(len(self.vies.questions), asked + 1)
                self.assertEqual(move.vies_state, "none")
                self.assertIn(move.vies_check_id.code, self._todos(move).note)
        check = self.env["vies.check"].search([])
        self.assertEqual(len(check), 1, "one row waits, however often it was asked")
        self.assertFalse(check.document_id)
        self._send(move)
        self.assertEqual(move.demat_state, "sent")
        self.assertEqual(self._todos(move).user_id, self.env.user)

    def _let_pass(self, checks, **delta):
        for check in checks.sudo():
            check.asked_at -= timedelta(**delta)
            if check.date:
                check.date -= timedelta(**delta)

    def test_a_dead_service_costs_its_time_once(self):
        self.vies.outcomes[NUMBER] = "SERVICE_UNAVAILABLE"
        moves = self._exempt_invoice() | self._exempt_invoice(self.german)
        self._send(moves)
        self.assertEqual(len(self.vies.questions), 1)
        self.assertEqual(moves.mapped("vies_state"), ["none", "none"])
        self.assertEqual([len(self._todos(move)) for move in moves], [1, 1])

    def test_a_dead_member_state_is_not_all_of_them(self):
        self.vies.outcomes[NUMBER] = "MS_UNAVAILABLE"
        moves = self._exempt_invoice() | self._exempt_invoice(self.german)
        self._send(moves)
        self.assertEqual(moves.mapped("vies_state"), ["none", "valid"])

    def test_an_invalid_number_is_told(self):
        self.vies.outcomes[NUMBER] = "invalid"
        move = self._exempt_invoice()
        self._send(move)
        self.assertEqual((move.demat_state, move.vies_state), ("sent", "invalid"))
        self.assertTrue(move.vies_check_id.document_id)
        self.assertIn(BELGIAN, self._todos(move).note)

    def test_an_invalid_number_holds_back_where_the_company_wants_it(self):
        self.company.vies_hold_invalid = True
        self.vies.outcomes[NUMBER] = "invalid"
        bad, good = self._exempt_invoice(), self._exempt_invoice(self.german)
        self._send(bad | good)
        self.assertEqual((bad.demat_state, good.demat_state), ("ready", "sent"))
        self.assertIn(BELGIAN, bad.demat_error)
        with self.assertRaisesRegex(RedirectWarning, BELGIAN):
            bad.with_user(self.clerk)._demat_start()
        # mended: the customer had changed his number
        self.belgian.vat = "BE0428759497"
        self._send(bad)
        self.assertEqual((bad.demat_state, bad.vies_state), ("sent", "valid"))

    def test_a_customer_without_number(self):
        self.belgian.vat = False
        move = self._exempt_invoice()
        move._vies_before_sending()
        self.assertFalse(self.vies.questions)
        self.assertIn(self.belgian.name, self._todos(move).note)

    def test_a_company_without_number(self):
        self.company.vat = False
        move = self._exempt_invoice(post=False)
        move._vies_ask()
        self.assertFalse(self.vies.questions)
        self.assertEqual(move.vies_check_id.code, "NO_REQUESTER")

    def test_an_address_that_is_no_service(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("chorus_edi.vies_address", "http://192.0.2.1/x")
        move = self._exempt_invoice(post=False)
        move._vies_ask()
        self.assertEqual(move.vies_check_id.code, "BAD_ADDRESS")

    # -- later ------------------------------------------------------------------------

    def test_asked_again_until_it_answers(self):
        self.vies.outcomes[NUMBER] = "MS_UNAVAILABLE"
        move = self._exempt_invoice()
        self._send(move)
        check = move.vies_check_id
        self._run_job()
        self.assertEqual(len(self.vies.questions), 1, "not before its time")
        self._make_due(check)
        self._run_job()
        self.assertEqual((check.outcome, check.tries), ("none", 2))
        self.vies.outcomes.clear()
        self._make_due(check)
        self._run_job()
        self.assertEqual((check.outcome, check.move_ids), ("valid", move))
        self.assertTrue(check.document_id)
        self.assertFalse(self._todos(move))
        self.assertEqual(move.vies_state, "valid")
        self._run_job()
        self.assertEqual(len(self.vies.questions), 3)

    def test_what_time_does_not_mend_is_not_asked_again(self):
        self.vies.outcomes[NUMBER] = "INVALID_INPUT"
        move = self._exempt_invoice()
        self._send(move)
        self.assertFalse(move.vies_check_id.next_at)

    def _run_job(self):
        # the job commits after each question
        with self.enter_registry_test_mode():
            self.env.ref("chorus_edi.ir_cron_vies").method_direct_trigger()
        self.env.invalidate_all()

    def _make_due(self, check):
        check.sudo().write(
            {
                "next_at": fields.Datetime.now(),
                "asked_at": fields.Datetime.now() - timedelta(hours=1),
            }
        )

    # -- buttons ----------------------------------------------------------------------

    def test_button_of_the_invoice(self):
        move = self._exempt_invoice()
        self.vies.outcomes[NUMBER] = "TIMEOUT"
        shown = move.with_user(self.clerk).action_vies_check()
        self.assertEqual(shown["params"]["type"], "warning")
        self.assertEqual(move.vies_state, "none")
        self.vies.outcomes.clear()
        shown = move.with_user(self.clerk).action_vies_check()
        self.assertEqual(shown["params"]["type"], "success")
        self.assertIn(f"WAPIAAAAX{NUMBER}", shown["params"]["message"])
        self.assertEqual(move.vies_state, "valid")
        self.assertFalse(self._todos(move))
        with self.assertRaisesRegex(UserError, "member states"):
            self._invoice().with_user(self.clerk).action_vies_check()

    def test_button_of_the_customer(self):
        self.assertTrue(self.belgian.vies_applicable)
        self.assertFalse(self.customer.vies_applicable)
        shown = self.belgian.with_user(self.clerk).action_vies_check()
        self.assertEqual(shown["params"]["type"], "success")
        self.assertEqual(self.belgian.vies_check_id.outcome, "valid")
        # the answer serves the next invoice
        self._send(self._exempt_invoice())
        self.assertEqual(len(self.vies.questions), 1)
        with self.assertRaises(UserError):
            self.customer.with_user(self.clerk).action_vies_check()

    # -- rights -----------------------------------------------------------------------

    def test_rights(self):
        """Clerks and auditors read; nobody writes; other companies see nothing."""
        move = self._exempt_invoice()
        self._send(move)
        check = self._checks(move)
        auditor = self._make_user("auditor", "ged_archive.group_ged_auditor")
        for user in (self.clerk, self.manager, auditor):
            as_user = check.with_user(user)
            self.assertTrue(as_user.words)
            for call in (
                lambda c=as_user: c.write({"outcome": "invalid"}),
                lambda c=as_user: c.unlink(),
                lambda c=as_user: c.copy(),
            ):
                with self.assertRaises(AccessError):
                    call()
        employee = self._make_user("employee", "base.group_user")
        with self.assertRaises(AccessError):
            check.with_user(employee).read(["vat"])
        with self.assertRaises(AccessError):
            move.with_user(employee).action_vies_check()
        with self.assertRaises(AccessError):
            self.belgian.with_user(employee).action_vies_check()
        self.assertNotIn("vies_check_id", self.belgian.with_user(employee).fields_get())

    def test_other_company(self):
        move = self._exempt_invoice()
        self._send(move)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="account.group_account_manager,demat_base.group_demat_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        as_stranger = self.env["vies.check"].with_user(stranger)
        self.assertFalse(as_stranger.search([]))
        with self.assertRaises(AccessError):
            self._checks(move).with_user(stranger).read(["vat"])
        with self.assertRaises(AccessError):
            move.with_user(stranger).action_vies_check()
        shared = self.belgian.with_user(stranger).with_company(other)
        self.assertFalse(shared.vies_check_id, "an answer belongs to who asked")
