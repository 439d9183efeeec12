# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from ..lib.memory import Memory


class DematExchange(models.Model):
    """The invoice shows what became of its exchanges."""

    _inherit = "demat.exchange"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS demat_base
        exchanges = super().create(vals_list)
        exchanges._refresh_delivery()
        return exchanges

    def write(self, vals):
        # EXTENDS demat_base
        # the invoice shows the same while a mail waits and while it leaves
        concerned = self.filtered(
            lambda row: (
                (row.channel, row.state, vals.get("state"))
                != ("mail", "pending", "sending")
            )
        )
        result = super().write(vals)
        if "state" in vals:
            concerned._refresh_delivery()
        return result

    def _send_again(self, state, refusal):
        # EXTENDS demat_base
        self._check_still_current()
        return super()._send_again(state, refusal)

    def _check_still_current(self):
        """:raises UserError: the invoice was reopened or replaced since

        A mail that comes back late belongs to the version that it told about.
        """
        for exchange in self.sudo():
            if exchange.res_model != "account.move":
                continue
            move = exchange._get_document()
            if move and (
                not move._demat_is_published()
                or move.demat_document_id != exchange.document_id
            ):
                raise UserError(
                    self.env._(
                        "%(exchange)s: the invoice was reopened since. Send its new "
                        "version instead.",
                        exchange=exchange.display_name,
                    )
                )

    def _refresh_delivery(self):
        ids = {
            exchange.res_id
            for exchange in self.sudo()
            if exchange.res_model == "account.move"
        }
        moves = self.env["account.move"].sudo().browse(ids)
        if moves:
            self.env.add_to_compute(moves._fields["demat_delivery"], moves)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _demat_prepare_mails(self, resolutions):
        # IMPLEMENTS demat_base: seed 001, "Courriel type suite à Envoyer"
        result = {}
        templates = {
            company: company._demat_get_mail_template() for company in self.company_id
        }
        groups = self.grouped(
            lambda move: (
                templates[move.company_id],
                resolutions[move.id].lang or move.partner_id.lang or self.env.lang,
            )
        )
        fields_to_render = ("subject", "body_html", "email_from", "reply_to")
        for (template, lang), moves in groups.items():
            texts = (
                template.sudo()
                .with_context(lang=lang, demat_compiled=Memory())
                ._generate_template(moves.ids, fields_to_render)
            )
            authors = {move.id: move.company_id.partner_id.id for move in moves}
            replies = moves.sudo()._notify_get_reply_to_batch(
                defaults={
                    move.id: texts[move.id].get("email_from")
                    or move.company_id.email_formatted
                    for move in moves
                },
                author_ids=authors,
            )
            for move in moves:
                attachments = (
                    move.invoice_pdf_report_id
                    if resolutions[move.id].attach_pdf
                    else self.env["ir.attachment"]
                )
                result[move.id] = {
                    name: texts[move.id].get(name) for name in fields_to_render
                } | {
                    "attachment_ids": attachments.ids,
                    "author_id": authors[move.id],
                    # found in one go; the host would search for each mail
                    "reply_to": texts[move.id].get("reply_to") or replies[move.id],
                    "lang": lang,
                }
        return result
