# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base: the host waits a second for scripts (report.print_delay); an
        # invoice has none, and the wait costs more than the drawing.
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if (
            self.env.context.get("demat_no_script_delay")
            and "--javascript-delay" in command
        ):
            command[command.index("--javascript-delay") + 1] = "0"
        return command
