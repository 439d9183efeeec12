# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_transmit import DematTransmitCommon


@tagged("post_install", "-at_install")
class TestTransmit(DematTransmitCommon):
    """The mail by hand: what is proposed, what leaves and what does not.

    The real way through a mail server is in ``tests/test_transmit_mail.py``.
    """

    # -- what is proposed -------------------------------------------------------------

    def test_recipient_by_our_resolution(self):
        wizard = self._open()
        self.assertEqual(wizard.email_to, "tilleuls@site.example")
        self.assertIn("Chantier des Tilleuls", wizard.origin)
        wizard.email_to = "other@client.example"
        self.assertEqual(wizard.origin, "typed by hand")
        self._send(self.move2)
        wizard = self._open(self.move2)
        self.assertEqual(wizard.email_to, "client@accord.example")
        self.assertIn("Client Accord SAS", wizard.origin)

    def test_senders(self):
        self.site.user_id = False
        wizard = self._open()
        self.assertIn("clerk@batitest.example", wizard.sender_text)
        wizard.sender = "company"
        self.assertIn("facturation@batitest.example", wizard.sender_text)
        wizard.sender = "site"
        self.assertTrue(wizard.sender_missing)
        with self.assertRaisesRegex(UserError, "no site with a project manager"):
            wizard.action_transmit()
        self.site.user_id = self.manager
        wizard.invalidate_recordset()
        self.assertIn("manager@batitest.example", wizard.sender_text)
        exchange = self._transmit(wizard)
        self.assertIn("manager@batitest.example", exchange.mail_mail_id.email_from)

    def test_an_address_of_ones_own_choice_is_no_sender(self):
        wizard = self._open()
        with self.assertRaises(ValueError):
            wizard.write({"sender": "director@batitest.example"})
        wizard.write({"sender_text": "Director <director@batitest.example>"})
        exchange = self._transmit(wizard)
        self.assertIn("clerk@batitest.example", exchange.mail_mail_id.email_from)

    def test_a_manager_of_another_company_is_no_sender(self):
        stranger = self._make_user("stranger", "project.group_project_user")
        other = self.env["res.company"].create({"name": "Other"})
        self.site.user_id = stranger
        stranger.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        wizard = self._open()
        wizard.sender = "site"
        self.assertTrue(wizard.sender_missing)

    def test_template_of_the_user_then_of_the_company(self):
        wizard = self._open()
        self.assertEqual(
            wizard.template_id,
            self.env.ref("demat_invoice.mail_template_invoice_available"),
        )
        template = self.env["mail.template"].create(
            {
                "name": "Mine",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "subject": "My invoice {{ object.name }}",
                "body_html": '<p>For <t t-out="object.partner_id.name"/>, kindly</p>',
            }
        )
        # a preference that each writes for himself
        self.clerk.with_user(self.clerk).write({"demat_mail_template_id": template.id})
        wizard = self._open()
        self.assertEqual(wizard.template_id, template)
        self.assertEqual(wizard.subject, f"My invoice {self.move.name}")
        self.assertIn("For Client Accord SAS, kindly", wizard.body)

    def test_a_template_made_for_something_else(self):
        template = self.env["mail.template"].create(
            {
                "name": "Users",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "subject": "x",
            }
        )
        wizard = self._open()
        with self.assertRaisesRegex(UserError, "not made for invoices"):
            wizard.write({"template_id": template.id})
            self.assertFalse(wizard.subject)  # computed when it is read

    def test_what_is_typed_is_not_evaluated(self):
        wizard = self._open()
        wizard.subject = "{{ object.env.cr.dbname }}"
        wizard.body = '<p>Hello <t t-out="object.env.cr.dbname"/><script>x</script></p>'
        exchange = self._transmit(wizard)
        message = exchange.mail_message_id
        self.assertEqual(message.subject, "{{ object.env.cr.dbname }}")
        self.assertNotIn(self.env.cr.dbname, message.body)
        self.assertNotIn("<script", exchange.mail_mail_id.body_html)

    def test_documents_of_customer_and_products(self):
        contract = self._archive_document("Contract 12", b"%PDF-contract")
        self._attachment(self.customer, "terms.txt")
        self._attachment(self.silent, "not his.txt")
        sheet = self.env["product.document"].create(
            {
                "name": "sheet.txt",
                "raw": b"sheet",
                "res_model": "product.template",
                "res_id": self.product.product_tmpl_id.id,
            }
        )
        move = self._invoice(post=False)
        move.invoice_line_ids.product_id = self.product
        move.action_post()
        self._send(move)
        wizard = self._open(move)
        proposed = {line.name: line.source for line in wizard.document_ids}
        self.assertEqual(proposed["terms.txt"], "customer")
        self.assertEqual(proposed["sheet.txt"], "product")
        self.assertIn("archive", proposed.values())
        self.assertNotIn("not his.txt", proposed)
        self.assertFalse(any(wizard.document_ids.mapped("selected")))
        wizard.document_ids.selected = True
        exchange = self._transmit(wizard)
        contents = set(exchange.attachment_ids.mapped("raw"))
        self.assertLessEqual({b"terms.txt", b"sheet", b"%PDF-contract"}, contents)
        self.assertTrue(sheet.ir_attachment_id in exchange.attachment_ids)
        for document in contract | move.demat_document_id:
            told = document.sudo().event_ids.sorted("id")[-1]
            self.assertEqual((told.event_type, told.user_id), ("sent", self.clerk))
            self.assertIn(exchange.recipients, told.detail)

    # -- what leaves ------------------------------------------------------------------

    def test_the_sealed_file_and_the_exchange(self):
        wizard = self._open()
        wizard.email_cc = "boss@client.example, tilleuls@site.example"
        exchange = self._transmit(wizard)
        self.assertEqual(exchange.state, "done")
        self.assertEqual(exchange.user_id, self.clerk)
        self.assertEqual(
            exchange.recipients, "tilleuls@site.example, boss@client.example"
        )
        self.assertEqual(exchange.document_id, self.move.demat_document_id)
        [pdf] = exchange.attachment_ids
        self.assertEqual(pdf.raw, self.move.demat_document_id._get_content())
        self.assertEqual(exchange.mail_message_id.res_id, self.move.id)
        self.assertTrue(exchange.mail_message_id.is_internal)

    def test_a_second_click_sends_nothing(self):
        wizard = self._open()
        self._transmit(wizard)
        with self.assertRaisesRegex(UserError, "was sent already"):
            wizard.action_transmit()
        self.assertEqual(len(self._transmit(self._open())), 2)

    def test_uploaded_files_live_with_the_mail(self):
        wizard = self._open()
        upload = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "plan.txt",
                    "datas": base64.b64encode(b"plan"),
                    "res_model": wizard._name,
                    "res_id": 0,
                }
            )
        )
        wizard.attachment_ids = upload
        exchange = self._transmit(wizard)
        self.assertIn(upload, exchange.attachment_ids)
        wizard.sudo().unlink()
        self.assertTrue(upload.exists())

    def test_memo_on_the_customer(self):
        before = self.customer.message_ids
        self._transmit(self._open())
        [memo] = self.customer.message_ids - before
        self.assertIn(self.move.name, memo.body)
        self.assertIn("tilleuls@site.example", memo.body)
        self.assertIn(f'data-oe-id="{self.move.id}"', memo.body)
        self.assertEqual(memo.author_id, self.clerk.partner_id)
        self.assertTrue(memo.is_internal or memo.subtype_id.internal)
        wizard = self._open()
        wizard.memo = False
        self._transmit(wizard)
        self.assertEqual(self.customer.message_ids - before, memo)

    def test_incomplete(self):
        wizard = self._open()
        wizard.email_to = ""
        with self.assertRaisesRegex(UserError, "who receives"):
            wizard.action_transmit()
        wizard.email_to = "nobody at all"
        with self.assertRaisesRegex(UserError, "nobody at all"):
            wizard.action_transmit()
        wizard.write({"email_to": "a@b.example", "body": "<p><br/></p>"})
        with self.assertRaisesRegex(UserError, "subject and a text"):
            wizard.action_transmit()
        self.assertFalse(
            self.env["demat.exchange"].sudo().search([("by_hand", "=", True)])
        )

    # -- what does not leave ----------------------------------------------------------

    def test_not_sent_yet(self):
        """Waiting: refused with the reason; the button opens the sending."""
        wizard = self._open(self.move2)
        self.assertIn("only as its sealed original", wizard.obstacle)
        self.assertTrue(wizard.can_send_first)
        with self.assertRaisesRegex(UserError, "Send it first"):
            wizard.action_transmit()
        action = wizard.action_send_first()
        self.assertEqual(action["res_model"], "demat.send.wizard")
        self.assertEqual(action["context"]["active_ids"], self.move2.ids)
        self.assertEqual(self.move2.demat_state, "ready")
        self.assertFalse(self.move2.invoice_pdf_report_id)

    def test_other_obstacles(self):
        for state, text in (
            ("internal", "kept internal"),
            ("sending", "being sent right now"),
        ):
            self._force_state(self.move2, state)
            wizard = self._open(self.move2)
            self.assertIn(text, wizard.obstacle)
            self.assertFalse(wizard.can_send_first)
            with self.assertRaisesRegex(UserError, text):
                wizard.action_transmit()

    def test_without_consent(self):
        move = self._invoice(self.silent)
        self._send(move)
        wizard = self._open(move)
        wizard.email_to = "papier@silence.example"
        with self.assertRaisesRegex(UserError, "has not accepted"):
            wizard.action_transmit()

    def test_draft_several_and_outside(self):
        with self.assertRaisesRegex(UserError, "not validated"):
            self._open(self._invoice(post=False))
        with self.assertRaisesRegex(UserError, "single one"):
            (self.move | self.move2).action_demat_transmit()
        self.company.demat_invoicing = False
        outside = self._invoice()
        action = outside.with_user(self.clerk).action_demat_transmit()
        self.assertNotEqual(action.get("res_model"), "demat.transmit.wizard")

    def test_reopened_is_not_sent(self):
        self.move.with_user(self.manager)._demat_reopen("wrong price")
        wizard = self._open()
        with self.assertRaisesRegex(UserError, "Send it first"):
            wizard.action_transmit()
