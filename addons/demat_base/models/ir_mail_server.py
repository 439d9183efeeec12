# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def _connect__(self, *args, **kwargs):  # noqa: PLW3201 name of the host
        """Let the journal of an exchange watch the dialogue with the server."""
        connection = super()._connect__(*args, **kwargs)
        journal = self.env.context.get("demat_smtp_journal")
        if journal is not None and connection is not None:
            journal.watch(connection)
        return connection
