# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request

from ..lib import states

SEALED_FIELD = "invoice_pdf_report_file"
#: Writing one of these changes the file, or the invoice whose official file it is.
FROZEN = frozenset(
    {
        "datas",
        "db_datas",
        "mimetype",
        "raw",
        "res_field",
        "res_id",
        "res_model",
        "store_fname",
        "type",
        "url",
    }
)


class IrAttachment(models.Model):
    """The official file of a sent invoice: replaced, moved and deleted by nobody.

    The host asks for write access on the invoice only, which clerks have.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        if not self.env.su:
            # afterwards: the place may come from the context, too
            attachments._demat_refuse_sealed()
        return attachments

    def write(self, vals):
        guarded = not self.env.su and not FROZEN.isdisjoint(vals)
        if guarded:
            self._demat_refuse_sealed()
        result = super().write(vals)
        if guarded and not {"res_field", "res_id", "res_model"}.isdisjoint(vals):
            self._demat_refuse_sealed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_demat_except_sealed(self):
        self._demat_refuse_sealed()

    def _to_http_stream(self):
        # EXTENDS base: the generic routes (/web/content) give the customer the file too
        stream = super()._to_http_stream()
        if request:
            moves = self.sudo()._demat_sealed_moves()
            moves.with_env(request.env)._demat_record_customer("downloaded")
        return stream

    def _demat_sealed_moves(self):
        """Return the invoices whose official files are among these."""
        files = self.filtered(
            lambda file: (
                file.res_field == SEALED_FIELD and file.res_model == "account.move"
            )
        )
        return self.env["account.move"].browse(set(files.mapped("res_id")))

    def _demat_refuse_sealed(self):
        """:raises UserError: one of these is the official file of a sent invoice"""
        for move in self.sudo()._demat_sealed_moves().exists():
            if move.demat_state in states.LOCKED_STATES:
                raise UserError(move._demat_locked_message([SEALED_FIELD]))
