# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError


class DematLabelWizard(models.TransientModel):
    """Set a label on all documents of a selection, or on none."""

    _name = "demat.label.wizard"
    _description = "Set a Label"

    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(required=True, readonly=True)
    document_count = fields.Integer(compute="_compute_choices")
    choice_ids = fields.Many2many("demat.label", compute="_compute_choices")
    no_choice = fields.Boolean(compute="_compute_choices")
    label_id = fields.Many2one(
        "demat.label",
        domain="[('id', 'in', choice_ids)]",
        help="The labels that every document of the selection may carry now. Empty "
        "takes the label away.",
    )

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base
        values = super().default_get(fields_list)
        values.setdefault("res_model", self.env.context.get("active_model"))
        values.setdefault("res_ids", self.env.context.get("active_ids") or [])
        return values

    def _documents(self):
        """Return the documents of the selection, with the rights of the user.

        :raises UserError: nothing is selected, or the documents carry no label
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None or not isinstance(model, self.pool["demat.label.mixin"]):
            raise UserError(self.env._("These documents carry no label."))
        documents = model.browse(self.res_ids or []).exists()
        if not documents:
            raise UserError(self.env._("Choose the documents first."))
        documents.check_access("write")
        return documents

    @api.depends("res_model", "res_ids")
    def _compute_choices(self):
        for wizard in self:
            documents = wizard._documents()
            current = {document: document.demat_label_id for document in documents}
            allowed = documents._demat_allowed_labels(current).values()
            choices = next(iter(allowed), self.env["demat.label"])
            for labels in allowed:
                choices &= labels
            wizard.choice_ids = choices
            wizard.document_count = len(documents)
            wizard.no_choice = not choices

    def action_set_label(self):
        """Set the label; the documents refuse what is not allowed."""
        self.ensure_one()
        self._documents().write({"demat_label_id": self.label_id.id})
        return {"type": "ir.actions.act_window_close"}
