# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    demat_bill_count = fields.Integer(
        compute="_compute_demat_bill_count",
        groups="demat_base.group_demat_user,account.group_account_readonly",
    )

    def _compute_demat_bill_count(self):
        counts = dict(
            self.env["demat.bill"]._read_group(
                [
                    ("drawee_id", "in", self.commercial_partner_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["drawee_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.demat_bill_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_demat_bills(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_invoice.demat_bill_action"
        )
        action["domain"] = [("drawee_id", "=", self.commercial_partner_id.id)]
        action["context"] = {}
        return action
