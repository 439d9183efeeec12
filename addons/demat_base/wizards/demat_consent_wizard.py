# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import mimetypes

from odoo import api, fields, models
from odoo.exceptions import UserError


class DematConsentWizard(models.TransientModel):
    """Record what one or several customers declared about dematerialisation."""

    _name = "demat.consent.wizard"
    _description = "Record a Consent"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._default_partners(),
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    action = fields.Selection(
        selection=[("given", "Accepts"), ("withdrawn", "Withdraws")],
        string="The Customer",
        required=True,
        default="given",
    )
    for_invoice = fields.Boolean(string="Invoices", default=True)
    for_quote = fields.Boolean(string="Quotes", default=True)
    effective_date = fields.Date(
        string="Date of Effect",
        required=True,
        default=fields.Date.context_today,
        help="A date to come: the statement is recorded now and counts from that day.",
    )
    means = fields.Selection(
        # a statement on the portal is recorded by the portal, with its IP address
        selection=[
            ("form", "Paper form"),
            ("email", "E-mail"),
            ("telephone", "Telephone"),
            ("contract", "Contract"),
        ],
        string="How We Know",
        required=True,
        default="form",
    )
    wording = fields.Text(
        compute="_compute_wording", store=True, readonly=False, precompute=True
    )
    wording_version = fields.Char(
        compute="_compute_wording", store=True, precompute=True
    )
    evidence = fields.Binary(
        attachment=False,
        help="Scan of the form, mail or contract: kept unchanged in the archive.",
    )
    evidence_name = fields.Char()

    @api.model
    def _default_partners(self):
        """Customers selected in the list the action was started from."""
        if self.env.context.get("active_model") != "res.partner":
            return self.env["res.partner"]
        selected = self.env["res.partner"].browse(self.env.context.get("active_ids"))
        return selected.commercial_partner_id

    @api.depends("company_id", "partner_ids", "action")
    def _compute_wording(self):
        for wizard in self:
            text, version = wizard.company_id._demat_get_wording(
                wizard.partner_ids[:1].lang
            )
            given = wizard.action == "given"
            wizard.wording = text if given else False
            wizard.wording_version = version if given else False

    def action_record(self):
        """Add the statements to the register and file the evidence.

        :raise UserError: when there is nothing to record
        """
        self.ensure_one()
        register = self.env["demat.consent"]
        register._check_may_record()
        self.partner_ids.check_access("read")
        self.company_id.check_access("read")
        kinds = [
            kind
            for kind, wanted in (
                ("invoice", self.for_invoice),
                ("quote", self.for_quote),
            )
            if wanted
        ]
        if not kinds:
            raise UserError(
                self.env._(
                    "Choose the documents it is about: invoices, quotes or both."
                )
            )
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        common = {
            "kinds": kinds,
            "action": self.action,
            "means": self.means,
            "company": self.company_id,
            "effective_date": self.effective_date,
            "wording": self.wording,
            "wording_version": self._get_version(),
        }
        if not self.evidence:
            register._record(self.partner_ids, **common)
            return {"type": "ir.actions.act_window_close"}
        for partner in self.partner_ids.commercial_partner_id:
            evidence = self._archive_evidence(partner)
            register._record(partner, evidence=evidence, **common)
        return {"type": "ir.actions.act_window_close"}

    def _get_version(self):
        """Version of the wording; a text changed by hand has none of its own."""
        if not self.wording:
            return False
        text, version = self.company_id._demat_get_wording(self.partner_ids[:1].lang)
        if self.wording.strip() == text.strip():
            return version
        return self.env._("%(version)s, changed by hand", version=version)

    def _archive_evidence(self, partner):
        """The file as an archived document of the customer."""
        filename = self.evidence_name or "evidence"
        return self.env["ged.document"]._archive(
            [
                {
                    "company_id": self.company_id.id,
                    "kind": "evidence",
                    "name": self.env._(
                        "Consent of %(customer)s", customer=partner.display_name
                    ),
                    "filename": filename,
                    "content": base64.b64decode(self.evidence),
                    "mimetype": mimetypes.guess_type(filename)[0]
                    or "application/octet-stream",
                    "partner_id": partner.id,
                    "document_date": self.effective_date,
                    "res_model": partner._name,
                    "res_id": partner.id,
                    "origin_name": partner.display_name,
                }
            ]
        )
