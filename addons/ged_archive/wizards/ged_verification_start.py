# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class GedVerificationStart(models.TransientModel):
    """Form that starts a verification."""

    _name = "ged.verification.start"
    _description = "Start a verification"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    scope = fields.Selection(
        [
            ("all", "Whole archive"),
            ("period", "A fiscal year, or another period"),
            ("selection", "Selected documents"),
        ],
        string="What",
        required=True,
        default="all",
    )
    date_from = fields.Date(
        string="From", default=lambda self: self._default_period()[0]
    )
    date_to = fields.Date(string="To", default=lambda self: self._default_period()[1])
    document_ids = fields.Many2many("ged.document", string="Documents")

    @api.model
    def _default_period(self):
        """Return the fiscal year of today, if accounting is there to know it."""
        today = fields.Date.context_today(self)
        company = self.env.company
        if hasattr(company, "compute_fiscalyear_dates"):
            year = company.compute_fiscalyear_dates(today)
            return year["date_from"], year["date_to"]
        return today.replace(month=1, day=1), today.replace(month=12, day=31)

    def action_start(self):
        """Queue it, for the documents that the user may read, and show it."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._("Choose one of the companies that you work for now.")
            )
        values = {"scope": self.scope}
        if self.scope == "period":
            if not self.date_from or not self.date_to or self.date_from > self.date_to:
                raise UserError(self.env._("The period must end after it has begun."))
            values |= {"date_from": self.date_from, "date_to": self.date_to}
        Verification = self.env["ged.verification"]
        if self.scope != "selection":
            return Verification._request(
                self.company_id, **values
            )._get_records_action()
        if not self.document_ids:
            raise UserError(self.env._("Select at least one document."))
        self.document_ids.check_access("read")
        for company, documents in self.document_ids.grouped("company_id").items():
            Verification |= Verification._request(
                company, **values, document_ids=[(6, 0, documents.ids)]
            )
        return Verification._get_records_action()


class GedAlertAcknowledge(models.TransientModel):
    """Form that takes an alert down, with its reason."""

    _name = "ged.alert.acknowledge"
    _description = "Acknowledge an alert of the archive"

    alert_ids = fields.Many2many("ged.alert", string="Alerts", required=True)
    reason = fields.Text(
        required=True, help="Kept in the journal of each document concerned."
    )

    def action_confirm(self):
        """Acknowledge the alerts that the user may read."""
        self.ensure_one()
        self.alert_ids._acknowledge(self.reason)
        return {"type": "ir.actions.act_window_close"}
