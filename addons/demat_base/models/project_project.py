# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProjectProject(models.Model):
    """A site ("chantier"): its addresses win over those of the customer."""

    _name = "project.project"
    _inherit = ["project.project", "demat.notified.mixin"]

    def get_formview_id(self, access_uid=None):
        # EXTENDS base: the form of the project reads what project users alone may read;
        # an invoicing clerk who follows the site of an invoice gets ours
        user = self.env["res.users"].browse(access_uid) if access_uid else self.env.user
        if not user.has_group("project.group_project_user"):
            return self.env.ref("demat_base.project_project_view_form_site").id
        return super().get_formview_id(access_uid=access_uid)

    def action_demat_notification(self):
        """Edit the notification of the site without the right to edit the site.

        The host lets project administrators alone write on a project; site
        managers and invoicing clerks must be able to fill in this address.
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notification of the Site"),
            "res_model": "demat.site.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_project_id": self.id},
        }
