# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .ged_destruction import MANAGER


class GedDestruction(models.Model):
    """Buttons of a list."""

    _inherit = "ged.destruction"

    # ----------------------------------------------------------------------- buttons

    def action_propose(self):
        """Ask for a comment, then propose."""
        return self._ask("propose")

    def action_approve(self):
        """Ask for a comment, then approve."""
        return self._ask("approve")

    def action_refuse(self):
        """Ask for the reason, then refuse."""
        return self._ask("refuse")

    def action_cancel(self):
        """Ask for the reason, then cancel."""
        return self._ask("cancel")

    def action_execute(self):
        """Destroy the content; the button asks for confirmation before."""
        self._decide("execute")
        return self._run_now()

    def action_continue(self):
        """Go on with an execution that stopped."""
        self.ensure_one()
        self._check_group(MANAGER)
        self.check_access("read")
        return self._run_now()

    def action_open_certificate(self):
        """Open the certificate in the archive."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ged.document",
            "res_id": self.certificate_id.id,
            "views": [(False, "form")],
        }

    def _ask(self, operation):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "ged.destruction.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_destruction_id": self.id,
                "default_operation": operation,
            },
        }
