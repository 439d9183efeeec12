# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    demat_sign_online = fields.Boolean(
        string="Signature with Evidence",
        default=True,
        help="Quotes are signed through a request for signature: the simple signature "
        "of the host on the portal is refused.",
    )
    demat_sign_expiry_days = fields.Integer(
        string="Days to Sign",
        default=30,
        help="A request expires that many days after it was sent, or at the end of the "
        "validity of the quote if that is earlier.",
    )
    demat_sign_reminder_days = fields.Integer(
        string="Reminder Every (Days)", default=7, help="0: no reminder."
    )
    demat_sign_code = fields.Selection(
        [
            ("always", "Always"),
            ("threshold", "From an amount on"),
            ("never", "Never"),
        ],
        string="One-Time Code",
        default="always",
        required=True,
        help="Each signatory confirms his address with a code that he receives.",
    )
    demat_sign_code_threshold = fields.Monetary(
        string="Code from the Amount",
        currency_field="currency_id",
        help="Total of the quote, taxes included, in the currency of the company.",
    )
    demat_sign_code_sms = fields.Boolean(
        string="Code by SMS", help="Signatories with a telephone may choose an SMS."
    )
    demat_sign_bon_pour_accord = fields.Boolean(
        string="“Bon pour accord”",
        help="The signatory types these words before he signs.",
    )
    demat_sign_terms_id = fields.Many2one(
        "demat.sign.terms",
        string="General Terms",
        domain="[('company_id', 'parent_of', id)]",
        help="Version that the customers accept before they sign.",
    )

    @api.constrains("demat_sign_expiry_days", "demat_sign_reminder_days")
    def _check_demat_sign_delays(self):
        for company in self:
            if company.demat_sign_expiry_days < 1:
                raise ValidationError(
                    self.env._(
                        "%(company)s: give the customers at least one day to sign.",
                        company=company.name,
                    )
                )
            if company.demat_sign_reminder_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(company)s: the days between two reminders cannot be "
                        "negative; 0 means no reminder.",
                        company=company.name,
                    )
                )

    def _demat_sign_needs_code(self, order):
        """Whether the signatories of this quote confirm their address with a code."""
        self.ensure_one()
        if self.demat_sign_code != "threshold":
            return self.demat_sign_code == "always"
        amount = order.currency_id._convert(
            order.amount_total, self.currency_id, self, fields.Date.context_today(self)
        )
        return (
            self.currency_id.compare_amounts(amount, self.demat_sign_code_threshold)
            >= 0
        )

    def _demat_sign_zone(self):
        """Name of the time zone in which the days of requests begin and end, whoever
        writes or reads."""
        self.ensure_one()
        return self.sudo().partner_id.tz or "Europe/Paris"

    def _demat_sign_last_day(self, order):
        """Last day to sign a quote that is sent today."""
        self.ensure_one()
        zone = self._demat_sign_zone()
        today = fields.Date.context_today(self.with_context(tz=zone))
        last = today + timedelta(days=max(self.demat_sign_expiry_days, 1))
        if order.validity_date and today <= order.validity_date < last:
            last = order.validity_date
        return last
