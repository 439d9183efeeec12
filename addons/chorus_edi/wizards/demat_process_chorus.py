# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.fields import Domain

from ..models.demat_exchange_chorus import CHORUS


class DematProcessLine(models.TransientModel):
    _inherit = "demat.process.line"

    channel = fields.Selection(selection_add=[(CHORUS, "Chorus Pro")])


class DematSendWizardLine(models.TransientModel):
    _inherit = "demat.send.wizard.line"

    channel = fields.Selection(selection_add=[(CHORUS, "Chorus Pro")])


class DematProcess(models.TransientModel):
    """Seed 001, "Récupérer les factures à destination de Chorus"."""

    _inherit = "demat.process"

    def _demat_domain(self):
        # EXTENDS demat_invoice: what goes to Chorus Pro, and nothing else
        domain = super()._demat_domain()
        if self.treatment != "collect_chorus":
            return domain
        return Domain.AND(
            [domain, Domain("commercial_partner_id.chorus_structure_id", "!=", False)]
        )

    def _start_collect_chorus(self, moves):
        # OVERRIDES demat_invoice: one ZIP with the signed PDFs and an index
        return self.env["demat.print.request"]._ask("chorus", moves)


class DematPrintRequest(models.Model):
    """The ZIP that a clerk takes to the portal of Chorus Pro by hand."""

    _inherit = "demat.print.request"

    kind = fields.Selection(
        selection_add=[("chorus", "Invoices for Chorus Pro")],
        ondelete={"chorus": "cascade"},
    )

    def _is_zip(self):
        # EXTENDS demat_invoice
        return self.kind == "chorus" or super()._is_zip()

    def _batches(self, progress):
        # EXTENDS demat_invoice: only sealed originals go to Chorus Pro
        for moves, contents, problems in super()._batches(progress):
            if self.kind == "chorus":
                for move in moves:
                    if move.id in contents and move.demat_state != "sent":
                        del contents[move.id]
                        problems[move.id] = self.env._("Not sent yet: send it first.")
            yield moves, contents, problems

    def _mark(self, printed):
        # EXTENDS demat_invoice
        result = super()._mark(printed)
        if self.kind == "chorus":
            printed._chorus_collected(self)
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _chorus_collected(self, request):
        """These are in the ZIP: the exchanges of the ZIP mode are done.

        In the other modes the ZIP is a copy, and their exchanges go on. An invoice
        that was collected before can be collected again; nothing changes by it.
        """
        waiting = self._chorus_outgoing("pending").filtered(
            lambda row: not row.chorus_flow_id
        )
        by_hand = waiting.filtered(
            lambda row: row.company_id._chorus_account().mode == "zip"
        )._demat_try_lock()
        for row in by_hand:
            row._mark_done(
                external_id=f"zip/{request.id}/{row.res_id}",
                report=self.env["ir.qweb"]._render(
                    "chorus_edi.exchange_report_zip",
                    {"exchange": row, "collection": request, "user": self.env.user},
                ),
            )
        now = fields.Datetime.now()
        rows = self.env["chorus.invoice"]._ensure(by_hand)
        rows.write({"deposited_at": now, "followed": True})
