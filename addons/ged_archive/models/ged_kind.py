# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.date_utils import get_fiscal_year


class GedKind(models.Model):
    """A kind of archived document: how long it is kept and who sees it by default.

    Values are copied onto a document when it is archived; changing a kind later does
    not change what is already in the archive. Addons refer to a kind by its ``code``.
    """

    _name = "ged.kind"
    _description = "Kind of archived document"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Stable name used by the programs that archive documents. "
        "It cannot be changed afterwards.",
    )
    sequence = fields.Integer(default=10)
    retention_years = fields.Integer(
        string="Retention (years)",
        default=10,
        help="How long a document of this kind must be kept. 0 means without limit.",
    )
    retention_from = fields.Selection(
        [
            ("document", "Date of the document"),
            ("fiscal_year", "End of the fiscal year"),
        ],
        string="Counted from",
        required=True,
        default="document",
        help="French law counts the ten years of accounting documents from the end of "
        "the fiscal year (Code de commerce, art. L123-22), the five years of a "
        "commercial contract from its end (art. L110-4).",
    )
    retention_source = fields.Char(
        string="Why so long",
        translate=True,
        help="The law or the contract that sets the retention, for whoever reviews it.",
    )
    retention_example = fields.Char(
        string="Example", compute="_compute_retention_example"
    )
    reader_group_ids = fields.Many2many(
        "res.groups",
        string="Who may read",
        help="Only readers in one of these groups see the documents of this kind, "
        "their journal and their folders, from now on and also those archived before. "
        "Auditors see all kinds. Empty: all readers of the archive.",
    )
    portal_visible = fields.Boolean(
        string="Visible on the portal",
        help="Customers see their own documents of this kind on the portal. Copied "
        "onto a document when it is archived.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "A kind of document with this code already exists."
    )
    _retention_positive = models.Constraint(
        "CHECK (retention_years >= 0)", "The retention cannot be negative."
    )

    @api.depends("retention_years", "retention_from")
    @api.depends_context("company")
    def _compute_retention_example(self):
        company = self.env.company
        day = fields.Date.context_today(self)
        for kind in self:
            until = kind._retention_until(day, company)
            if until:
                kind.retention_example = self.env._(
                    "A document of %(date)s is kept until %(until)s (%(company)s).",
                    date=format_date(self.env, day),
                    until=format_date(self.env, until),
                    company=company.name,
                )
            else:
                kind.retention_example = self.env._("Kept without limit.")

    def _retention_until(self, document_date, company):
        """Return the last day on which a document of this kind must be kept.

        :param document_date: ``date`` of the document
        :param company: ``res.company`` whose fiscal year counts
        :return: a ``date``, or ``False`` for "without limit"
        """
        self.ensure_one()
        if not self.retention_years:
            return False
        if document_date.year + self.retention_years + 1 >= date.max.year:
            return False
        closing = _closing(company)
        start = document_date
        if self.retention_from == "fiscal_year":
            start = get_fiscal_year(document_date, **closing)[1]
        until = start + relativedelta(years=self.retention_years)
        if self.retention_from == "fiscal_year":
            # again, for a year that ends on the last day of February
            until = get_fiscal_year(until, **closing)[1]
        return until

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        if kinds.reader_group_ids:
            # what a user may read is computed once and kept with the rules
            self.env.registry.clear_cache()
        return kinds

    def write(self, vals):
        if "code" in vals and any(kind.code != vals["code"] for kind in self):
            raise UserError(
                self.env._(
                    "The code of a kind of document cannot be changed, programs and "
                    "archived documents refer to it. Create another kind and archive "
                    "this one."
                )
            )
        res = super().write(vals)
        if "reader_group_ids" in vals:
            self.env.registry.clear_cache()
        return res

    @api.model
    def _by_code(self, codes):
        """Return ``{code: kind}`` for ``codes``, archived kinds included.

        Raises ``UserError`` naming the codes that do not exist.
        """
        kinds = self.sudo().with_context(active_test=False)
        found = {
            kind.code: kind for kind in kinds.search([("code", "in", list(codes))])
        }
        missing = sorted(set(codes) - set(found))
        if missing:
            raise UserError(
                self.env._(
                    "There is no kind of archived document with the code %(codes)s. "
                    "Create it in the configuration of the archive.",
                    codes=", ".join(missing),
                )
            )
        return found


def _closing(company):
    """Return day and month of the end of the fiscal year.

    They are settings of the accounting application; without it, 31 December.
    """
    company = company.sudo()
    if "fiscalyear_last_month" not in company._fields:
        return {"day": 31, "month": 12}
    return {
        "day": company.fiscalyear_last_day,
        "month": int(company.fiscalyear_last_month),
    }
