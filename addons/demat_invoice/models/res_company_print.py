# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import print_names


class ResCompany(models.Model):
    """How the company prints its invoices."""

    _inherit = "res.company"

    demat_mark_reprints = fields.Boolean(
        string="Mark reprints DUPLICATA",
        help="An invoice that was printed before carries the word DUPLICATA across its "
        "pages. The archived file is never changed.",
    )
    demat_print_pattern = fields.Char(
        string="Name of the print files",
        default=print_names.DEFAULT,
        help="Placeholders: {number}, {customer}, {reference}, {date}, {site}.",
    )

    @api.constrains("demat_print_pattern")
    def _check_demat_print_pattern(self):
        for company in self:
            if not company.demat_print_pattern:
                continue
            try:
                print_names.check(company.demat_print_pattern)
            except print_names.PatternError as error:
                known = ", ".join(f"{{{name}}}" for name in print_names.PLACEHOLDERS)
                raise ValidationError(
                    self.env._(
                        "%(company)s: %(part)s is no placeholder of the names of the "
                        "print files. These are: %(known)s.",
                        company=company.name,
                        part=error.part,
                        known=known,
                    )
                    if error.part
                    else self.env._(
                        "%(company)s: the name of the print files needs a placeholder, "
                        "such as {number}. These are: %(known)s.",
                        company=company.name,
                        known=known,
                    )
                ) from error


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    demat_mark_reprints = fields.Boolean(
        related="company_id.demat_mark_reprints", readonly=False
    )
    demat_print_pattern = fields.Char(
        related="company_id.demat_print_pattern", readonly=False
    )
