# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64

from odoo import models

from odoo.addons.ged_archive.lib import qr


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _demat_sepa_qr(self, amount, currency, reference):
        """Return the QR code of a SEPA transfer as an address that holds the image.

        What is in it is the host's (EPC069-12, ``account_qr_code_sepa``), drawn without
        the graphics library that the host needs for it and that not every machine has.

        :param reference: at most 140 characters
        :return: ``None`` where there is none: no account, no IBAN, not in euros
        """
        values = self and self._build_qr_code_vals(
            amount, reference, "", currency, self.env["res.partner"], "sct_qr", True
        )
        if not values:
            return None
        text = "\n".join(self._get_qr_vals(**values))
        return f"data:image/png;base64,{base64.b64encode(qr.png(text, 256)).decode()}"
