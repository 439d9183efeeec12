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

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # Extends base: the documents move to the folders of the other customer. Those
        # of the merged ones go first, two folders of the same key would stop the merge.
        self.env["ged.folder"].sudo().search(
            [("partner_id", "in", src_partners.ids)]
        ).unlink()
        res = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self.env["ged.document"].sudo().with_context(active_test=False).search(
            [("partner_id", "child_of", dst_partner.ids)]
        )._file()
        return res
