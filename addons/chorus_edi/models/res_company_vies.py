# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    vies_checking = fields.Boolean(
        string="Ask VIES before sending",
        default=True,
        help="Before an invoice without VAT to another member state is sent, VIES is "
        "asked about the customer's VAT number, and its answer kept in the archive.",
    )
    vies_days = fields.Integer(
        string="An answer is used for (days)",
        default=30,
        help="0: VIES is asked each day on which an invoice is sent.",
    )
    vies_hold_invalid = fields.Boolean(
        string="Hold back if the number is not valid",
        help="An invoice without VAT whose customer's number VIES says is not valid is "
        "not sent. Off: it is sent, with a to-do. A service that does not answer never "
        "holds an invoice back.",
    )

    _vies_days_range = models.Constraint(
        "CHECK (vies_days BETWEEN 0 AND 366)",
        "An answer of VIES is used for 0 to 366 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vies_checking = fields.Boolean(related="company_id.vies_checking", readonly=False)
    vies_days = fields.Integer(related="company_id.vies_days", readonly=False)
    vies_hold_invalid = fields.Boolean(
        related="company_id.vies_hold_invalid", readonly=False
    )
