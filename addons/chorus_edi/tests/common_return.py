# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import tempfile
from pathlib import Path

from odoo.tools import html2plaintext

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
PARTIAL = "Intégré partiellement"


class ChorusReturnCommon(ChorusFlowCommon):
    """Invoices that left as EDI files, and the files that come back."""

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

    def _tell(self, move, outcome, reason="Vu sur le portail", user=None):
        wizard = self.env["chorus.tell.wizard"].with_user(user or self.clerk)
        action = move.with_user(user or self.clerk).action_chorus_tell()
        wizard = wizard.with_context(**action["context"])
        wizard.create({"outcome": outcome, "reason": reason}).action_tell()

    def _reports(self, move):
        """What came back of it, the first one first."""
        rows = self.env["demat.exchange"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", move.id),
                ("channel", "=", "chorus"),
                ("direction", "=", "in"),
            ],
            order="id",
        )
        self.assertEqual(set(rows.mapped("state")), {"done"})
        return [html2plaintext(report) for report in rows.mapped("report")]

    def _the_number_is_free(self, move):
        """It is mended and goes again, as what the platform never took in."""
        move.with_user(self.manager)._demat_reopen("a mistake")
        self._send(move)
        self.assertEqual(self._out(move).mapped("state")[-1], "pending")
