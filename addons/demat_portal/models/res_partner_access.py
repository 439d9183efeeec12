# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    demat_access_ids = fields.One2many(
        "demat.portal.access",
        "partner_id",
        string="Accountants' Access",
        groups="demat_base.group_demat_user",
    )
