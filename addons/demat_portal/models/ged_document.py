# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class GedDocument(models.Model):
    """What a customer finds under "My documents"."""

    _inherit = "ged.document"

    # nothing but what a customer may see is in it: small, and in the order of the page
    _demat_portal_idx = models.Index(
        "(partner_id, archived_at DESC, id DESC)"
        " WHERE portal_visible AND attachment_id IS NOT NULL"
    )

    @api.model
    def _demat_portal_domain(self):
        """Return the domain of what is listed; the record rules say of whom.

        Hidden and destroyed documents are not listed, for employees neither: the page
        shows what customers see. Of a document with versions, the latest.
        """
        return (
            Domain("portal_visible", "=", True)
            & Domain("attachment_id", "!=", False)
            & Domain("is_latest", "=", True)
        )

    def _demat_seal_words(self):
        """Say in plain words what protects the document."""
        self.ensure_one()
        if self.seal_level == "none":
            return self.env._(
                "Not sealed; its fingerprint is kept since %(date)s.",
                date=self._demat_day(self.archived_at),
            )
        values = {
            "signer": self.seal_signer_name or self.sudo().company_id.name,
            "date": self._demat_day(self.sealed_at or self.archived_at),
        }
        if self.seal_level == "B-B":
            return self.env._("Sealed by %(signer)s on %(date)s.", **values)
        return self.env._(
            "Sealed by %(signer)s on %(date)s, with a time stamp of a third party.",
            **values,
        )

    def _demat_day(self, moment):
        return moment and self.env["ir.qweb.field.date"].value_to_html(
            moment.date(), {}
        )
