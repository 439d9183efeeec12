# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

STATES = [
    ("sent", "Waiting for signatures"),
    ("signed", "Signed online"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
    ("void", "To be sent again"),
]


class SaleOrder(models.Model):
    """The requests for signature of a quote."""

    _inherit = "sale.order"

    demat_sign_request_ids = fields.One2many(
        "demat.sign.request", "order_id", string="Requests for Signature", copy=False
    )
    demat_sign_request_count = fields.Integer(
        compute="_compute_demat_sign_state", compute_sudo=True
    )
    demat_sign_state = fields.Selection(
        STATES,
        string="Signature Online",
        compute="_compute_demat_sign_state",
        compute_sudo=True,
        store=True,
        help="State of the last request for signature.",
    )

    @api.depends("demat_sign_request_ids.state")
    def _compute_demat_sign_state(self):
        for order in self:
            requests = order.demat_sign_request_ids
            last = requests.sorted("id")[-1:]
            order.demat_sign_state = last.state if last.state != "draft" else False
            order.demat_sign_request_count = len(requests)

    def _demat_open_request(self):
        """The request that waits for signatures, in system mode; possibly empty."""
        self.ensure_one()
        return (
            self.env["demat.sign.request"]
            .sudo()
            .search([("order_id", "=", self.id), ("state", "=", "sent")], limit=1)
        )
