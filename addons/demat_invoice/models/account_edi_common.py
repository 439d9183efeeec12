# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class AccountEdiCommon(models.AbstractModel):
    _inherit = "account.edi.common"

    def _get_uom_unece_code(self, uom):
        # EXTENDS account_edi_ubl_cii: the host searches the code of the unit for each
        # line of each invoice; a batch has a ``Memory`` in its context
        codes = self.env.context.get("demat_unece")
        if codes is None:
            return super()._get_uom_unece_code(uom)
        if uom.id not in codes:
            codes[uom.id] = super()._get_uom_unece_code(uom)
        return codes[uom.id]
