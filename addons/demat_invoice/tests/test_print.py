# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import os
from datetime import timedelta
from unittest.mock import patch

import pikepdf
from pypdf import PdfReader

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import demat_print_request
from .common import DematInvoiceCommon


class PrintCase(DematInvoiceCommon):
    """Prints as the clerk does and reads the file that came out."""

    def _act(self, action, moves, user=None):
        paper = moves.with_user(user or self.clerk)
        answer = getattr(
            paper.with_context(force_report_rendering=True), f"action_demat_{action}"
        )()
        self.env.invalidate_all()
        return answer

    def _request(self, answer):
        number = int(answer["url"].rsplit("/", 1)[1])
        return self.env["demat.print.request"].sudo().browse(number)

    def _pages(self, answer):
        """The text of each page."""
        with open(self._request(answer)._path(), "rb") as file:
            return [page.extract_text() for page in PdfReader(file).pages]

    def _foreign_clerk(self):
        other = self.env["res.company"].create({"name": "Autre SARL"})
        return new_test_user(
            self.env,
            "print_foreign",
            groups="account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def _changes(self, move, treatment):
        return self.env["demat.state.change"].search(
            [("move_id", "=", move.id), ("treatment", "=", treatment)]
        )


@tagged("post_install", "-at_install")
class TestPrint(PrintCase, HttpCase):
    def test_print_notes_the_edition_and_preview_does_not(self):
        moves = self._invoice() | self._invoice()
        self._act("preview", moves)
        self.assertEqual(moves.mapped("demat_edition_date"), [False, False])
        self.assertEqual(self._changes(moves[0], "preview").user_id, self.clerk)
        before = fields.Datetime.now()
        self._act("print", moves)
        for move in moves:
            self.assertGreaterEqual(move.demat_edition_date, before)
            self.assertEqual(move.demat_edition_uid, self.clerk)
            self.assertEqual(move.demat_edition_count, 1)
            self.assertEqual(self._changes(move, "print").user_id, self.clerk)
        self._act("print", moves[0])
        self.assertEqual(moves.mapped("demat_edition_count"), [2, 1])

    def test_one_file_in_the_order_of_the_list(self):
        first, second, third = (self._invoice() for _number in range(3))
        self._send(second)
        order = third + second + first
        answer = self._act("print", order)
        self.assertEqual(answer["type"], "ir.actions.act_url")
        pages = self._pages(answer)
        self.assertEqual(len(pages), 3)
        for move, text in zip(order, pages, strict=True):
            self.assertIn(move.name, text)
        with pikepdf.open(self._request(answer)._path()) as merged:
            with merged.open_outline() as outline:
                titles = [entry.title for entry in outline.root]
            self.assertEqual(titles, order.mapped("display_name"))
            self.assertNotIn("/AcroForm", merged.Root)
            for page in merged.pages:
                kinds = [note.Subtype for note in page.get("/Annots", ())]
                self.assertNotIn("/Widget", kinds)

    def test_the_sealed_original_is_what_is_printed(self):
        move = self._invoice()
        self._send(move)
        original = move.demat_document_id._get_content()
        # drawn anew, the address of today would be on it
        self.customer.street = "99 rue Neuve"
        [text] = self._pages(self._act("print", move))
        self.assertIn("1 place du Marché", text)
        self.assertNotIn("99 rue Neuve", text)
        self.assertEqual(move.demat_document_id._get_content(), original)
        events = move.demat_document_id.event_ids.filtered(
            lambda event: event.event_type == "viewed"
        )
        self.assertEqual(events.user_id, self.clerk)

    def test_reprint_is_marked_if_the_company_wants_it(self):
        move = self._invoice()
        self._send(move)
        original = move.demat_document_id._get_content()
        for wanted, expected in ((True, False), (False, False), (True, True)):
            self.company.demat_mark_reprints = wanted
            [text] = self._pages(self._act("print", move))
            self.assertEqual("DUPLICATA" in text, expected)
        self.assertEqual(move.demat_document_id._get_content(), original)
        self.assertFalse(move.demat_document_id._content_problem())

    def test_what_a_correction_changes_was_never_printed(self):
        self.company.demat_mark_reprints = True
        move = self._invoice()
        self._act("print", move)
        move.button_draft()
        self.assertFalse(move.demat_edition_date)
        self.assertFalse(move.demat_edition_count)
        move.action_post()
        [text] = self._pages(self._act("print", move))
        self.assertNotIn("DUPLICATA", text)
        self._send(move)
        move.with_user(self.manager)._demat_reopen("Wrong address")
        self.assertFalse(move.demat_edition_uid)
        self.assertEqual(len(self._changes(move, "print")), 2)

    def test_one_broken_invoice_is_told_on_the_first_page_and_not_marked(self):
        good, draft, lost = self._invoice(), self._invoice(post=False), self._invoice()
        self._send(lost)
        attachment = lost.demat_document_id.sudo().attachment_id
        path = attachment._full_path(attachment.store_fname)
        os.rename(path, f"{path}.away")
        self.addCleanup(os.rename, f"{path}.away", path)
        with mute_logger(
            "odoo.addons.base.models.ir_attachment",
            "odoo.addons.ged_archive.models.ged_document_check",
        ):
            answer = self._act("print", lost + draft + good)
        cover, page = self._pages(answer)
        self.assertIn("Not printed", cover)
        self.assertIn(lost.name, cover)
        self.assertIn("missing from the storage", cover.replace("\n", " "))
        self.assertIn("validate it first", cover)
        self.assertIn(good.name, page)
        self.assertEqual(good.demat_edition_count, 1)
        self.assertFalse(lost.demat_edition_date or draft.demat_edition_date)
        self.assertFalse(self._changes(lost, "print"))
        request = self._request(answer)
        self.assertEqual((request.total, request.printed_count), (3, 1))

    def test_nothing_to_print_says_why(self):
        draft, sending = self._invoice(post=False), self._invoice()
        self._force_state(sending, "sending")
        with self.assertRaises(UserError) as refusal:
            self._act("print", draft + sending)
        self.assertIn("being sent right now", str(refusal.exception))
        self.assertIn("validate it first", str(refusal.exception))
        with self.assertRaises(UserError):
            self._act("print", draft.browse())

    def test_paper_that_waits_is_done_when_it_is_printed(self):
        move = self._invoice(self.silent)
        self._act("print", move)
        self._send(move)
        self.assertEqual(move.demat_delivery, "to_print")
        self._act("preview", move)
        self.assertEqual(move.demat_delivery, "to_print")
        self._act("print", move)
        self.assertEqual(move.demat_delivery, "delivered")
        exchange = move.sudo().demat_exchange_ids.filtered(
            lambda row: row.channel == "print"
        )
        self.assertEqual(exchange.state, "done")
        self.assertEqual(exchange.confirmed_by_id, self.clerk)
        self.assertIn("Printed by Clerk on ", exchange.log_ids.text)
        self._act("print", move)
        self.assertEqual(len(exchange.log_ids), 1)

    def test_a_drawing_that_is_not_archived_shows_no_code(self):
        move = self._invoice()
        self._send(move)
        self.assertIn("verify", self._pages(self._act("print", move))[0])
        move.with_user(self.manager)._demat_reopen("Wrong address")
        self.assertNotIn("verify", self._pages(self._act("print", move))[0])

    def test_marks_do_not_cost_a_query_each(self):
        template = self._invoice()
        counts = []
        for size in (10, 100):
            moves = template.browse()
            for _number in range(size):
                moves |= template.copy()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves.with_user(self.clerk).sudo()._demat_mark_printed()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(moves.mapped("demat_edition_count")), {1})
        self.assertLessEqual(counts[1], counts[0])

    # -- big ones ---------------------------------------------------------------------

    def test_a_big_selection_is_made_by_the_job(self):
        moves = self._invoice() + self._invoice() + self._invoice()
        for move in moves:
            self._send(move)
        with patch.object(demat_print_request, "AT_ONCE", 2):
            action = self._act("print", moves)
        self.assertEqual(action["type"], "ir.actions.act_window")
        request = self.env["demat.print.request"].sudo().browse(action["res_id"])
        self.assertEqual((request.state, request.total), ("waiting", 3))
        self.assertFalse(any(moves.mapped("demat_edition_date")))
        with self.assertRaises(UserError):
            request.with_user(self.clerk).action_download()
        self.env["demat.print.request"].sudo()._cron_make()
        self.env.invalidate_all()
        self.assertEqual((request.state, request.printed_count), ("done", 3))
        self.assertEqual(moves.demat_edition_uid, self.clerk)
        answer = request.with_user(self.clerk).action_download()
        self.assertEqual(len(self._pages(answer)), 3)

    # -- rights -----------------------------------------------------------------------

    def test_who_may_print(self):
        move = self._invoice()
        portal = new_test_user(self.env, "print_portal", groups="base.group_portal")
        for user in (self._foreign_clerk(), portal):
            for action in ("print", "preview", "export_files", "resend"):
                with self.subTest(user=user.login, action=action):
                    with self.assertRaises(AccessError):
                        self._act(action, move, user)
        self.assertFalse(move.demat_edition_date)
        with self.assertRaises(AccessError):
            move.with_user(self.clerk).write({"demat_edition_count": 3})
        with self.assertRaises(AccessError):
            self.env["demat.print.request"].with_user(self.clerk).create(
                {"kind": "print", "move_ids": move.ids}
            )

    def test_the_file_is_for_who_asked_and_for_a_day(self):
        move = self._invoice()
        answer = self._act("print", move)
        url, request = answer["url"], self._request(answer)
        path = request._path()
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))
        self.authenticate("demat_clerk", "demat_clerk")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertTrue(response.headers["Content-Disposition"].startswith("inline"))
        self.assertEqual(len(PdfReader(io.BytesIO(response.content)).pages), 1)
        self.env.invalidate_all()
        self.assertEqual(move.demat_edition_count, 1, "reading is not printing")
        self.authenticate("demat_manager", "demat_manager")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertNotEqual(answer.status_code, 200)
        self.authenticate("demat_clerk", "demat_clerk")
        request.made_at -= timedelta(hours=25)
        self.env.flush_all()
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_old_files_are_removed(self):
        request = self._request(self._act("print", self._invoice()))
        path = request._path()
        request._gc_files()
        self.assertTrue(os.path.exists(path))
        old = fields.Datetime.now() - timedelta(hours=25)
        self.env.cr.execute(
            "UPDATE demat_print_request SET create_date = %s WHERE id = %s",
            (old, request.id),
        )
        request.invalidate_recordset()
        os.utime(path, (old.timestamp(), old.timestamp()))
        request._gc_files()
        self.assertFalse(os.path.exists(path) or request.exists())
