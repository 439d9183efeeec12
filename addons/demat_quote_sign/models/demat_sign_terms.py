# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.ged_archive.lib.hashing import sha256

#: What a customer accepted: never changed once a request names the version.
FROZEN = {"body", "company_id", "version", "sha256", "name"}


class DematSignTerms(models.Model):
    """One version of the general terms that a customer accepts before he signs.

    A version that a request names is read-only: changing the text of one in use is
    refused, :meth:`action_new_version` makes the next one from it.
    """

    _name = "demat.sign.terms"
    _description = "General Terms of Quotes"
    _order = "company_id, version desc"

    name = fields.Char(
        required=True, default=lambda self: self.env._("General terms of sale")
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        index=True,
    )
    version = fields.Integer(readonly=True, copy=False, aggregator=None)
    body = fields.Html(string="Text", required=True, sanitize=True)
    sha256 = fields.Char(
        string="SHA-256 of the text", compute="_compute_sha256", store=True
    )
    active = fields.Boolean(default=True)
    request_ids = fields.One2many("demat.sign.request", "terms_id", string="Requests")
    in_use = fields.Boolean(
        compute="_compute_in_use",
        help="A request names this version: its text cannot be changed any more.",
    )

    _version_uniq = models.Constraint(
        "UNIQUE (company_id, version)", "This version of the terms exists already."
    )

    @api.depends("body")
    def _compute_sha256(self):
        for terms in self:
            terms.sha256 = sha256(str(terms.body or "").encode())

    @api.depends("name", "version")
    def _compute_display_name(self):
        for terms in self:
            terms.display_name = self.env._(
                "%(name)s, version %(version)s", name=terms.name, version=terms.version
            )

    def _compute_in_use(self):
        counts = dict(
            self.env["demat.sign.request"]
            .sudo()
            ._read_group(
                [("terms_id", "in", self._origin.ids)], ["terms_id"], ["__count"]
            )
        )
        for terms in self:
            terms.in_use = bool(counts.get(terms._origin))

    @api.model_create_multi
    def create(self, vals_list):
        # the version is counted here, whatever the caller says
        last = {}
        prepared = []
        for vals in vals_list:
            company_id = vals.get("company_id") or self.env.company.id
            if company_id not in last:
                last[company_id] = self._last_version(company_id)
            last[company_id] += 1
            prepared.append(
                {**vals, "company_id": company_id, "version": last[company_id]}
            )
        return super().create(prepared)

    @api.model
    def _last_version(self, company_id):
        newest = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "=", company_id)], order="version desc", limit=1)
        )
        return newest.version

    def write(self, vals):
        if FROZEN & set(vals):
            self._check_not_in_use()
        return super().write({k: v for k, v in vals.items() if k != "version"})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_not_in_use()

    def _check_not_in_use(self):
        """:raise UserError: naming the first version that a request names"""
        used = self.filtered("in_use")[:1]
        if used:
            raise UserError(
                self.env._(
                    "%(terms)s was shown to customers and cannot be changed: make a "
                    "new version of it.",
                    terms=used.display_name,
                )
            )

    def action_new_version(self):
        """Copy the text into the next version, put this one away, open the new one."""
        self.ensure_one()
        self.check_access("write")
        fresh = self.copy()
        self.active = False
        # who keeps the terms need not keep the companies
        companies = self.env["res.company"].sudo()
        companies.search([("demat_sign_terms_id", "=", self.id)]).write(
            {"demat_sign_terms_id": fresh.id}
        )
        return fresh._get_records_action()
