# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class DematExchangeLog(models.Model):
    """What went wrong with an exchange, and what people decided about it.

    The ordinary course (pending, sending, done) is not repeated here: it stands
    on the exchange with its dates. Rows are only added, by the system.
    """

    _name = "demat.exchange.log"
    _description = "Exchange History"
    _order = "id desc"

    exchange_id = fields.Many2one(
        "demat.exchange",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="exchange_id.company_id", store=True, index=True
    )
    at = fields.Datetime(
        string="Date", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    attempt = fields.Integer(readonly=True)
    old_state = fields.Selection(
        selection=lambda self: self.env["demat.exchange"]._get_states(),
        string="From",
        readonly=True,
    )
    new_state = fields.Selection(
        selection=lambda self: self.env["demat.exchange"]._get_states(),
        string="To",
        readonly=True,
    )
    code = fields.Char(readonly=True)
    text = fields.Text(string="Explanation", readonly=True)

    def write(self, vals):
        """Refused: the history of an exchange only grows."""
        if vals:
            raise UserError(self.env._("The history of an exchange cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of an exchange cannot be deleted."))
