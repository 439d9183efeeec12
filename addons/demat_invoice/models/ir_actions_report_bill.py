# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from odoo import models
from odoo.exceptions import UserError

#: Reports that are drawn to the millimetre, without the HTML renderer.
BILL = "demat_invoice.report_demat_bill"
SLIP = "demat_invoice.report_demat_bill_remittance"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # EXTENDS base: bills and slips come from lib/, through the host's print menu
        name = self._get_report(report_ref).report_name
        if name not in (BILL, SLIP):
            return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        ids = [res_ids] if isinstance(res_ids, int) else res_ids or []
        if not ids:
            raise UserError(self.env._("Nothing to print."))
        if name == BILL:
            return self.env["demat.bill"].browse(ids)._demat_render_pdf(), "pdf"
        slips = self.env["demat.bill.remittance"].browse(ids)._demat_render_slip()
        if len(slips) == 1:
            return slips[0], "pdf"
        with self._merge_pdfs([io.BytesIO(slip) for slip in slips]) as merged:
            return merged.getvalue(), "pdf"
