# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


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
        help="How long a document of this kind must be kept, counted from its date. "
        "0 means without limit.",
    )
    portal_visible = fields.Boolean(
        string="Visible on the portal",
        help="Customers see their own documents of this kind on the portal.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "A kind of document with this code already exists."
    )
    _retention_positive = models.Constraint(
        "CHECK (retention_years >= 0)", "The retention cannot be negative."
    )

    def write(self, vals):
        if "code" in vals and any(kind.code != vals["code"] for kind in self):
            raise UserError(
                self.env._(
                    "The code of a kind of document cannot be changed, programs and "
                    "archived documents refer to it. Create another kind and archive "
                    "this one."
                )
            )
        return super().write(vals)

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
