# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class GedDocument(models.Model):
    _inherit = "ged.document"

    project_id = fields.Many2one(
        "project.project",
        string="Work site",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model
    def _state_columns(self):
        return [*super()._state_columns(), "project_id"]
