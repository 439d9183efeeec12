# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import uuid

from odoo import api, models

from .ir_attachment import BATCH


class GedDocument(models.Model):
    """Contents go to the storage that ``fs.storage`` gives to this model."""

    _inherit = "ged.document"

    @api.model
    def _create_attachments(self, vals_list, contents):
        # said anew: the context of a caller must not choose the storage or the name
        own = self.with_context(
            attachment_res_model=self._name,
            attachment_res_field=False,
            storage_location=False,
            **{BATCH: uuid.uuid4().hex},
        )
        return super(GedDocument, own)._create_attachments(vals_list, contents)
