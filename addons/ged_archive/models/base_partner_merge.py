# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        # Extends base: it rewrites every reference by SQL, behind the models. The
        # documents follow the customer; their journal must say so.
        if model == "res.partner":
            self.env["ged.document"].sudo()._journal_refiling(
                src_records,
                dst_record,
                self.env._(
                    "%(old)s merged into %(new)s",
                    old=", ".join(src_records.mapped("display_name")),
                    new=dst_record.display_name,
                ),
            )
        return super()._update_foreign_keys_generic(model, src_records, dst_record)
