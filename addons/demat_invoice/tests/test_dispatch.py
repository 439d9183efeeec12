# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from odoo.addons.ged_archive.lib import facturx
from odoo.addons.ged_archive.lib.verify import inspect_seals

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestDispatch(DematInvoiceCommon):
    def _exchanges(self, move):
        return self.env["demat.exchange"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )

    def test_the_whole_chain(self):
        move = self._invoice(project_id=self.site.id)
        self._send(move)
        self.assertFalse(move.demat_error)
        self.assertEqual(move.demat_state, "sent")
        self.assertTrue(move.is_dematerialised)
        self.assertTrue(move.is_move_sent)
        self.assertEqual(move.demat_sent_uid, self.clerk)
        self.assertTrue(move.demat_sent_date)
        document = move.demat_document_id
        self.assertEqual((document.version, document.seal_level), (1, "B-B"))
        self.assertEqual(document.project_id, self.site)
        content = document._get_content()
        self.assertEqual(move.invoice_pdf_report_id.raw, content)
        [report] = inspect_seals(content)
        self.assertTrue(report.intact and report.covers_whole_file)
        xml = facturx.extract(content)
        self.assertIn(move.name.encode(), xml)
        states = {row.channel: row.state for row in self._exchanges(move)}
        self.assertEqual(states, {"ged": "done", "mail": "pending"})
        mail = self._exchanges(move).filtered(lambda row: row.channel == "mail")
        self.assertEqual(mail.recipients, "tilleuls@site.example")
        self.assertEqual(
            move.demat_state_change_ids.mapped("treatment"),
            ["publish", "start", "prepare", "enter"],
        )

    def test_nobody_is_told_before_the_document_is_archived(self):
        """Seen: the job mailed customers while another worker still drew the page."""
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        move.with_user(self.clerk)._demat_start()
        self.assertTrue(self._exchanges(move).filtered(lambda r: r.channel == "mail"))
        self.assertFalse(move._demat_exchanges("mail"))
        self._dispatch(move)
        self.assertEqual(len(move._demat_exchanges("mail")), 1)

    def test_no_country_blocks_with_the_way_to_mend_it(self):
        """BR-10 and BR-11: the buyer's postal address and its country."""
        self.customer.country_id = False
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        with self.assertRaises(RedirectWarning) as caught:
            move.with_user(self.clerk)._demat_start()
        self.assertIn(self.customer.name, caught.exception.args[0])

    def test_the_archive_names_who_pressed_the_button(self):
        """Also when the job does the work, as another user."""
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        move.with_user(self.clerk)._demat_start()
        self._dispatch(move.with_user(self.env.ref("base.user_root")))
        self.assertEqual(move.demat_document_id.archived_by_id, self.clerk)
        self.assertEqual(self._last_change(move).user_id, self.clerk)

    def test_a_cancelled_archive_exchange_is_carried_out_all_the_same(self):
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        move.with_user(self.clerk)._demat_start()
        self._exchanges(move)._mark_cancelled("by mistake")
        self._dispatch(move)
        states = {row.channel: row.state for row in self._exchanges(move)}
        self.assertEqual(states, {"ged": "done", "mail": "cancelled"})

    def test_credit_note_is_sent_as_such(self):
        move = self._invoice(move_type="out_refund")
        self._send(move)
        self.assertEqual(move.demat_document_id.kind_id.code, "credit_note")

    def test_without_consent_it_is_archived_and_to_be_printed(self):
        move = self._invoice(self.silent)
        self._send(move)
        self.assertEqual(move.demat_state, "sent")
        self.assertEqual(move.demat_delivery, "to_print")
        channels = set(self._exchanges(move).mapped("channel"))
        self.assertEqual(channels, {"ged", "print"})

    def test_sending_twice_is_refused(self):
        move = self._invoice()
        self._send(move)
        with self.assertRaises(UserError):
            move.with_user(self.clerk)._demat_start()
        self._dispatch(move)
        documents = self.env["ged.document"].search([("res_id", "=", move.id)])
        self.assertEqual(len(documents), 1)

    def test_no_address_blocks_with_the_way_to_mend_it(self):
        self.customer.email = False
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        with self.assertRaises(RedirectWarning) as caught:
            move.with_user(self.clerk)._demat_start()
        self.assertIn(move.name, caught.exception.args[0])
        self.assertEqual(move.demat_state, "ready")

    def test_no_seal_blocks(self):
        self.company.ged_seal_profile_id = False
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        with self.assertRaises(RedirectWarning):
            move.with_user(self.clerk)._demat_start()
        self.assertEqual(move.demat_state, "ready")

    def test_expired_seal_gives_the_invoice_back(self):
        self.company.ged_seal_profile_id = self._make_profile(
            self.company, days=(-20, -10)
        )
        move = self._invoice()
        self._send(move)
        self.assertEqual(move.demat_state, "ready")
        self.assertTrue(move.demat_error)
        self.assertFalse(move.demat_document_id)
        states = {row.channel: row.state for row in self._exchanges(move)}
        self.assertEqual(states, {"ged": "failed", "mail": "cancelled"})

    def test_one_bad_invoice_does_not_stop_the_others(self):
        good, bad = self._invoice(), self._invoice()
        moves = good | bad
        moves.with_user(self.clerk).action_demat_prepare()
        moves.with_user(self.clerk)._demat_start()
        original = facturx.check_cii

        def check(xml, **options):
            if bad.name.encode() in xml:
                xml = xml.replace(b"<ram:GrandTotalAmount>", b"<ram:GrandTotal>")
            return original(xml, **options)

        with patch.object(facturx, "check_cii", check):
            self._dispatch(moves)
        self.assertEqual((good.demat_state, bad.demat_state), ("sent", "ready"))
        self.assertTrue(bad.demat_error)
        self.assertFalse(bad.demat_document_id)
        # mended, it goes under the same key and nothing is there twice
        self._send(bad)
        self.assertEqual(bad.demat_state, "sent")
        self.assertFalse(bad.demat_error)
        rows = self._exchanges(bad).filtered(lambda row: row.channel == "ged")
        self.assertEqual(rows.mapped("state"), ["done"])
        self.assertEqual(rows.attempts, 2)

    def test_unexpected_error_keeps_the_trace_for_the_administrator(self):
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        move.with_user(self.clerk)._demat_start()
        with (
            patch.object(
                facturx, "convert_with_xml", side_effect=RuntimeError("no disk")
            ),
            self.assertLogs("odoo.addons.demat_invoice", "WARNING"),
        ):
            self._dispatch(move)
        self.assertEqual(move.demat_state, "ready")
        [failed] = self._exchanges(move).filtered(lambda row: row.state == "failed")
        self.assertEqual(failed.error_code, "internal")
        self.assertIn("no disk", failed.error_text)
        self.assertIn("RuntimeError", failed.sudo().traceback)

    def test_schematron_names_the_rule(self):
        self.env["ir.config_parameter"].set_param("ged_archive.schematron", "True")
        move = self._invoice()
        move.with_user(self.clerk).action_demat_prepare()
        move.with_user(self.clerk)._demat_start()
        original = type(self.env["account.edi.xml.cii"])._export_invoice

        def export(model, invoice):
            xml, errors = original(model, invoice)
            return xml.replace(
                b"504.00</ram:GrandTotal", b"505.00</ram:GrandTotal"
            ), errors

        with patch.object(
            type(self.env["account.edi.xml.cii"]), "_export_invoice", export
        ):
            self._dispatch(move)
        self.assertEqual(move.demat_state, "ready")
        # The field's name is in the language of the company; its number is not.
        self.assertRegex(move.demat_error, r"BR-\S*CO-1[0-9] – [^(:]+\(BT-11[25]\)")

    def test_send_at_validation(self):
        self.company.demat_send_at_validation = True
        move = self._invoice(post=False)
        move.with_user(self.clerk).action_post()
        self.assertEqual(move.demat_state, "sending")
        self._dispatch(move)
        self.assertEqual(move.demat_state, "sent")

    def test_send_at_validation_blocked_stays_waiting_and_says_why(self):
        self.company.demat_send_at_validation = True
        self.customer.email = False
        move = self._invoice()
        self.assertEqual((move.state, move.demat_state), ("posted", "waiting"))
        self.assertTrue(move.demat_error)

    def test_wizard_previews_and_sends_what_is_free(self):
        ready, waiting = self._invoice(), self._invoice()
        ready.with_user(self.clerk).action_demat_prepare()
        action = (ready | waiting).with_user(self.clerk).action_demat_send()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((wizard.sendable_count, wizard.blocked_count), (1, 1))
        line = wizard.line_ids.filtered(lambda row: row.move_id == ready)
        self.assertEqual(line.recipients, "client@accord.example")
        wizard.action_send()
        self.assertEqual(
            (ready.demat_state, waiting.demat_state), ("sending", "waiting")
        )

    def test_wizard_with_nothing_to_send_says_why(self):
        move = self._invoice()
        wizard = (
            self.env["demat.send.wizard"]
            .with_user(self.clerk)
            .with_context(active_ids=move.ids)
            .create({})
        )
        with self.assertRaisesRegex(UserError, "prepare it first"):
            wizard.action_send()

    def test_reader_cannot_start(self):
        reader = self._make_user("onlooker", "account.group_account_readonly")
        move = self._invoice()
        self._force_state(move, "ready")
        with self.assertRaises(AccessError):
            move.with_user(reader)._demat_start()

    def test_mail_in_the_words_of_the_seed(self):
        move = self._invoice()
        self._send(move)
        mail = self._exchanges(move).filtered(lambda row: row.channel == "mail")
        values = move._demat_mail_values(mail)
        self.assertEqual(values["email_to"], "client@accord.example")
        for word in ("Bâti Test SARL", "Client Accord SAS", move.name, "/my/invoices/"):
            self.assertIn(word, values["body_html"])
        self.assertFalse(values["attachment_ids"])
        self.customer.demat_attach_pdf = True
        values = move._demat_mail_values(mail)
        self.assertEqual(values["attachment_ids"], move.invoice_pdf_report_id.ids)

    def test_mail_outcome_shows_on_the_invoice(self):
        move = self._invoice()
        self._send(move)
        mail = self._exchanges(move).filtered(lambda row: row.channel == "mail")
        self.assertEqual(move.demat_delivery, "pending")
        mail._mark_sending()
        mail._mark_failed("bounced", "The mailbox is full")
        self.assertEqual(move.demat_delivery, "failed")
        mail._mark_sending()
        mail._mark_done()
        self.assertEqual(move.demat_delivery, "delivered")
