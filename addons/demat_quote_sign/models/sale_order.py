# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SaleOrder(models.Model):
    """A quote is a document that is sent to a customer, like an invoice."""

    _name = "sale.order"
    _inherit = ["sale.order", "demat.document.mixin"]

    def _demat_site(self):
        # IMPLEMENTS demat_base: its project, else the only one of its lines
        self.ensure_one()
        order_sudo = self.sudo()
        projects = order_sudo.project_id or order_sudo.order_line.project_id
        return projects if len(projects) == 1 else projects.browse()

    def _demat_document_kind(self):
        # IMPLEMENTS demat_base
        return "quote"

    def _demat_sign_blockers(self):
        """What forbids to send this quote for signature, or to open its ceremony.

        TO EXTEND, for example by an approval among colleagues that is missing.

        :return: list of messages for the sales person
        """
        self.ensure_one()
        return []
