# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tests import tagged

from .common_flow import ChorusFlowCommon

FLOW_STATUS = """<?xml version="1.0" encoding="UTF-8"?>
<CPPStatutPivot>
  <Enveloppe>
    <EnveloppeUnitaire NumOrdre="1">
      <Parametres>
        <ParametreIndiv><Code>IdFlx</Code><Valeur>{flow}</Valeur></ParametreIndiv>
      </Parametres>
    </EnveloppeUnitaire>
  </Enveloppe>
  <CPPFactureStatuts>
    <CPPFactureStatutUnitaire>
      <DonneesStatut>
        <IdFacture>{number}</IdFacture>
        <IdStatut>{status}</IdStatut>
        <Commentaire>{comment}</Commentaire>
      </DonneesStatut>
    </CPPFactureStatutUnitaire>
  </CPPFactureStatuts>
</CPPStatutPivot>
"""


@tagged("post_install", "-at_install")
class TestChorusByHand(ChorusFlowCommon):
    """The ways without the API: a ZIP for the portal, EDI files in a folder."""

    # -- ZIP --------------------------------------------------------------------------

    def test_collecting_the_invoices_for_chorus(self):
        self.account.mode = "zip"
        moves = self._send_public(2)
        other = self._invoice()
        self._send(other)
        self._deposit()
        self.assertEqual(set(self._out(moves).mapped("state")), {"pending"})
        self.assertIn("Collect", moves[0].chorus_html)
        screen = self.env["demat.process"].with_user(self.clerk)
        screen = screen._open(treatment="collect_chorus", favorite_id=False)
        screen.action_show()
        self.assertEqual(screen.line_ids.move_id, moves)
        action = screen.action_start()
        self.assertEqual(action["target"], "download")
        request = self.env["demat.print.request"].with_user(self.clerk)
        request = request.search([], limit=1)
        with zipfile.ZipFile(request._path()) as archive:
            names = archive.namelist()
            index = archive.read("index.csv").decode("utf-8-sig")
            pdfs = [archive.read(name) for name in names if name.endswith(".pdf")]
        originals = [move.demat_document_id._get_content() for move in moves]
        self.assertEqual(sorted(pdfs), sorted(originals), "the signed originals")
        rows = list(csv.reader(io.StringIO(index), delimiter=";"))
        self.assertEqual(len(rows), 3)
        # seed 001: sent, dated, by whom, locked, archived, dematerialised, exchange
        for move in moves:
            self.assertEqual(move.demat_state, "sent")
            self.assertTrue(move.demat_sent_date and move.is_dematerialised)
            self.assertEqual(move.demat_sent_uid, self.clerk)
            self.assertTrue(move.demat_locked and move.demat_document_id)
        exchanges = self._out(moves)
        self.assertEqual(set(exchanges.mapped("state")), {"done"})
        self.assertIn("by hand", exchanges[0].report)
        self.assertEqual(set(moves.mapped("chorus_state")), {"with_recipient"})
        # once more: a copy, nothing changes
        screen.action_show()
        screen.action_start()
        self.assertEqual(self._out(moves), exchanges)
        self.assertEqual(self.chorus.calls.get("deposer/flux", 0), 0)

    def test_in_the_other_ways_the_zip_is_a_copy(self):
        move = self._send_public()
        screen = self.env["demat.process"].with_user(self.clerk)
        screen = screen._open(treatment="collect_chorus", favorite_id=False)
        screen.action_show()
        screen.action_start()
        self.assertEqual(self._out(move).state, "pending")
        self._integrate(move)
        self.assertEqual(self.chorus.calls["deposer/flux"], 1)

    # -- EDI --------------------------------------------------------------------------

    def _edi(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("out", "in", "done"):
            (folder / name).mkdir()
        self.account.sudo().write(
            {
                "mode": "edi",
                "edi_application": "ABC123",
                "drop_kind": "folder",
                "drop_folder": str(folder),
            }
        )
        return folder

    def test_edi_files_out_and_back(self):
        folder = self._edi()
        moves = self._send_public(2)
        self._deposit()
        flow = self._out(moves).chorus_flow_id
        [file] = (folder / "out").iterdir()
        self.assertEqual(file.name, flow.name)
        self.assertTrue(file.name.startswith("FSO1117A_ABC123_ABC1231117"), file.name)
        self.assertTrue(file.name.endswith(".tar.gz"))
        with tarfile.open(file) as archive:
            self.assertEqual(len(archive.getnames()), 2)
        self.assertEqual(file.read_bytes(), flow._get_content())
        self.assertEqual((flow.state, len(flow.number)), ("deposited", 25))
        # the return: one is suspended, which says that it arrived
        first, second = moves
        content = FLOW_STATUS.format(
            flow=flow.number, number=first.name, status="06", comment="Il manque le BL"
        )
        (folder / "in" / "retour.xml").write_text(content, encoding="utf-8")
        (folder / "in" / "autre.xml").write_text("<a>&x;</a>", encoding="utf-8")
        self._follow()
        self.assertEqual(self._out(first).state, "done")
        self.assertEqual(first.chorus_state, "suspended")
        self.assertIn("Il manque le BL", first.chorus_html)
        self.assertEqual(self._out(second).state, "sending")
        self.assertFalse(list((folder / "in").iterdir()), "both are taken off")
        kept = self.env["chorus.return"].search([], limit=2)
        self.assertEqual(sorted(kept.mapped("state")), ["done", "failed"])
        read = kept.filtered(lambda one: one.state == "done")
        self.assertEqual(read.document_id.kind_id.code, "chorus_report")
        self.assertEqual(read.document_id._get_content(), content.encode())
        self.assertFalse((kept - read).document_id, "what says nothing proves nothing")
        # nor does what speaks of others
        foreign = content.replace(flow.number, "X" * 25).replace(first.name, "AUTRE-1")
        (folder / "in" / "etranger.xml").write_text(foreign, encoding="utf-8")
        self._follow()
        last = self.env["chorus.return"].search([], limit=1)
        self.assertEqual((last.name, last.state), ("etranger.xml", "done"))
        self.assertFalse(last.ours or last.document_id)
        # the same file again changes nothing
        (folder / "in" / "retour.xml").write_text(content, encoding="utf-8")
        self._follow()
        self.assertEqual(self.env["chorus.return"].search([]) - last, kept)
        self.assertEqual(len(first.chorus_invoice_ids.status_ids), 1)

    def test_edi_flow_state_that_is_not_known(self):
        folder = self._edi()
        move = self._send_public()
        self._deposit()
        flow = self._out(move).chorus_flow_id
        (folder / "in" / "retour.xml").write_text(
            "<CPPStatut><CPPFluxStatuts><CPPFluxStatutUnitaire>"
            f"<IdFlux>{flow.number}</IdFlux><IdStatut>92</IdStatut>"
            "</CPPFluxStatutUnitaire></CPPFluxStatuts></CPPStatut>",
            encoding="utf-8",
        )
        self._follow()
        self.assertEqual((flow.state, flow.report_code), ("processing", "92"))
        self.assertIn(": 92.", move.activity_ids.mapped("note")[0])

    def test_edi_number_of_a_flow_while_the_account_is_in_use(self):
        self._edi()
        account = self.account.sudo()
        number = account._chorus_next_flow()
        held = patch.object(
            type(account), "_demat_try_lock", lambda held: held.browse()
        )
        with held, self.assertRaisesRegex(LockError, "in use right now"):
            account._chorus_next_flow()
        self.assertEqual(account._chorus_next_flow(), number + 1, "none is left out")

    def test_edi_codes_of_the_agreement(self):
        self._edi()
        for values in (
            {"edi_interface": "XSO1117A"},
            {"edi_interface": "FSO1117"},
            {"edi_application": "ABC12é"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.account.sudo().write(values)

    def test_edi_outcome_unknown_is_for_a_person(self):
        self._edi()
        move = self._send_public()
        flow = self.env["chorus.flow"].sudo()._pack(self.account)
        flow._announce()
        self._deposit()
        self.assertEqual(flow.state, "unknown")
        self._deposit()
        self.assertEqual(flow.state, "unknown", "nobody can be asked")
        self.assertEqual(len(move.activity_ids), 1)
        self.assertIn("Look into the folder", move.activity_ids.note)
        flow.sudo().started_at = "2026-01-01"
        self._follow()
        self.assertEqual(len(move.activity_ids), 1, "it was told at once")
        flow.with_user(self.clerk).action_arrived()
        self.assertEqual((flow.state, self._out(move).state), ("deposited", "sending"))
        self.assertFalse(move.activity_ids, "it was answered")
        with self.assertRaisesRegex(UserError, "unknown outcome"):
            flow.with_user(self.clerk).action_send_again()
