# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import states


class DematRunWizard(models.TransientModel):
    """Choose the treatment of the selected invoices; it is done as a run."""

    _name = "demat.run.wizard"
    _description = "Treat Invoices in the Background"

    treatment = fields.Selection(
        selection=lambda self: self.env["demat.run"]._fields["treatment"].selection,
        required=True,
    )
    move_ids = fields.Many2many("account.move", readonly=True)
    move_count = fields.Integer(string="Invoices", compute="_compute_counts")
    fitting_count = fields.Integer(
        string="Taken by this treatment", compute="_compute_counts"
    )

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base
        values = super().default_get(fields_list)
        ids = self.env.context.get("active_ids", [])
        if not ids:
            raise UserError(self.env._("Choose the invoices first."))
        values["move_ids"] = ids
        return values

    @api.depends("move_ids", "treatment")
    def _compute_counts(self):
        for wizard in self:
            accepted = ()
            if wizard.treatment:
                accepted = states.TREATMENTS[wizard.treatment].accepts
            wizard.move_count = len(wizard.move_ids)
            wizard.fitting_count = len(
                wizard.move_ids.filtered(lambda move, a=accepted: move.demat_state in a)
            )

    def action_start(self):
        """Launch the run, one for each company, and show it."""
        self.ensure_one()
        runs = self.env["demat.run"]._launch(self.treatment, self.move_ids)
        return runs._get_records_action()
