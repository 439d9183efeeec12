# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _demat_get_site(self):
        """Return the site of the order: its project, else the only one of its lines.

        :return: ``project.project``; empty if there is none, or several different ones
        """
        self.ensure_one()
        order_sudo = self.sudo()
        if order_sudo.project_id:
            return order_sudo.project_id
        projects = order_sudo.order_line.project_id
        return projects if len(projects) == 1 else projects.browse()

    def _prepare_invoice(self):
        # EXTENDS sale: the site travels to the invoice
        values = super()._prepare_invoice()
        values["project_id"] = self._demat_get_site().id
        return values

    def _get_invoice_grouping_keys(self):
        # EXTENDS sale: two sites have two addresses, so they never share one invoice
        return [*super()._get_invoice_grouping_keys(), "project_id"]
