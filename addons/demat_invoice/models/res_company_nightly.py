# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import nightly

#: Where neither the user nor the company has a time zone.
DEFAULT_ZONE = "Europe/Paris"
#: A change of one of these makes the next night the first one.
RHYTHM_FIELDS = ("demat_nightly", "demat_nightly_rhythm", "demat_nightly_hour")


class ResCompany(models.Model):
    """The nightly sending of a company (seed 001, tip): off until it is switched on."""

    _inherit = "res.company"

    demat_nightly = fields.Boolean(
        string="Nightly sending",
        help="What is ready is sent by itself in the night.",
    )
    demat_nightly_rhythm = fields.Selection(
        [
            (nightly.EVERY_NIGHT, "Every night"),
            (nightly.MONTH_END, "Only on the last day of the month"),
        ],
        string="When",
        default=nightly.MONTH_END,
        required=True,
    )
    demat_nightly_hour = fields.Float(
        string="Hour of the nightly sending",
        default=22.0,
        help="In the time zone of the user in whose name the invoices leave, else of "
        "the company. Choose an evening hour: on the last day of the month, what is "
        "prepared afterwards waits for the next time.",
    )
    demat_nightly_days = fields.Integer(
        string="Invoices younger than (days)",
        default=31,
        help="NB_JOURS_AVANT_ENVOI_FACTURES: only invoices that were created in the "
        "last N days leave by themselves; older ones are sent by hand.",
    )
    demat_nightly_journal_ids = fields.Many2many(
        "account.journal",
        "res_company_demat_nightly_journal_rel",
        string="Journals of the nightly sending",
        domain="[('type', '=', 'sale'), ('company_id', '=', id)]",
        help="Empty: all sales journals.",
    )
    demat_nightly_user_id = fields.Many2one(
        "res.users",
        string="In the name of",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Sends the invoices and receives the report. Empty: who switched the "
        "nightly sending on.",
    )
    demat_nightly_switched_uid = fields.Many2one(
        "res.users", string="Switched on by", readonly=True
    )
    demat_nightly_last = fields.Date(string="Last night done", readonly=True)
    demat_nightly_error = fields.Char(
        string="Last night could not be done", readonly=True
    )

    @api.constrains("demat_nightly_hour", "demat_nightly_days")
    def _check_demat_nightly(self):
        for company in self:
            if not 0 <= company.demat_nightly_hour < 24:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the hour of the nightly sending lies between "
                        "0:00 and 23:59.",
                        company=company.name,
                    )
                )
            if company.demat_nightly_days < 1:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the nightly sending takes invoices of at least "
                        "one day.",
                        company=company.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        companies = super().create(vals_list)
        companies.filtered("demat_nightly")._demat_begin_nights()
        return companies

    def write(self, vals):
        # EXTENDS base: a new rhythm begins with the next night, not with the last one
        if vals.keys().isdisjoint(RHYTHM_FIELDS):
            return super().write(vals)
        before = {company: company._demat_rhythm() for company in self}
        result = super().write(vals)
        for company in self.filtered("demat_nightly"):
            if company._demat_rhythm() != before[company]:
                company._demat_begin_nights(switched=not before[company][0])
        return result

    def _demat_rhythm(self):
        return tuple(self[name] for name in RHYTHM_FIELDS)

    def _demat_begin_nights(self, *, switched=True):
        """Note who switched it on, and that the past nights are none of ours."""
        for company in self.sudo():
            if switched:
                company.demat_nightly_switched_uid = self.env.uid
            company.demat_nightly_last = company._demat_latest_night()
            company.demat_nightly_error = False

    def _demat_nightly_user(self):
        """Return the user in whose name the invoices leave."""
        self.ensure_one()
        return self.demat_nightly_user_id or self.demat_nightly_switched_uid

    def _demat_nightly_zone(self):
        """Return the name of the time zone of the hour."""
        self.ensure_one()
        company = self.sudo()
        user = company._demat_nightly_user()
        return user.tz or company.partner_id.tz or DEFAULT_ZONE

    def _demat_latest_night(self):
        """Return the date of the last night that is due now."""
        self.ensure_one()
        return nightly.latest_night(
            fields.Datetime.now(),
            self._demat_nightly_zone(),
            self.demat_nightly_hour,
            self.demat_nightly_rhythm,
        )
