# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_demat_mails(self):
        """The mails of the dematerialisation, to be read, tried and changed."""
        return self.env["mail.template"].action_demat_mails()
