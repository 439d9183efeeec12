# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

#: What each user may choose for himself.
_OWN_FIELDS = ("demat_mail_template_id", "demat_run_report")


class ResUsers(models.Model):
    _inherit = "res.users"

    demat_mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail for invoices sent by hand",
        domain="[('model', '=', 'account.move')]",
        help="The text proposed when you send an invoice by hand. Empty: the company's "
        "notification of invoices.",
    )
    demat_run_report = fields.Selection(
        [
            ("large", "After more than 20 invoices, or when something failed"),
            ("always", "After every treatment"),
            ("failure", "Only when something failed"),
            ("never", "Never"),
        ],
        string="Report of treatments by mail",
        required=True,
        default="large",
        help="The report of the nightly sending comes in any case.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        # EXTENDS base
        return [*super().SELF_READABLE_FIELDS, *_OWN_FIELDS]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        # EXTENDS base
        return [*super().SELF_WRITEABLE_FIELDS, *_OWN_FIELDS]
