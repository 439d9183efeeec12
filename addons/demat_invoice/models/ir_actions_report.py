# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import models

from odoo.addons.ged_archive.lib.text import drawable


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # Both steps apply to the documents that we seal (context ``demat_drawing``).

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base: the host waits a second for scripts (report.print_delay); an
        # invoice has none, and the wait costs more than the drawing.
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if self.env.context.get("demat_drawing") and "--javascript-delay" in command:
            command[command.index("--javascript-delay") + 1] = "0"
        return command

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        # EXTENDS base: a character that no font draws makes the file no PDF/A
        # (ISO 19005-3, 6.2.11.8)
        if self.env.context.get("demat_drawing"):
            bodies = [Markup(drawable(body)) for body in bodies]
            for part in ("header", "footer"):
                if kwargs.get(part):
                    kwargs[part] = Markup(drawable(kwargs[part]))
        return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
