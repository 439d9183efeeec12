# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    demat_domiciliation = fields.Char(
        string="Domiciliation",
        help="Bank and branch as printed on a bill of exchange. Empty: the name of the "
        "bank.",
    )
    demat_cfonb_crlf = fields.Boolean(
        string="Records end with CR LF",
        default=True,
        help="Of the files of bills that go to this bank. Some banks want 160 "
        "characters and nothing between the records.",
    )
    demat_past_due = fields.Boolean(
        string="Takes bills past due",
        help="This bank takes bills whose due date is over.",
    )

    def _demat_domiciliation(self):
        """Return the text of the zone *domiciliation*, possibly empty."""
        return self.demat_domiciliation or self.bank_id.name or ""
