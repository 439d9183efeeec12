# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DematInvoiceCommon


@tagged("post_install", "-at_install")
class TestPortal(DematInvoiceCommon, HttpCase):
    """Who sees which invoice, by every way there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        portal = cls.env.ref("base.group_portal")
        for login, partner in (
            ("owner", cls.customer),
            ("neighbour", cls.silent),
        ):
            cls.env["res.users"].create(
                {
                    "name": login,
                    "login": f"demat_{login}",
                    "password": f"demat_{login}",
                    "partner_id": cls.env["res.partner"]
                    .create({"name": login, "parent_id": partner.id})
                    .id,
                    "group_ids": [Command.set(portal.ids)],
                }
            )
        cls.sent = cls._invoice()
        cls.hidden = {state: cls._invoice() for state in ("waiting", "internal")}
        for state in ("ready", "sending"):
            cls.hidden[state] = cls._invoice()
        for state, move in cls.hidden.items():
            cls._force_state(move, state)

    def setUp(self):
        super().setUp()
        self._send(self.sent)

    def _get(self, url):
        # the host logs each refusal as a warning
        with mute_logger("odoo.http"):
            return self.url_open(url, allow_redirects=False)

    def _ways(self, move):
        """All ways to an invoice: (name, address)."""
        token = move._portal_ensure_token()
        base = f"/my/invoices/{move.id}"
        return [
            ("page", base),
            ("page with token", f"{base}?access_token={token}"),
            ("download", f"{base}?report_type=pdf&download=true"),
            (
                "download with token",
                f"{base}?report_type=pdf&download=true&access_token={token}",
            ),
            ("html with token", f"{base}?report_type=html&access_token={token}"),
            ("report", f"/report/html/account.report_invoice_with_payments/{move.id}"),
            ("report pdf", f"/report/pdf/account.report_invoice/{move.id}"),
        ]

    def _shows(self, response, move):
        if response.status_code != 200:
            return False
        content = response.content
        return content.startswith(b"%PDF") or move.name.encode() in content

    def test_owner_sees_the_sent_one_and_gets_the_archived_bytes(self):
        self.authenticate("demat_owner", "demat_owner")
        listing = self.url_open("/my/invoices").text
        self.assertIn(self.sent.name, listing)
        for move in self.hidden.values():
            self.assertNotIn(move.name, listing)
        response = self._get(
            f"/my/invoices/{self.sent.id}?report_type=pdf&download=true"
        )
        self.assertEqual(response.content, self.sent.demat_document_id._get_content())
        events = self.sent.demat_document_id.event_ids.mapped("event_type")
        self.assertIn("downloaded", events)

    def test_link_of_the_mail_does_not_open_the_draft_of_a_reopened_invoice(self):
        sent = self.sent
        sent.with_user(self.manager)._demat_reopen("Wrong delivery address")
        sent.with_user(self.manager).button_draft()
        self.authenticate(None, None)
        for name, url in self._ways(sent):
            with self.subTest(way=name):
                self.assertFalse(self._shows(self._get(url), sent))
        sent.with_user(self.manager).button_cancel()
        for name, url in self._ways(sent):
            with self.subTest(way=name, state="cancel"):
                self.assertFalse(self._shows(self._get(url), sent))

    def test_token_opens_the_sent_one_only(self):
        self.authenticate(None, None)
        token = self.sent._portal_ensure_token()
        self.assertEqual(
            self._get(f"/my/invoices/{self.sent.id}?access_token={token}").status_code,
            200,
        )
        refused = set()
        for move in self.hidden.values():
            token = move._portal_ensure_token()
            response = self._get(f"/my/invoices/{move.id}?access_token={token}")
            refused.add((response.status_code, response.headers.get("Location")))
        wrong = self._get(f"/my/invoices/{self.sent.id}?access_token=nonsense")
        refused.add((wrong.status_code, wrong.headers.get("Location")))
        self.assertEqual(len(refused), 1, "all refusals must look alike")

    def test_hidden_ones_are_invisible_by_every_way(self):
        for login in ("demat_owner", None):
            self.authenticate(login, login)
            for state, move in self.hidden.items():
                for name, url in self._ways(move):
                    with self.subTest(login=login, state=state, way=name):
                        self.assertFalse(self._shows(self._get(url), move))

    def test_other_customer_gets_nothing_of_the_sent_one(self):
        self.authenticate("demat_neighbour", "demat_neighbour")
        listing = self.url_open("/my/invoices").text
        self.assertNotIn(self.sent.name, listing)
        for name, url in self._ways(self.sent):
            if "token" not in name:
                with self.subTest(way=name):
                    self.assertFalse(self._shows(self._get(url), self.sent))

    def test_attachment_of_a_hidden_invoice(self):
        move = self.hidden["waiting"]
        attachment = self.env["ir.attachment"].create(
            {
                "name": "x.pdf",
                "raw": b"%PDF-1.4 secret",
                "res_model": "account.move",
                "res_id": move.id,
            }
        )
        self.authenticate("demat_owner", "demat_owner")
        response = self._get(f"/web/content/{attachment.id}")
        self.assertNotIn(b"secret", response.content)

    def test_chatter_of_a_hidden_invoice(self):
        words = "Visible words"
        for move in (self.hidden["waiting"], self.sent):
            move.message_post(
                body=words, message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        for login in ("demat_owner", None):
            self.authenticate(login, login)
            for move in (self.hidden["waiting"], self.sent):
                answer = self._chatter(move, move._portal_ensure_token())
                self.assertEqual(words in answer, move == self.sent)
            self.assertNotIn(words, self._chatter(self.hidden["waiting"], None))

    def _chatter(self, move, token):
        """The answer of the chatter as text, whether a result or a refusal."""
        params = {"thread_model": "account.move", "thread_id": move.id}
        response = self.url_open(
            "/mail/chatter_fetch",
            data=json.dumps(
                {"params": {**params, **({"token": token} if token else {})}}
            ),
            headers={"Content-Type": "application/json"},
        )
        return response.text

    def test_rules_not_templates(self):
        owner = self.env["res.users"].search([("login", "=", "demat_owner")])
        moves = self.env["account.move"].with_user(owner)
        visible = moves.search([("move_type", "=", "out_invoice")])
        self.assertIn(self.sent, visible)
        for move in self.hidden.values():
            self.assertNotIn(move, visible)
        lines = self.env["account.move.line"].with_user(owner)
        self.assertFalse(
            lines.search([("move_id", "in", [m.id for m in self.hidden.values()])])
        )
