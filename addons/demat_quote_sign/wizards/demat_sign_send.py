# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class DematSignSend(models.TransientModel):
    """Window that sends a quote for signature."""

    _name = "demat.sign.send"
    _description = "Send for Signature"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    signatory_ids = fields.One2many("demat.sign.send.signatory", "wizard_id")


class DematSignSendSignatory(models.TransientModel):
    _name = "demat.sign.send.signatory"
    _description = "Signatory to Invite"
    _order = "sequence, id"

    wizard_id = fields.Many2one("demat.sign.send", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner")
    name = fields.Char(required=True)
    email = fields.Char(required=True)
    phone = fields.Char()
    role = fields.Char()
