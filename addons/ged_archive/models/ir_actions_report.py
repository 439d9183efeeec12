# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ..lib.text import drawable

#: In the context: the paper holds all that it shows, there is nothing to wait for.
NO_WAIT = "ged_whole_paper"
_DELAY = "--javascript-delay"


def without_wait(command):
    """Return a command of the renderer that does not wait for scripts.

    The host waits a second for them (``report.print_delay``), whatever it draws.

    :param command: list of words, as ``_build_wkhtmltopdf_args`` answers; changed
    """
    if _DELAY in command:
        command[command.index(_DELAY) + 1] = "0"
    return command


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        # EXTENDS base
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        return without_wait(command) if self.env.context.get(NO_WAIT) else command

    @api.model
    def _ged_draw_paper(self, body, *, footer=None, **options):
        """Draw a page that holds its styles: nothing is fetched, nothing waited for.

        :param body: HTML without its document type; ``footer`` too, drawn on each page
        :param options: others of ``_run_wkhtmltopdf``
        :return: bytes of the PDF
        """
        if footer:
            options["footer"] = "<!DOCTYPE html>\n" + drawable(footer)
        return self.with_context(**{NO_WAIT: True})._run_wkhtmltopdf(
            ["<!DOCTYPE html>\n" + drawable(body)], **options
        )
