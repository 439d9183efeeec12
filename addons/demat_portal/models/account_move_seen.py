# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

READERS = "demat_base.group_demat_user,account.group_account_readonly"


class AccountMove(models.Model):
    """For the clerk: whether and when the customer saw the invoice."""

    _inherit = "account.move"

    demat_seen_at = fields.Datetime(
        string="Seen by the customer on",
        compute="_compute_demat_seen_at",
        groups=READERS,
        help="The last time that the customer opened or downloaded the invoice on "
        "his portal, or by the link of the mail.",
    )
    demat_seen_by = fields.Char(
        string="Seen by",
        compute="_compute_demat_seen_at",
        groups=READERS,
    )

    def _compute_demat_seen_at(self):
        """One query for all; what our own people do is no view of the customer."""
        self.env["ged.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (d.res_id) d.res_id, e.at, e.user_name
                  FROM ged_document d
                  JOIN ged_event e ON e.document_id = d.id
                  JOIN res_users u ON u.id = e.user_id
                 WHERE d.res_model = 'account.move' AND d.res_id = ANY(%s)
                   AND e.event_type IN ('viewed', 'downloaded') AND u.share
                 ORDER BY d.res_id, e.id DESC
                """,
                self._origin.ids,
            )
        )
        found = {move_id: (at, name) for move_id, at, name in rows}
        for move in self:
            at, name = found.get(move._origin.id, (False, False))
            move.demat_seen_at = at
            move.demat_seen_by = name
