# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def _connect__(self, *args, **kwargs):  # noqa: PLW3201 name of the host
        """Reuse the connection of a batch, let the journal of an exchange watch it.

        Both come through the context, so no other mail is concerned; in test mode
        the host gives no connection at all.
        """
        pool = self.env.context.get("demat_smtp_pool")
        if pool is None or args or self._disable_send():
            connection = super()._connect__(*args, **kwargs)
        else:
            connection = pool.take(
                tuple(sorted(kwargs.items())),
                lambda: super(IrMailServer, self)._connect__(**kwargs),
            )
        journal = self.env.context.get("demat_smtp_journal")
        if journal is not None and connection is not None:
            journal.watch(connection)
        return connection
