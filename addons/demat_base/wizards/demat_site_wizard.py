# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class DematSiteWizard(models.TransientModel):
    """Change the notification of a site, and nothing else of it.

    For site managers and invoicing clerks: the host lets project administrators
    alone write on a project.
    """

    _name = "demat.site.wizard"
    _description = "Notification of a Site"

    project_id = fields.Many2one("project.project", string="Site", required=True)
    demat_email = fields.Char(
        string="Invoicing E-mail",
        compute="_compute_from_site",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    demat_attach_pdf = fields.Boolean(
        string="Attach the PDF",
        compute="_compute_from_site",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("project_id")
    def _compute_from_site(self):
        for wizard in self:
            wizard.demat_email = wizard.project_id.demat_email
            wizard.demat_attach_pdf = wizard.project_id.demat_attach_pdf

    def action_apply(self):
        """Store both values on the site.

        :raise AccessError: when the user is neither, or may not see the site
        :raise ValidationError: when a part of the text is not an address
        """
        self.ensure_one()
        self.project_id.check_access("read")
        if not any(
            self.env.user.has_group(group)
            for group in ("project.group_project_user", "demat_base.group_demat_user")
        ):
            raise AccessError(
                self.env._(
                    "Only project users and invoicing clerks change the notification "
                    "of a site."
                )
            )
        self.project_id.sudo().write(
            {
                "demat_email": self.demat_email,
                "demat_attach_pdf": self.demat_attach_pdf,
            }
        )
        return {"type": "ir.actions.act_window_close"}
