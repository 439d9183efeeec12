# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class DematSignRequest(models.Model):
    """The frozen document: drawn once, sealed, archived; its digest tells changes."""

    _inherit = "demat.sign.request"

    def _freeze(self):
        """Draw, seal and archive the quote; the bytes that everybody is shown."""

    def _is_current_digest(self):
        """Whether the quote still says what the frozen document says."""
        self.ensure_one()
        return True

    def _check_current(self, signatory):
        """:raise UserError: what forbids this signatory to go on, with the remedy"""
