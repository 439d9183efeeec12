# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ChorusService(models.Model):
    """A service of a public entity: who in it treats the invoice."""

    _name = "chorus.service"
    _description = "Service of a public entity"
    _order = "structure_id, code"
    _rec_names_search = ["code", "name"]

    structure_id = fields.Many2one(
        "chorus.structure", required=True, ondelete="cascade", index=True
    )
    code = fields.Char(required=True)
    name = fields.Char()
    number = fields.Char(string="Number at Chorus Pro", readonly=True, copy=False)
    active = fields.Boolean(default=True)
    since = fields.Date()
    until = fields.Date()
    engagement_required = fields.Boolean()

    _code_uniq = models.Constraint(
        "UNIQUE(structure_id, code)", "This service is in the directory already."
    )
