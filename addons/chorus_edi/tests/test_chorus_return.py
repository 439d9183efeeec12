# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import tempfile
from datetime import timedelta
from functools import partialmethod
from pathlib import Path
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from ..lib import dropbox, errors
from ..models.chorus_return import TOO_LARGE
from .common_flow import ChorusFlowCommon

FLOW = (
    "<CPPStatut><CPPFluxStatuts><CPPFluxStatutUnitaire><IdFlux>{flow}</IdFlux>"
    "<IdStatut>{status}</IdStatut><Commentaire>{comment}</Commentaire>"
    "</CPPFluxStatutUnitaire></CPPFluxStatuts></CPPStatut>"
)
INVOICE = (
    "<CPPFactureStatutUnitaire><DonneesStatut><IdFacture>{number}</IdFacture>"
    "<IdStatut>{status}</IdStatut><Commentaire>{comment}</Commentaire>{date}"
    "</DonneesStatut></CPPFactureStatutUnitaire>"
)
UNREAD = "chorus_edi.mail_activity_type_return"
PARTIAL = "Intégré partiellement"


@tagged("post_install", "-at_install")
class TestChorusReturn(ChorusFlowCommon):
    """What the return files of the EDI mode say, in whatever order they come."""

    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("out", "in", "done"):
            (self.folder / name).mkdir()
        self.account.sudo().write(
            {
                "mode": "edi",
                "edi_application": "ABC123",
                "drop_kind": "folder",
                "drop_folder": str(self.folder),
            }
        )

    def _deposited(self, count=1):
        moves = self._send_public(count)
        self._deposit()
        return moves, self._out(moves).chorus_flow_id

    def _back(self, content):
        """A file comes back and is read; each has another name."""
        self.files = getattr(self, "files", 0) + 1
        file = self.folder / "in" / f"retour_{self.files}.xml"
        file.write_text(content, encoding="utf-8")
        self._follow()

    def _flow_back(self, flow, comment):
        self._back(FLOW.format(flow=flow.number, status="92", comment=comment))

    def _invoices_back(self, *told):
        """:param told: of ``(invoice, status, date or None)``"""
        units = "".join(
            INVOICE.format(
                number=move.name,
                status=status,
                comment=f"Motif {status}",
                date=date and f"<DateStatut>{date}</DateStatut>" or "",
            )
            for move, status, date in told
        )
        self._back(f"<CPPStatut>{units}</CPPStatut>")

    def _states(self, moves):
        return [self._out(move).state for move in moves]

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

    def _tell(self, move, outcome, reason="Vu sur le portail", user=None):
        wizard = self.env["chorus.tell.wizard"].with_user(user or self.clerk)
        action = move.with_user(user or self.clerk).action_chorus_tell()
        wizard = wizard.with_context(**action["context"])
        wizard.create({"outcome": outcome, "reason": reason}).action_tell()

    def test_a_person_says_what_became_of_an_invoice(self):
        """One that was refused may never get a status of its own."""
        moves, flow = self._deposited(3)
        good, bad, other = moves
        self.assertFalse(good.chorus_may_tell, "nobody was asked to look at it")
        with self.assertRaisesRegex(UserError, "is known, or being found out"):
            self._tell(good, "taken")
        self._flow_back(flow, PARTIAL)
        self.assertEqual(set(moves.mapped("chorus_may_tell")), {True})
        with self.assertRaisesRegex(UserError, "on record"):
            self._tell(good, "taken", "  ")
        self._tell(good, "taken")
        self.assertEqual(self._out(good).state, "done")
        self.assertEqual(self._out(good).confirmed_by_id, self.clerk)
        self.assertEqual(good.chorus_state, "with_recipient")
        self.assertTrue(good.chorus_invoice_ids.followed)
        self.assertFalse(good.activity_ids or good.chorus_may_tell)
        self._tell(bad, "refused", "Pas sur le portail")
        self.assertEqual((bad.chorus_state, flow.state), ("refused", "processing"))
        self._tell(other, "taken")
        self.assertEqual(flow.state, "partial", "no other one waits")
        for move, words in ((good, "has it: Vu sur le"), (bad, "refused it: Pas sur")):
            told = f"{self.clerk.name} says that Chorus Pro {words}"
            logs = " ".join(self._out(move).log_ids.mapped("text"))
            self.assertIn(told, logs)
            self.assertIn(told, " ".join(move.message_ids.mapped("body")))
        self.assertIn("Pas sur le portail", bad.activity_ids.note, "now to be mended")
        self._the_number_is_free(bad)

    def test_what_chorus_says_counts_more_than_what_a_person_said(self):
        moves, flow = self._deposited(2)
        self._flow_back(flow, PARTIAL)
        for move in moves:
            self._tell(move, "refused")
        self.assertEqual(flow.state, "rejected")
        self._invoices_back((moves[0], "03", None), (moves[1], "37", None))
        self.assertEqual(self._states(moves), ["done", "failed"])
        self.assertEqual(moves[0].chorus_state, "with_recipient")
        self.assertFalse(moves[0].activity_ids)

    def test_who_may_say_what_became_of_an_invoice(self):
        move, flow = self._deposited()
        flow.sudo().deposited_at = fields.Datetime.now() - timedelta(days=4)
        self._follow()
        self.assertTrue(move.chorus_may_tell, "a flow without a last word")
        reader = self._make_user("reader", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._tell(move, "taken", user=reader)
        flow.sudo().mode = "api"
        self.assertFalse(move.chorus_may_tell, "the platform can be asked")

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

    def _the_number_is_free(self, move):
        """It is mended and goes again, as what the platform never took in."""
        move.with_user(self.manager)._demat_reopen("a mistake")
        self._send(move)
        self.assertEqual(self._out(move).mapped("state")[-1], "pending")

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
