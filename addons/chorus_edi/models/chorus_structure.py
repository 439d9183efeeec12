# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ChorusStructure(models.Model):
    """A public entity of the directory of Chorus Pro, and what it demands.

    Public data, the same for all companies. Read by the API
    (``chorus_structure_refresh.py``); an administrator of the dematerialisation may
    also write it by hand, for the ways that have no API.
    """

    _name = "chorus.structure"
    _description = "Public entity of Chorus Pro"
    _order = "name, siret"
    _rec_names_search = ["name", "siret"]

    siret = fields.Char(string="SIRET", required=True, index=True)
    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True, help="Off: the entity is closed at Chorus Pro."
    )
    number = fields.Char(
        string="Number at Chorus Pro", index=True, readonly=True, copy=False
    )
    service_required = fields.Boolean(string="Service code required")
    engagement_required = fields.Boolean(string="Engagement number required")
    either_required = fields.Boolean(
        string="Service or engagement required",
        help="One of the two is enough; it goes before the two others.",
    )
    reports_payment = fields.Boolean(
        string="Tells when it pays",
        default=True,
        help="Not every entity says on Chorus Pro that it has paid.",
    )
    service_ids = fields.One2many(
        "chorus.service",
        "structure_id",
        string="Services",
        context={"active_test": False},
    )
    partner_ids = fields.One2many(
        "res.partner", "chorus_structure_id", string="Customers"
    )
    refreshed_at = fields.Datetime(string="Read on", readonly=True, copy=False)
    tried_at = fields.Datetime(
        string="Last failure to read it",
        readonly=True,
        copy=False,
        help="It could not be read since; at night it comes after the others.",
    )
    demands = fields.Char(string="What it demands", compute="_compute_demands")

    _siret_uniq = models.Constraint(
        "UNIQUE(siret)", "This public entity is in the directory already."
    )

    @api.constrains("siret")
    def _check_siret(self):
        for structure in self:
            siret = structure.siret or ""
            if not (siret.isascii() and siret.isdigit() and len(siret) == 14):
                raise ValidationError(
                    self.env._(
                        "The SIRET of %(name)s has fourteen digits, without spaces.",
                        name=structure.name,
                    )
                )

    @api.depends("siret", "name")
    def _compute_display_name(self):
        for structure in self:
            structure.display_name = f"{structure.name or ''} ({structure.siret or ''})"

    @api.depends("service_required", "engagement_required", "either_required", "active")
    @api.depends_context("lang")
    def _compute_demands(self):
        for structure in self:
            structure.demands = structure._demands_words()

    def _demands_words(self):
        """Return what an invoice to this entity needs, in words."""
        self.ensure_one()
        if not self.active:
            return self.env._("Closed at Chorus Pro: invoices are refused.")
        if self.either_required:
            return self.env._("A service code or an engagement number.")
        if self.service_required and self.engagement_required:
            return self.env._("A service code and an engagement number.")
        if self.service_required:
            return self.env._("A service code.")
        if self.engagement_required:
            return self.env._("An engagement number.")
        return self.env._("Nothing besides its SIRET.")
