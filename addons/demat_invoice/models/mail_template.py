# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, res_ids, force_send=False, **options):
        # EXTENDS mail: what a run writes leaves through the queue after its commit, or
        # a rolled back and repeated step would send it twice
        if self.env.context.get("demat_in_queue"):
            force_send = False
        return super().send_mail_batch(res_ids, force_send=force_send, **options)
