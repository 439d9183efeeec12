# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ChorusStructure(models.Model):
    """A public entity of the directory of Chorus Pro, and what it demands.

    Public data, the same for all companies.
    """

    _name = "chorus.structure"
    _description = "Public entity of Chorus Pro"
    _order = "name, siret"
    _rec_names_search = ["name", "siret"]

    siret = fields.Char(string="SIRET", required=True, index=True)
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    number = fields.Char(
        string="Number at Chorus Pro", index=True, readonly=True, copy=False
    )
    service_required = fields.Boolean()
    engagement_required = fields.Boolean()
    either_required = fields.Boolean(string="Service or engagement required")
    reports_payment = fields.Boolean(string="Tells when it pays")
    service_ids = fields.One2many("chorus.service", "structure_id", string="Services")
    refreshed_at = fields.Datetime(string="Read on", readonly=True, copy=False)

    _siret_uniq = models.Constraint(
        "UNIQUE(siret)", "This public entity is in the directory already."
    )
