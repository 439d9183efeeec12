# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestLabel(DematInvoiceCommon):
    """Labels of the firm's own: who sets which, after which, on what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the demo data have labels too
        cls.env["demat.label"].search([]).active = False
        cls.settled = cls._label("Settled", group="demat_base.group_demat_manager")
        cls.checked = cls._label("Checked")
        cls.dispute = cls._label("Dispute", next_ids=cls.settled | cls.checked)
        cls.salesman = cls._make_user("seller", "sales_team.group_sale_salesman")

    @classmethod
    def _label(cls, name, kind="invoice", group=None, next_ids=None, **values):
        if group:
            values["group_ids"] = [Command.set(cls.env.ref(group).ids)]
        if next_ids:
            values["next_ids"] = [Command.set(next_ids.ids)]
        return cls.env["demat.label"].create({"name": name, "kind": kind, **values})

    def _refusal(self, move, label):
        with self.assertRaises(UserError) as caught:
            move.write({"demat_label_id": label.id})
        return str(caught.exception)

    def test_set_and_tracked(self):
        # the host's test environment tracks nothing
        tracked = {"tracking_disable": False, "mail_notrack": False}
        move = self._invoice().with_user(self.clerk).with_context(**tracked)
        self.cr.precommit.run()
        move.demat_label_id = self.checked
        self.env.flush_all()
        self.cr.precommit.run()
        tracking = move.sudo().message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "demat_label_id"
        )
        self.assertEqual(tracking.new_value_char, "Checked")
        self.assertEqual(tracking.mail_message_id.author_id, self.clerk.partner_id)

    def test_a_locked_invoice_takes_a_label_and_keeps_its_file(self):
        move = self._invoice()
        self._send(move)
        before = move.invoice_pdf_report_id.raw
        move.with_user(self.clerk).write({"demat_label_id": self.checked.id})
        self.assertEqual(move.demat_label_id, self.checked)
        self.assertEqual(move.invoice_pdf_report_id.raw, before)
        self.assertEqual(move.demat_state, "sent")

    def test_only_the_allowed_next_labels(self):
        """The refusal names the label, the invoice, and what is allowed instead."""
        move = self._invoice().with_user(self.clerk)
        move.demat_label_id = self.dispute
        promised = self._label("Promised")
        text = self._refusal(move, promised)
        self.assertIn(move.name, text)
        self.assertIn("Promised", text)
        self.assertIn("Checked", text)
        self.assertNotIn("Settled", text, "the clerk may not set this one")
        move.demat_label_id = self.checked
        # Checked names no next label: any may follow
        move.demat_label_id = promised
        self.assertEqual(move.demat_label_id, promised)

    def test_a_label_with_followers_is_not_taken_away(self):
        move = self._invoice().with_user(self.clerk)
        move.demat_label_id = self.dispute
        self.assertIn("Checked", self._refusal(move, self.env["demat.label"]))
        move.demat_label_id = self.checked
        move.demat_label_id = False
        self.assertFalse(move.demat_label_id)

    def test_groups_and_users(self):
        move = self._invoice()
        self.assertIn(
            "Settled", self._refusal(move.with_user(self.clerk), self.settled)
        )
        move.with_user(self.manager).demat_label_id = self.settled
        mine = self._label(
            "Mine",
            group="base.group_system",
            user_ids=[Command.set(self.clerk.ids)],
        )
        move.with_user(self.clerk).demat_label_id = mine
        self.assertEqual(move.demat_label_id, mine)
        self._refusal(
            move.with_user(self.manager),
            self.dispute.create(
                {
                    "name": "Others",
                    "kind": "invoice",
                    "user_ids": [Command.set(self.clerk.ids)],
                }
            ),
        )

    def test_forged(self):
        """By RPC: another kind, an archived one, one that does not exist."""
        move = self._invoice().with_user(self.clerk)
        quote = self._label("Measured", kind="quote")
        archived = self._label("Old", active=False)
        for label in (quote, archived, self.settled):
            self._refusal(move, label)
        with self.assertRaises(UserError):
            move.write({"demat_label_id": 99999999})
        with self.assertRaises(UserError):
            self.env["account.move"].with_user(self.clerk).create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "demat_label_id": self.settled.id,
                }
            )
        self.assertFalse(move.demat_label_id)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        secret = self._label("Secret plan", company_id=other.id)
        move = self._invoice().with_user(self.clerk)
        self.assertNotIn("Secret plan", self._refusal(move, secret))
        self.assertNotIn(secret, move.demat_label_choice_ids)
        with self.assertRaises(AccessError):
            secret.with_user(self.clerk).read(["name"])
        ours = self._label("Ours", company_id=self.company.id)
        move.demat_label_id = ours
        self.assertEqual(move.demat_label_id, ours)

    def test_archived_label_stays(self):
        move = self._invoice().with_user(self.clerk)
        move.demat_label_id = self.checked
        self.checked.active = False
        self.env.invalidate_all()
        self.assertEqual(move.demat_label_id, self.checked)
        move.write({"demat_label_id": self.checked.id, "ref": "unchanged label"})
        other = self._invoice().with_user(self.clerk)
        self.assertNotIn(self.checked, other.demat_label_choice_ids)

    def test_choices_on_the_form(self):
        move = self._invoice().with_user(self.clerk)
        self.assertEqual(move.demat_label_choice_ids, self.checked | self.dispute)
        with Form(move) as form:
            form.demat_label_id = self.dispute
        self.assertEqual(move.demat_label_id, self.dispute)
        self.env.invalidate_all()
        self.assertEqual(move.demat_label_choice_ids, self.checked | self.dispute)
        manager = move.with_user(self.manager)
        manager.invalidate_recordset()
        self.assertIn(self.settled, manager.demat_label_choice_ids)

    def test_in_bulk(self):
        moves = self._invoice() | self._invoice() | self._invoice()
        moves[0].demat_label_id = self.dispute
        wizard = (
            self.env["demat.label.wizard"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({})
        )
        self.assertEqual(wizard.document_count, 3)
        self.assertEqual(wizard.choice_ids, self.checked | self.dispute)
        wizard.label_id = self.checked
        wizard.action_set_label()
        self.assertEqual(moves.demat_label_id, self.checked)
        # one that fits not all: none is changed
        promised = self._label("Promised")
        moves[1].demat_label_id = self.dispute
        wizard.label_id = promised
        with self.assertRaises(UserError):
            wizard.action_set_label()
        self.assertEqual(moves[0].demat_label_id, self.checked)

    def test_in_bulk_mixed_kinds_have_no_choice(self):
        self._label("Refund checked", kind="credit_note")
        moves = self._invoice() | self._invoice(move_type="out_refund")
        wizard = (
            self.env["demat.label.wizard"]
            .with_user(self.clerk)
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({})
        )
        self.assertTrue(wizard.no_choice)
        with self.assertRaises(UserError):
            self.env["demat.label.wizard"].with_user(self.clerk).create(
                {"res_model": "res.partner", "res_ids": [1]}
            ).action_set_label()

    def test_queries_of_a_bulk_do_not_grow(self):
        few = self.env["account.move"].union(*(self._invoice() for _n in range(2)))
        many = self.env["account.move"].union(*(self._invoice() for _n in range(12)))

        def count(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            current = {
                move: move.demat_label_id for move in moves.with_user(self.clerk)
            }
            moves.with_user(self.clerk)._demat_allowed_labels(current)
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(few), count(many))

    def test_who_defines_labels(self):
        labels = self.env["demat.label"]
        labels.with_user(self.manager).create({"name": "New", "kind": "invoice"})
        for user in (self.clerk, self.salesman):
            with self.assertRaises(AccessError):
                labels.with_user(user).create({"name": "New", "kind": "invoice"})
            with self.assertRaises(AccessError):
                self.checked.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.checked.with_user(user).unlink()
            self.assertEqual(self.checked.with_user(user).name, "Checked")

    def test_next_labels_are_of_the_same_kind(self):
        quote = self._label("Measured", kind="quote")
        with self.assertRaisesRegex(ValidationError, "another kind of document"):
            self.checked.next_ids = quote

    @mute_logger("odoo.sql_db")
    def test_a_used_label_is_not_deleted(self):
        move = self._invoice()
        move.demat_label_id = self.checked
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self.checked.unlink()
        self.assertIn("foreign key", str(caught.exception))

    def test_a_quote_and_a_site(self):
        measured = self._label("Measured", kind="quote")
        received = self._label("Received", kind="site")
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "user_id": self.salesman.id}
        )
        order.with_user(self.salesman).demat_label_id = measured
        self.assertEqual(order.demat_label_id, measured)
        self._refusal(order.with_user(self.salesman), self.checked)
        self.site.with_user(self.env.user).demat_label_id = received
        self.assertEqual(self.site.demat_label_id, received)

    def test_an_entry_takes_no_label(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        self.assertIn("none", self._refusal(entry, self.checked))
