# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    demat_mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail for invoices sent by hand",
        domain="[('model', '=', 'account.move')]",
        help="The text proposed when you send an invoice by hand. Empty: the company's "
        "notification of invoices.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        # EXTENDS base
        return super().SELF_READABLE_FIELDS + ["demat_mail_template_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        # EXTENDS base
        return super().SELF_WRITEABLE_FIELDS + ["demat_mail_template_id"]
