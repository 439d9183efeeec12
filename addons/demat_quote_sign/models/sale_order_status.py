# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.demat_base.lib import document_status


class SaleOrder(models.Model):
    """The status of seed 004 ("accord client"), beside the host's state."""

    _name = "sale.order"
    _inherit = ["sale.order", "demat.status.mixin"]

    @api.depends_context("tz", "uid")
    @api.depends("demat_sign_state", "state", "validity_date")
    def _compute_demat_status(self):
        return super()._compute_demat_status()

    def _demat_status_rules(self):
        # IMPLEMENTS demat_base
        return document_status.QUOTE_RULES

    def _demat_status_facts(self):
        # IMPLEMENTS demat_base
        today = fields.Date.context_today(self)
        return {
            order: {
                "state": order.state,
                "signing": order.demat_sign_state or "",
                "late": bool(order.validity_date and order.validity_date < today),
            }
            for order in self
        }

    def _demat_status_columns(self, alias, query):
        # IMPLEMENTS demat_base
        def column(name):
            return self._field_to_sql(alias, name, query)

        columns = {
            "state": column("state"),
            "signing": SQL("COALESCE(%s, '')", column("demat_sign_state")),
            "late": SQL(
                "COALESCE(%s < %s, FALSE)",
                column("validity_date"),
                fields.Date.context_today(self),
            ),
        }
        return columns, SQL("TRUE")
