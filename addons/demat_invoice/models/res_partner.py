# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    invoice_sending_method = fields.Selection(
        selection_add=[("demat", "Dematerialisation")]
    )
    demat_main_contact = fields.Boolean(
        string="Main contact",
        help="The person of this customer to whom invoices go first: a criterion of "
        "the processing screen, and whom the portal account is made for.",
    )

    @api.constrains("demat_main_contact", "parent_id")
    def _check_demat_main_contact(self):
        """A customer has one main contact at most."""
        marked = self.filtered(lambda contact: contact.demat_main_contact)
        groups = self.env["res.partner"]._read_group(
            [
                ("parent_id", "in", marked.parent_id.ids),
                ("demat_main_contact", "=", True),
            ],
            ["parent_id"],
            ["__count"],
            having=[("__count", ">", 1)],
        )
        if groups:
            raise ValidationError(
                self.env._(
                    "%(names)s: a customer has one main contact. Take the mark away "
                    "from the other contact first.",
                    names=", ".join(parent.display_name for parent, _count in groups),
                )
            )
