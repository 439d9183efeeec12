# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_print import PrintCase


@tagged("post_install", "-at_install")
class TestTimeline(PrintCase, HttpCase):
    """Each kind of event, as those see it who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_test_user(
            cls.env,
            "timeline_owner",
            groups="base.group_portal",
            password="timeline_owner",
            name="Anne Accord",
            partner_id=cls.env["res.partner"]
            .create({"name": "Anne Accord", "parent_id": cls.customer.id})
            .id,
        )

    def setUp(self):
        super().setUp()
        self.move = self._invoice()

    def _lines(self, move=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        move = (move or self.move).with_user(user or self.clerk)
        return move.demat_timeline_ids

    def _events(self, move=None):
        return self._lines(move).mapped("event")

    def _get(self, url):
        with mute_logger("odoo.http"):
            return self.url_open(url, allow_redirects=False)

    def test_states_lock_and_reopening_in_one_list_newest_first(self):
        move = self.move
        for action in ("prepare", "hold", "keep_internal", "release"):
            getattr(move.with_user(self.clerk), f"action_demat_{action}")()
        self._send(move)
        move.with_user(self.manager)._demat_reopen("Wrong delivery address")
        events = self._events()
        journal = [event for event in events if event.startswith("journal.")]
        self.assertEqual(
            journal,
            [
                f"journal.{treatment}"
                for treatment in (
                    "reopen",
                    "publish",
                    "start",
                    "prepare",
                    "release",
                    "keep_internal",
                    "hold",
                    "prepare",
                    "enter",
                )
            ],
        )
        self.assertIn("archive.archived", events)
        # the archive notes both again: the clerk reads them once
        self.assertNotIn("archive.sent", events)
        self.assertNotIn("archive.reopened", events)
        lines = self._lines()
        self.assertEqual(lines.sorted("date", reverse=True), lines)
        reopened = lines.filtered(lambda line: line.event == "journal.reopen")
        self.assertEqual(reopened.user_name, "Manager")
        self.assertEqual(reopened.detail, "Wrong delivery address")

    def test_print_preview_and_print_file_are_told_once(self):
        self._send(self.move)
        for action in ("preview", "print", "export_files"):
            self._act(action, self.move)
        events = self._events()
        for treatment in ("preview", "print", "print_files"):
            self.assertEqual(events.count(f"journal.{treatment}"), 1)
        self.assertFalse(
            [e for e in events if e in ("archive.viewed", "portal.viewed")]
        )
        kinds = self.move.demat_document_id.event_ids.mapped("event_type")
        self.assertEqual((kinds.count("viewed"), kinds.count("downloaded")), (2, 1))

    def test_the_customer_sees_and_downloads(self):
        self._send(self.move)
        self.authenticate("timeline_owner", "timeline_owner")
        base = f"/my/invoices/{self.move.id}"
        self.assertEqual(self._get(base).status_code, 200)
        self.assertEqual(self._events().count("portal.viewed"), 1)
        self._get(f"{base}?report_type=pdf&download=true")
        lines = self._lines().filtered(lambda line: line.source == "portal")
        self.assertEqual(lines.mapped("event"), ["portal.downloaded", "portal.viewed"])
        self.assertEqual(lines[0].user_name, "Anne Accord")
        self.assertEqual(lines[0].user_id, self.owner)

    def test_the_file_behind_the_page_is_told_too(self):
        self._send(self.move)
        self.authenticate("timeline_owner", "timeline_owner")
        url = f"/web/content/account.move/{self.move.id}/invoice_pdf_report_file"
        response = self._get(url)
        original = self.move.demat_document_id._get_content()
        self.assertEqual(response.content, original)
        self.assertEqual(self._events().count("portal.downloaded"), 1)

    def test_the_link_of_the_mail_says_that_nobody_signed_in(self):
        self._send(self.move)
        self.authenticate(None, None)
        token = self.move._portal_ensure_token()
        self._get(f"/my/invoices/{self.move.id}?access_token={token}")
        [line] = self._lines().filtered(lambda line: line.event == "portal.viewed")
        # written down in the language of the visit
        self.assertRegex(line.detail, "link|lien")

    def test_our_own_people_looking_is_no_view_of_the_customer(self):
        self._send(self.move)
        self.authenticate("demat_clerk", "demat_clerk")
        token = self.move._portal_ensure_token()
        number = self.move.id
        for url in (
            f"/my/invoices/{number}?access_token={token}",
            f"/my/invoices/{number}?access_token={token}&report_type=pdf&download=true",
            f"/web/content/account.move/{number}/invoice_pdf_report_file",
        ):
            self.assertEqual(self._get(url).status_code, 200)
        self.assertNotIn("portal", self._lines().mapped("source"))

    def test_a_refused_visitor_leaves_no_event(self):
        self._send(self.move)
        new_test_user(
            self.env,
            "timeline_neighbour",
            groups="base.group_portal",
            password="timeline_neighbour",
        )
        self.authenticate("timeline_neighbour", "timeline_neighbour")
        for url in (
            f"/my/invoices/{self.move.id}",
            f"/my/invoices/{self.move.id}?access_token=wrong",
            f"/report/pdf/account.report_invoice/{self.move.id}",
            f"/web/content/account.move/{self.move.id}/invoice_pdf_report_file",
        ):
            self.assertNotEqual(self._get(url).status_code, 200)
        self.assertNotIn("portal", self._lines().mapped("source"))

    def test_outcomes_of_exchanges(self):
        self._send(self.move)
        exchange = self.move.sudo().demat_exchange_ids.filtered(
            lambda row: row.channel == "mail"
        )
        exchange._mark_sending()
        exchange._mark_failed("mailbox_full", "The mailbox is full.")
        [line] = self._lines().filtered(lambda line: line.event == "mail.failed")
        self.assertEqual(line.detail, "The mailbox is full.")
        exchange._mark_sending()
        exchange._mark_done(external_id="<one@demat>")
        self.assertIn("mail.done", self._events())
        paper = self._invoice(self.silent)
        self._send(paper)
        self._act("print", paper)
        line = self._lines(paper).filtered(lambda line: line.event == "print.done")
        self.assertEqual(line.user_id, self.clerk)
        self.assertNotIn("ged.done", self._events())

    def test_words_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        labels = dict(
            self.env["demat.timeline"]
            .with_context(lang="fr_FR")
            .fields_get(["event"])["event"]["selection"]
        )
        self.assertEqual(labels["journal.print"], "Imprimé")
        self.assertEqual(labels["portal.viewed"], "Consultée par le client")
        self.assertEqual(len(labels), len(set(labels)))

    # -- rights -----------------------------------------------------------------------

    def test_the_rights_are_those_of_the_invoice(self):
        lines = self._lines()
        self.assertTrue(lines)
        foreign = self._foreign_clerk()
        Timeline = self.env["demat.timeline"]
        self.assertFalse(
            Timeline.with_user(foreign).search([("move_id", "=", self.move.id)])
        )
        with self.assertRaises(AccessError):
            lines.with_user(foreign).read(["event"])
        with self.assertRaises(AccessError):
            lines.with_user(self.owner).read(["event"])
        with self.assertRaises(AccessError):
            Timeline.with_user(self.owner).search([])

    def test_a_rule_on_the_invoices_holds_for_their_timelines(self):
        other = self._invoice(self.silent)
        self.env["ir.rule"].create(
            {
                "name": "Only the invoices of one customer",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": f"[('partner_id', '!=', {self.silent.id})]",
                "groups": False,
            }
        )
        hidden = other.sudo().demat_timeline_ids
        self.assertTrue(hidden)
        Timeline = self.env["demat.timeline"].with_user(self.clerk)
        found = Timeline.search([("move_id", "in", (other + self.move).ids)])
        self.assertEqual(found.sudo().move_id, self.move)
        with self.assertRaises(AccessError):
            hidden.with_user(self.clerk).read(["event"])

    def test_nobody_writes_it(self):
        line = self._lines()[:1]
        for user in (self.clerk, self.manager):
            with self.assertRaises(AccessError):
                line.with_user(user).write({"detail": "x"})
            with self.assertRaises(AccessError):
                line.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.move.with_user(user).write(
                    {"demat_timeline_ids": [Command.create({"detail": "x"})]}
                )
