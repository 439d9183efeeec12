# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.tools import format_date

from .demat_sign_guard import is_committing


class SaleOrder(models.Model):
    """What the host's own portal page may do with a quote that waits for signatures."""

    _inherit = "sale.order"

    def _demat_sign_has_options(self):
        """Whether the quote holds lines that the customer chooses."""
        self.ensure_one()
        return any(
            not line.display_type and line._is_line_optional()
            for line in self.order_line
        )

    def _can_be_edited_on_portal(self):
        # EXTENDS sale: the host's page would change what others are reading; options
        # are chosen in the ceremony
        return super()._can_be_edited_on_portal() and (
            is_committing(self.env) or not self._demat_open_request()
        )

    def _has_to_be_paid(self):
        # EXTENDS sale: what waits for a signature is signed first, then paid
        return super()._has_to_be_paid() and not self._demat_open_request()

    def _demat_sign_refuses_host(self):
        """Whether the host's own signature on the portal is refused for this quote.

        One that waits for signatures is signed through its request; in a company that
        wants evidence, every quote is.
        """
        self.ensure_one()
        return self.company_id.demat_sign_online or bool(self._demat_open_request())

    def _demat_signed_request(self):
        """The request under which this order was signed, in system mode, if any."""
        self.ensure_one()
        return (
            self.env["demat.sign.request"]
            .sudo()
            .search(
                [("order_id", "=", self.id), ("state", "=", "signed")],
                order="id desc",
                limit=1,
            )
        )

    def _demat_signed_words(self):
        """What a reprint of a signed order says in the place of the signature."""
        request = self._demat_signed_request()
        return self.env._(
            "Signed online on %(date)s (%(request)s). The signed document is the one "
            "with the SHA-256 %(digest)s; this page is not.",
            date=format_date(self.env, request.closed_on),
            request=request.name,
            digest=request.signed_document_id.sha256,
        )
