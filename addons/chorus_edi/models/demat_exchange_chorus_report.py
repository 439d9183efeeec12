# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.fields import Domain


class DematExchange(models.Model):
    """What the platform says of one invoice, kept as a readable exchange."""

    _inherit = "demat.exchange"

    def _chorus_invoices(self):
        """The rows ``chorus.invoice`` of these exchanges."""
        return (
            self.env["chorus.invoice"].sudo().search([("exchange_id", "in", self.ids)])
        )

    def _chorus_taken(self, flow, found=None):
        """Chorus Pro took the invoice: it is done; what follows is its life there.

        :param flow: the ``chorus.flow`` that says so
        :param found: ``FoundInvoice``, when the search gave it
        """
        self.ensure_one()
        self._mark_done(external_id=f"{flow.number or flow.id}/{self.res_name}")
        self._chorus_return(flow, [])
        invoice = self._chorus_invoices()
        invoice.write({"followed": True})
        if found:
            invoice._take_found(found)

    def _chorus_refused(self, flow, texts, code="rejected"):
        """Chorus Pro refused the invoice before anybody saw it.

        The same number may be used again, once it is mended (chorus_pro.md 6.5).

        :param texts: the reasons, one message each
        :param code: short code of the cause
        """
        self.ensure_one()
        self._mark_failed(code, "\n".join(texts))
        self._chorus_return(flow, texts)
        self._chorus_invoices().write({"followed": False})
        self._chorus_todo("\n".join(texts))

    def _chorus_return(self, flow, texts):
        """Keep what came back as an incoming exchange (seed 001: "retour du flux").

        What came back before, otherwise, stays as it is, in a row of its own.
        """
        report = self.env["ir.qweb"]._render(
            "chorus_edi.exchange_report_return",
            {"exchange": self, "flow": flow, "texts": texts},
        )
        key = f"chorus-return:{flow.id}:{self.id}"
        before = Domain("idempotency_key", "=", key)
        before |= Domain("idempotency_key", "=like", f"{key}:%")
        count = self.sudo().search_count(before)
        row = self._create_pending(
            [
                {
                    "res_model": self.res_model,
                    "res_id": self.res_id,
                    "res_name": self.res_name,
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "channel": "chorus",
                    "direction": "in",
                    "document_id": self.document_id.id,
                    "user_id": self.user_id.id,
                    "recipients": self.recipients,
                    "idempotency_key": f"{key}:{count + 1}" if count else key,
                }
            ]
        ).sudo()
        row._mark_done(report=report)

    def _chorus_deposit_report(self, flow):
        """The readable report of what left (seed 001: "rapport d'export")."""
        return self.env["ir.qweb"]._render(
            "chorus_edi.exchange_report_deposit", {"exchange": self, "flow": flow}
        )

    def _chorus_todo_done(self):
        """What was to do about these invoices is answered."""
        for row in self:
            move = row._get_document()
            if move:
                move._chorus_todo_done()

    def _chorus_todo(self, text):
        """Somebody has to look at these invoices."""
        for row in self:
            move = row._get_document()
            if move:
                move._chorus_todo(row.user_id, text)
