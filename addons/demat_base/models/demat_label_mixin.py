# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class DematLabelMixin(models.AbstractModel):
    """A document that carries a label of the firm's own.

    The server decides which label may be set, whoever asks: form, list, import, RPC.
    A kind of document answers ``_demat_label_kind``.
    """

    _name = "demat.label.mixin"
    _description = "Document with a Label"

    demat_label_id = fields.Many2one(
        "demat.label",
        string="Document label",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="A status of the firm's own. It changes nothing of the document.",
    )
    demat_label_color = fields.Integer(related="demat_label_id.color")
    demat_label_choice_ids = fields.Many2many(
        "demat.label",
        string="Labels that may be set now",
        compute="_compute_demat_label_choice_ids",
    )

    def _demat_label_kind(self):
        """Return the kind of document, a value of ``demat.label.kind``, or False."""
        raise NotImplementedError

    def _demat_label_company(self):
        """Return the company whose labels apply."""
        return self.company_id or self.env.company

    @api.depends("demat_label_id")
    @api.depends_context("uid")
    def _compute_demat_label_choice_ids(self):
        current = {document: document.demat_label_id for document in self}
        allowed = self._demat_allowed_labels(current)
        for document in self:
            document.demat_label_choice_ids = allowed[document] | current[document]

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: a label given at creation is checked like one set later
        documents = super().create(vals_list)
        labelled = documents.filtered("demat_label_id")
        for label, group in labelled.grouped("demat_label_id").items():
            group._demat_check_label(label, dict.fromkeys(group, label.browse()))
        return documents

    def write(self, vals):
        # EXTENDS base
        if "demat_label_id" in vals:
            label = self.env["demat.label"].browse(vals["demat_label_id"] or ())
            before = {document: document.sudo().demat_label_id for document in self}
            changed = self.filtered(lambda document: before[document] != label)
            changed._demat_check_label(label, before)
        return super().write(vals)

    def _demat_check_label(self, label, before):
        """Check that the user may give these documents this label.

        :param label: ``demat.label``, empty to take the label away
        :param before: ``{document: label that it carries}``
        :raises UserError: names the first document, and the labels that it may carry
        """
        if self.env.su or not self:
            return
        allowed = self._demat_allowed_labels(before)
        if label:
            wrong = self.filtered(lambda document: label not in allowed[document])
        else:
            # a label that lists what follows is followed by one of these
            wrong = self.filtered(lambda document: before[document].next_ids)
        for document in wrong[:1]:
            document._demat_refuse_label(label, before[document], allowed[document])

    def _demat_allowed_labels(self, before):
        """Return ``{document: labels that the user may give it}``, in sets.

        :param before: ``{document: label that it carries}``
        """
        key_of = {
            document: (document._demat_label_kind(), document._demat_label_company())
            for document in self
        }
        # system mode: the groups of a label are not for everybody to read
        labels_sudo = self.env["demat.label"].sudo()
        usable = {
            key: labels_sudo.search(
                labels_sudo._demat_usable_domain(*key)
            )._demat_settable_by(self.env.user)
            for key in set(key_of.values())
        }
        return {
            document: usable[key]._demat_after(before[document].sudo())
            for document, key in key_of.items()
        }

    def _demat_refuse_label(self, label, current, allowed):
        """:raises UserError: always; names document, label and what is allowed"""
        names = (allowed - current).mapped("name")
        # a label of another company is not named
        label_name = label._filtered_access("read").name if label else None
        label_name = label_name or (self.env._("none") if not label else "?")
        raise UserError(
            self.env._(
                "%(document)s cannot carry the label “%(label)s” now. Labels that you "
                "may give it: %(allowed)s.",
                document=self.display_name,
                label=label_name,
                allowed=", ".join(names) or self.env._("none"),
            )
        )
