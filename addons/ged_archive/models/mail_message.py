# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.constrains("attachment_ids")
    def _check_no_archived_file(self):
        # The host deletes the files of a message with it, and shows them to its
        # readers.
        for message in self:
            archived = message.attachment_ids._archived_files()
            if archived:
                raise ValidationError(
                    self.env._(
                        "A file of the archive cannot be attached to a message: "
                        "%(files)s. "
                        "Download it and attach the copy.",
                        files=", ".join(archived.mapped("name")),
                    )
                )
