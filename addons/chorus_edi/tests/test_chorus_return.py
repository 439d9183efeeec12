# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from functools import partialmethod
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from ..lib import dropbox, errors
from ..models.chorus_return import TOO_LARGE
from .common_return import FLOW, INVOICE, PARTIAL, ChorusReturnCommon

UNREAD = "chorus_edi.mail_activity_type_return"


@tagged("post_install", "-at_install")
class TestChorusReturn(ChorusReturnCommon):
    """What the return files of the EDI mode say, in whatever order they come."""

    # -- steps without a date ---------------------------------------------------------

    def test_a_step_without_a_date_that_comes_again(self):
        move, _flow = self._deposited()
        for status in ("06", "12", "06"):
            self._invoices_back((move, status, None))
        row = move.chorus_invoice_ids
        # the newest first, as they are shown
        codes = ["SUSPENDUE", "COMPLETEE", "SUSPENDUE"]
        self.assertEqual(row.status_ids.mapped("code"), codes)
        self.assertEqual((row.status, row.state), ("SUSPENDUE", "suspended"))
        self.assertTrue(all(row.status_ids.mapped("at")), "that of the receipt")
        self.assertEqual(set(row.status_ids.mapped("at_receipt")), {True})
        # what is the last already is nothing new
        self._invoices_back((move, "06", None))
        self.assertEqual(row.status_ids.mapped("code"), codes)

    def test_a_dated_step_after_one_without_a_date(self):
        """Both wait in the folder: the receipt is later than either of them."""
        move, _flow = self._deposited()
        self._invoices_back((move, "06", None))
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self._invoices_back((move, "11", yesterday.isoformat(timespec="seconds")))
        row = move.chorus_invoice_ids
        self.assertEqual((row.status, row.state), ("MISE_EN_PAIEMENT", "paid"))
        self.assertFalse(row.followed)
        self.assertEqual(
            row.status_ids.mapped("code"), ["MISE_EN_PAIEMENT", "SUSPENDUE"]
        )

    def test_a_date_that_is_told_at_last(self):
        move, _flow = self._deposited()
        self._invoices_back((move, "06", None))
        row = move.chorus_invoice_ids.sudo()
        at = fields.Datetime.now() - timedelta(days=2)
        row._take_steps([("SUSPENDUE", at, "Il manque le BL", "")])
        step = row.status_ids
        self.assertEqual((len(step), step.at, step.at_receipt), (1, at, False))
        self.assertEqual(step.comment, "Il manque le BL")

    # -- flows ------------------------------------------------------------------------

    def test_a_flow_that_is_taken_in(self):
        moves, flow = self._deposited(2)
        self._flow_back(flow, "Intégré")
        self.assertEqual(flow.state, "integrated")
        self.assertEqual(self._states(moves), ["done", "done"])
        self.assertFalse(moves.activity_ids)

    def test_partial_then_the_statuses(self):
        moves, flow = self._deposited(3)
        good, bad, rejected = moves
        self._flow_back(flow, PARTIAL)
        self.assertEqual(flow.state, "processing", "nobody knows which")
        self.assertEqual(set(self._states(moves)), {"sending"})
        self.assertEqual(len(moves.activity_ids), 3)
        self.assertIn(flow.number, bad.activity_ids.note)
        flow.sudo().deposited_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self.assertEqual(len(moves.activity_ids), 3, "it is told once")
        self._invoices_back((bad, "37", None), (good, "03", None))
        self.assertEqual(self._states(good | bad), ["done", "failed"])
        self.assertEqual(self._out(rejected).state, "sending", "not told yet")
        self.assertFalse(good.activity_ids)
        self.assertIn("Motif 37", bad.activity_ids.note)
        self.assertEqual(bad.chorus_state, "refused")
        self.assertEqual(flow.state, "processing")
        # the recipient had it: its number is used up
        self._invoices_back((rejected, "05", None))
        self.assertEqual(self._out(rejected).state, "done")
        self.assertEqual(rejected.chorus_state, "rejected")
        self.assertEqual(flow.state, "partial")
        self._the_number_is_free(bad)

    def test_the_statuses_then_partial(self):
        moves, flow = self._deposited(3)
        good, bad, late = moves
        self._invoices_back((bad, "37", None), (good, "03", None))
        self._flow_back(flow, PARTIAL)
        self.assertEqual(self._states(moves), ["done", "failed", "sending"])
        self.assertEqual(flow.state, "processing")
        self.assertFalse(good.activity_ids)
        self.assertIn(flow.number, late.activity_ids.note)
        self._invoices_back((late, "03", None))
        self.assertEqual(self._states(moves), ["done", "failed", "done"])
        self.assertEqual(flow.state, "partial")
        self._the_number_is_free(bad)

    def test_partial_after_all_statuses(self):
        moves, flow = self._deposited(2)
        good, bad = moves
        self._invoices_back((bad, "37", None), (good, "03", None))
        self.assertEqual(flow.state, "partial", "all was told")
        self._flow_back(flow, PARTIAL)
        self.assertEqual(self._states(moves), ["done", "failed"])
        self.assertEqual(len(moves.activity_ids), 1)

    def test_partial_with_its_refusals_in_one_file(self):
        """One refused before, whose status comes again, says nothing of the others."""
        moves, flow = self._deposited(3)
        good, bad, before = moves
        self._invoices_back((before, "37", None))
        told = FLOW.format(flow=flow.number, status="92", comment=PARTIAL)
        units = "".join(
            INVOICE.format(number=move.name, status="37", comment="Motif", date="")
            for move in (before, bad)
        )
        self._back(told.replace("</CPPStatut>", f"{units}</CPPStatut>"))
        self.assertEqual(self._states(moves), ["done", "failed", "failed"])
        self.assertEqual(flow.state, "partial")

    # -- files ------------------------------------------------------------------------

    def _administrator(self):
        return new_test_user(
            self.env,
            "chorus_boss",
            groups="base.group_system",
            lang="en_US",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_a_file_that_cannot_be_read_is_told_to_administrators(self):
        boss = self._administrator()
        self._back("<a>&x;</a>")
        account = self.account.sudo()
        told = account.activity_search([UNREAD], user_id=boss.id)
        kept = self.env["chorus.return"].sudo().search([], limit=1)
        self.assertEqual(kept.state, "failed")
        self.assertIn(kept.name, told.note)
        self.assertIn(kept.error_text, html2plaintext(told.note))
        self.assertIn("Return files", told.note, "what to do")
        self._back("<b>&x;</b>")
        self.assertEqual(
            account.activity_search([UNREAD], user_id=boss.id), told, "once"
        )

    def _too_large(self, step):
        """The job does this step later; what was done stays, unlike with assertRaises,
        which rolls back."""
        try:
            step()
        except errors.TooLarge:
            self.env.invalidate_all()
        else:
            self.fail("nothing is too large")

    def test_a_file_that_is_too_large_is_told_to_administrators(self):
        boss = self._administrator()
        account = self.account.sudo()
        move, flow = self._deposited()
        large = self.folder / "in" / "a_large.xml"
        large.write_bytes(b"x" * 2000)
        fetch = partialmethod(dropbox.Folder.fetch, max_bytes=1000)
        with patch.object(dropbox.Folder, "fetch", fetch):
            self._too_large(lambda: self._flow_back(flow, "Intégré"))
            self.assertEqual(self._states(move), ["done"], "the others are read")
            told = account.activity_search([TOO_LARGE], user_id=boss.id)
            self.assertIn("a_large.xml", told.note)
            self.assertIn("100 MB", told.note)
            self._too_large(self._follow)
            again = account.activity_search([TOO_LARGE], user_id=boss.id)
            self.assertEqual(again, told, "once")
            large.unlink()
            self._follow()
        self.assertFalse(account.activity_search([TOO_LARGE]), "it is gone")
