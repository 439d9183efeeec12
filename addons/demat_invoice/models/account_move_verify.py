# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.ged_archive.lib.codes import new_code, pretty


class AccountMove(models.Model):
    """The verification code that is printed on what is sent.

    It must be known before the drawing, and the document that is archived afterwards
    gets the same one.
    """

    _inherit = "account.move"

    demat_verify_code = fields.Char(
        string="Verification code",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Printed on the document; whoever holds it can have the document verified "
        "on the public page. Each version that is sent has its own.",
    )

    def _demat_render_together(self):
        # EXTENDS demat_invoice
        if not self.env.context.get("demat_on_paper"):
            self._demat_set_verify_codes()
        return super()._demat_render_together()

    def _demat_prepare_document_vals(self, sealed):
        # EXTENDS demat_invoice
        values = super()._demat_prepare_document_vals(sealed)
        code = self.sudo()._demat_printed_code()
        return {**values, "verify_code": code} if code else values

    def _demat_set_verify_codes(self):
        """Give a code to those that print one and whose code, if any, is that of a
        version archived before; in one statement.
        """
        new = self.sudo().filtered(
            lambda move: (
                move.company_id.demat_print_code
                and (
                    not move.demat_verify_code
                    or move.demat_verify_code == move.demat_document_id.verify_code
                )
            )
        )
        if not new:
            return
        new.flush_recordset(["demat_verify_code"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move AS m
                   SET demat_verify_code = v.code
                  FROM unnest(%s, %s) AS v (id, code)
                 WHERE m.id = v.id
                """,
                new.ids,
                [new_code() for _move in new],
            )
        )
        new.invalidate_recordset(["demat_verify_code"], flush=False)

    def _demat_printed_code(self):
        """Return the code that a drawing of this invoice shows, or ``False``.

        None in a drawing that is not for sending: what it shows is not archived.
        """
        self.ensure_one()
        move = self.sudo()
        return move.company_id.demat_print_code and move.demat_verify_code

    def _demat_seal_mark(self):
        """Return what a visible seal shows of this invoice; ``None`` without a code."""
        code = self._demat_printed_code()
        if not code:
            return None
        Document = self.env["ged.document"].with_context(lang=self.partner_id.lang)
        return Document._verify_mark(self.company_id, code)

    def _demat_verify_values(self):
        """Return what the report prints, or ``False``: ``code``, ``page``, ``qr``."""
        self.ensure_one()
        context = self.env.context
        code = context.get("demat_drawing") and self._demat_printed_code()
        # a drawing that is only printed is not archived: nobody could verify it
        if not code or context.get("demat_on_paper"):
            return False
        Document = self.env["ged.document"]
        company = self.company_id
        return {
            "code": pretty(code),
            "page": Document._verify_url(company),
            "qr": Document._verify_qr_uri(company, code, 240),
        }
