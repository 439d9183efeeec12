# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ProjectProject(models.Model):
    _name = "project.project"
    _inherit = ["project.project", "demat.label.mixin"]

    def _demat_label_kind(self):
        # IMPLEMENTS demat_base
        return "site"
