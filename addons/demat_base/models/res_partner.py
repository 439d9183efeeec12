# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "demat.notified.mixin"]

    demat_consent = fields.Boolean(
        string="Dematerialisation Accepted",
        compute="_compute_demat_consent",
        search="_search_demat_consent",
        compute_sudo=True,
        help="The customer accepted invoices in electronic form: last statement of "
        "the consent register in force today.",
    )
    demat_consent_date = fields.Date(
        string="Consent in Force Since",
        compute="_compute_demat_consent",
        compute_sudo=True,
        help="Date of effect of the statement in force about invoices.",
    )
    demat_consent_state = fields.Char(
        string="Consent for Invoices",
        compute="_compute_demat_consent",
        compute_sudo=True,
    )
    demat_consent_quote = fields.Boolean(
        string="Electronic Quotes Accepted",
        compute="_compute_demat_consent",
        search="_search_demat_consent_quote",
        compute_sudo=True,
    )
    demat_consent_quote_state = fields.Char(
        string="Consent for Quotes",
        compute="_compute_demat_consent",
        compute_sudo=True,
    )
    demat_consent_ids = fields.One2many(
        "demat.consent",
        "partner_id",
        string="Consent Register",
        groups="demat_base.group_demat_user",
    )
    demat_consent_count = fields.Integer(
        string="Number of Consents",
        compute="_compute_demat_consent_count",
        groups="demat_base.group_demat_user",
    )
    demat_attach_pdf = fields.Boolean(
        default=lambda self: self.env.company.demat_attach_pdf
    )

    @api.depends("commercial_partner_id.demat_consent_ids")
    @api.depends_context("company", "lang")
    def _compute_demat_consent(self):
        register = self.env["demat.consent"]
        entities = self.commercial_partner_id._origin
        current = register._get_current(entities)
        upcoming = register._get_upcoming(entities)
        for partner in self:
            entity = partner.commercial_partner_id._origin.id
            invoice, quote = (entity, "invoice"), (entity, "quote")
            action, date = current.get(invoice, (None, False))
            partner.demat_consent = action == "given"
            partner.demat_consent_date = date
            partner.demat_consent_state = self._demat_consent_words(
                current.get(invoice), upcoming.get(invoice)
            )
            partner.demat_consent_quote = current.get(quote, (None,))[0] == "given"
            partner.demat_consent_quote_state = self._demat_consent_words(
                current.get(quote), upcoming.get(quote)
            )

    @api.model
    def _demat_consent_words(self, current, upcoming):
        """State of a consent in words; each argument (action, date) or ``None``."""
        if upcoming:
            date = format_date(self.env, upcoming[1])
            if upcoming[0] == "given" and (not current or current[0] != "given"):
                return self.env._("Accepted from %(date)s (to come)", date=date)
            if upcoming[0] == "withdrawn" and current and current[0] == "given":
                return self.env._("Accepted until %(date)s", date=date)
        if not current:
            return self.env._("No statement recorded")
        date = format_date(self.env, current[1])
        if current[0] == "given":
            return self.env._("Accepted since %(date)s", date=date)
        return self.env._("Withdrawn since %(date)s", date=date)

    @api.model
    def _search_demat_consent(self, operator, value):
        return self._demat_consent_domain("invoice", operator, value)

    @api.model
    def _search_demat_consent_quote(self, operator, value):
        return self._demat_consent_domain("quote", operator, value)

    @api.model
    def _demat_consent_domain(self, kind, operator, value):
        """Customers whose statement in force is an acceptance, in one subquery."""
        if operator != "in":
            return NotImplemented
        register = self.env["demat.consent"].sudo()
        register.flush_model()
        accepted = Domain(
            "commercial_partner_id",
            "in",
            SQL(
                "(SELECT partner_id FROM (%s) current "
                "WHERE kind = %s AND action = 'given')",
                register._current_sql(
                    self.env.company, fields.Date.context_today(self)
                ),
                kind,
            ),
        )
        return Domain.OR([accepted if wanted else ~accepted for wanted in set(value)])

    def _compute_demat_consent_count(self):
        counts = dict(
            self.env["demat.consent"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.demat_consent_count = counts.get(partner.commercial_partner_id, 0)

    def action_demat_consent_record(self):
        """Open the wizard that records an acceptance for these customers."""
        return self._demat_consent_wizard("given")

    def action_demat_consent_withdraw(self):
        """Open the wizard that records a withdrawal for these customers."""
        return self._demat_consent_wizard("withdrawn")

    def _demat_consent_wizard(self, action):
        names = {
            "given": self.env._("Record an Acceptance"),
            "withdrawn": self.env._("Record a Withdrawal"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[action],
            "res_model": "demat.consent.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_ids": self.commercial_partner_id.ids,
                "default_action": action,
            },
        }

    def action_view_demat_consents(self):
        """The statements of this customer, newest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "demat_base.demat_consent_action"
        )
        entity = self.commercial_partner_id
        action["domain"] = [("partner_id", "=", entity.id)]
        action["context"] = {}
        action["display_name"] = self.env._(
            "Consents of %(customer)s", customer=entity.display_name
        )
        return action
