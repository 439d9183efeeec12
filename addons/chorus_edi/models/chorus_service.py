# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

#: Reserved for invoices between public entities (chorus_pro.md 2.9).
RESERVED = "FACTURES_PUBLIQUES"


class ChorusService(models.Model):
    """A service of a public entity: who in it treats the invoice."""

    _name = "chorus.service"
    _description = "Service of a public entity"
    _order = "structure_id, active desc, code"
    _rec_names_search = ["code", "name"]

    structure_id = fields.Many2one(
        "chorus.structure",
        string="Public entity",
        required=True,
        ondelete="cascade",
        index=True,
    )
    code = fields.Char(required=True)
    name = fields.Char()
    number = fields.Char(string="Number at Chorus Pro", readonly=True, copy=False)
    active = fields.Boolean(default=True, help="Off: the service is closed.")
    since = fields.Date(string="Open from")
    until = fields.Date(string="Open until")
    engagement_required = fields.Boolean(
        string="Engagement number required",
        help="A service may demand an engagement number though its entity does not.",
    )
    detail_read = fields.Boolean(
        readonly=True,
        copy=False,
        help="What the service demands was read, not only its name.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(structure_id, code)", "This service is in the directory already."
    )
    _code_reserved = models.Constraint(
        f"CHECK(code != '{RESERVED}')",
        "This service is reserved for invoices between public entities.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for service in self:
            parts = [service.code, service.name]
            service.display_name = " – ".join(part for part in parts if part)

    def _is_open(self, day):
        """Say whether the service takes invoices on a day."""
        self.ensure_one()
        return (
            self.active
            and (not self.since or self.since <= day)
            and (not self.until or day <= self.until)
        )
