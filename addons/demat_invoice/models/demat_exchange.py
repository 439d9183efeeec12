# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


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
        result = super().write(vals)
        if "state" in vals:
            self._refresh_delivery()
        return result

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

    def _demat_prepare_mail(self, exchange, resolution):
        # IMPLEMENTS demat_base: seed 001, "Courriel type suite à Envoyer"
        self.ensure_one()
        template = self.company_id._demat_get_mail_template().sudo()
        lang = resolution.lang or self.partner_id.lang or self.env.lang
        fields_to_render = ("subject", "body_html", "email_from", "reply_to")
        rendered = template.with_context(lang=lang)._generate_template(
            self.ids, fields_to_render
        )[self.id]
        attachments = (
            self.invoice_pdf_report_id
            if resolution.attach_pdf
            else self.env["ir.attachment"]
        )
        return {
            "subject": rendered.get("subject"),
            "body_html": rendered.get("body_html"),
            "email_from": rendered.get("email_from"),
            "reply_to": rendered.get("reply_to"),
            "attachment_ids": attachments.ids,
            "author_id": self.company_id.partner_id.id,
            "lang": lang,
        }
