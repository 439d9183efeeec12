# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Records that a refusal names.
NAMED = 3


class Base(models.AbstractModel):
    """Locks of workers that reach for the same records."""

    _inherit = "base"

    def _demat_try_lock(self):
        """Lock the rows that nobody else holds, against writing but not referring.

        As ``try_lock_for_update(allow_referencing=True)``, but what is an everyday
        matter where several work at once is no error in the log of the server: another
        transaction wrote a row after this one began, and whoever called does it again.

        :return: the records that were locked, in their order; read them anew
        :raises psycopg2.errors.SerializationFailure: such a row; to be repeated by
            ``retrying`` of the host or ``demat.exchange._demat_run_committed``
        """
        if not self._ids:
            return self
        query = SQL(
            "SELECT id FROM %s WHERE id IN %s FOR NO KEY UPDATE SKIP LOCKED",
            SQL.identifier(self._table),
            self._ids,
        )
        self.env.cr.execute(query, log_exceptions=False)
        locked = {row[0] for row in self.env.cr.fetchall()}
        return self.browse(one for one in self._ids if one in locked)

    def _demat_lock_or_refuse(self):
        """Lock all these rows as :meth:`_demat_try_lock` does.

        :raises UserError: somebody else has one of them; says what to do
        """
        busy = self - self._demat_try_lock()
        if busy:
            names = ", ".join(busy[:NAMED].mapped("display_name"))
            raise UserError(
                self.env._(
                    "%(names)s: somebody else is at work on this right now. Wait a "
                    "moment, then try again.",
                    names=names,
                )
            )
