# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class DematSignRequest(models.Model):
    """Mails to the signatories: exchanges, like those of invoices."""

    _inherit = "demat.sign.request"

    def _invite(self, signatories):
        """Write to those whose turn it is."""
