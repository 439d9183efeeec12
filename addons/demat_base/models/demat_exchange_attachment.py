# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import fields, models


class DematExchange(models.Model):
    """Attach the PDF or not: the choice of one sending over that of the customer."""

    _inherit = "demat.exchange"

    attach_choice = fields.Selection(
        [("yes", "PDF attached"), ("no", "Link only")],
        string="PDF in this Sending",
        readonly=True,
        help="What who sent it chose for this sending. Empty: as the site or the "
        "customer wants it.",
    )

    def _apply_attach_choice(self, resolution):
        """Return the resolution with the choice of this sending, if there is one."""
        self.ensure_one()
        if not self.attach_choice:
            return resolution
        return replace(resolution, attach_pdf=self.attach_choice == "yes")
