# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class DematLabel(models.Model):
    """A status of the firm's own, beside the fixed one (seed 004, "Libellés
    paramétrables").

    A label belongs to one kind of document and to one company, or to all of them. It
    says which labels may follow it and who may set it. It changes nothing of the
    document: an invoice that was sent keeps being labelled.
    """

    _name = "demat.label"
    _description = "Document Label"
    _order = "kind, sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        help="Short name for imports and for searching; unique for a kind of document."
    )
    kind = fields.Selection(
        [
            ("site", "Sites"),
            ("quote", "Quotes and orders"),
            ("invoice", "Invoices"),
            ("credit_note", "Credit notes"),
        ],
        string="Document kind",
        required=True,
        index=True,
        help="The documents that may carry this label.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: the label is shared by all companies.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True,
        help="An archived label stays on its documents and is not proposed any more.",
    )
    color = fields.Integer()
    next_ids = fields.Many2many(
        "demat.label",
        "demat_label_next_rel",
        "label_id",
        "next_id",
        string="Allowed next labels",
        check_company=True,
        domain="[('kind', '=', kind), ('id', '!=', id)]",
        help="The labels that may follow this one. Empty: any.",
    )
    group_ids = fields.Many2many(
        "res.groups",
        string="Groups that may set it",
        help="Empty, like the users: everybody who may change the document.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Users who may set it",
        domain="[('share', '=', False)]",
        help="These users may set it too, whatever their groups.",
    )

    _code_uniq = models.UniqueIndex(
        "(kind, code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "Another label of this kind of document has this code already.",
    )

    @api.constrains("kind", "next_ids")
    def _check_next_kind(self):
        for label in self:
            wrong = label.next_ids.filtered(lambda after, k=label.kind: after.kind != k)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(label)s cannot be followed by %(names)s: they belong to "
                        "another kind of document.",
                        label=label.name,
                        names=", ".join(wrong.mapped("name")),
                    )
                )

    def copy_data(self, default=None):
        # EXTENDS base
        return [
            {
                **values,
                "name": self.env._("%(name)s (copy)", name=label.name),
                "code": False,
            }
            for label, values in zip(self, super().copy_data(default), strict=True)
        ]

    @api.model
    def _demat_usable_domain(self, kind, company):
        """Return the domain of the labels of one kind and company."""
        return Domain("kind", "=", kind) & Domain(
            "company_id", "in", [False, *company.parent_ids.ids]
        )

    def _demat_settable_by(self, user):
        """Return those of these labels that this user may set."""
        groups = user.all_group_ids
        return self.filtered(
            lambda label: (
                not (label.group_ids or label.user_ids)
                or label.group_ids & groups
                or user in label.user_ids
            )
        )

    def _demat_after(self, current):
        """Return those of these labels that may follow ``current`` (maybe empty)."""
        if not current or not current.next_ids:
            return self
        return self & (current.next_ids | current)
