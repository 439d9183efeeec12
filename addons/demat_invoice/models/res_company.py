# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    demat_invoicing = fields.Boolean(
        string="Dematerialise customer invoices",
        help="Validated customer invoices and credit notes wait to be prepared and "
        "sent. The customer sees them on the portal only once they are sent.",
    )
    demat_send_at_validation = fields.Boolean(
        string="Send at validation",
        help="Validating an invoice archives it, publishes it on the customer's portal "
        "and announces it in one go.",
    )
    demat_print_code = fields.Boolean(
        string="Print the verification code on invoices",
        default=True,
        help="What is sent shows a code and a QR, with which anybody who holds the "
        "document can have it verified on the public page of the archive.",
    )
    demat_individual_account = fields.Boolean(
        string="Individual receivable accounts",
        help="At a customer's first validated invoice, his own receivable account is "
        "created and used.",
    )
    demat_account_prefix = fields.Char(
        string="Receivable account prefix", default="411"
    )
    demat_account_numbering = fields.Selection(
        [("reference", "Customer reference"), ("counter", "Counter")],
        string="Receivable account numbering",
        default="counter",
    )
    demat_mail_template_id = fields.Many2one(
        "mail.template",
        string="Invoice notification",
        domain="[('model', '=', 'account.move')]",
        help="The mail that tells the customer that an invoice is available.",
    )

    def _demat_get_mail_template(self):
        """Return the template of the notification: the company's choice, else ours."""
        self.ensure_one()
        return self.demat_mail_template_id or self.env.ref(
            "demat_invoice.mail_template_invoice_available"
        )
