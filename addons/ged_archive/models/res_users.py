# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _ged_hidden_kind_ids(self):
        """Return the ids of the kinds of documents that this user may not read as a
        mere reader: those for groups that he is not in.

        Used by the record rules, which keep the answer until the groups of a user or of
        a kind change (``ged.kind`` clears that cache).
        """
        self.ensure_one()
        kinds = self.env["ged.kind"].sudo().with_context(active_test=False)
        return (
            kinds.search([("reader_group_ids", "!=", False)])
            .filtered(lambda kind: not kind.reader_group_ids & self.all_group_ids)
            .ids
        )
