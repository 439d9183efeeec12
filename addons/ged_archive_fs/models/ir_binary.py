# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.http import request


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        # The storage addon streams by itself: the journal is not passed by.
        stream = super()._record_to_stream(record, field_name)
        if stream.type == "fs" and request and stream.fs_attachment._archived_files():
            stream.fs_attachment._journal_download(request.env)
        return stream
