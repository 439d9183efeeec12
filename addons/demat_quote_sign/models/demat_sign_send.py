# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class DematSignRequest(models.Model):
    """From the quote to the invitation."""

    _inherit = "demat.sign.request"

    def action_send(self):
        """Freeze and invite."""
