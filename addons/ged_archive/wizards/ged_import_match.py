# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..lib.codes import normalise


class GedImport(models.Model):
    """What of an imported document is already known here: customers and codes."""

    _inherit = "ged.import"

    def _match_partners(self, batch):
        """Return ``{original id: partner}``: the only one with the tax number, else the
        only one with exactly the name, else none.
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        company = [("company_id", "in", [False, self.company_id.id])]
        cache, found = {}, {}
        for one in batch:
            key = one.vat, one.evidence.get("partner_name")
            if key not in cache:
                partner = Partner
                if key[0]:
                    partner = Partner.search(
                        [*company, ("vat", "=", key[0]), ("parent_id", "=", False)],
                        limit=2,
                    )
                if len(partner) != 1 and key[1]:
                    partner = Partner.search(
                        [*company, ("complete_name", "=", key[1])], limit=2
                    )
                cache[key] = partner if len(partner) == 1 else Partner
            found[one.id] = cache[key]
        return found

    def _free_codes(self, batch):
        """Return ``{original id: verification code}`` of those that are free here."""
        codes = {}
        for one in batch:
            code = one.evidence.get("verify_code")
            if code and normalise(code) == code and code not in codes.values():
                codes[one.id] = code
        taken = set(
            self.env["ged.document"]
            .sudo()
            .search([("verify_code", "in", list(codes.values()))])
            .mapped("verify_code")
        )
        return {key: code for key, code in codes.items() if code not in taken}
