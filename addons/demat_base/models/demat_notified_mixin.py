# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import addresses


class DematNotifiedMixin(models.AbstractModel):
    """A record that can hold its own notification addresses (customer, site).

    The stored text is always normalised (``a@x.fr, b@y.fr``) and free of anything
    that is not an address: what reads it may put it in a mail header.
    """

    _name = "demat.notified.mixin"
    _description = "Holder of Notification Addresses"

    demat_email = fields.Char(
        string="Invoicing E-mail",
        help="Addresses that are told when a document is available, separated by "
        "commas. They all appear as recipients of one mail.",
    )
    demat_attach_pdf = fields.Boolean(
        string="Attach the PDF",
        help="The PDF goes with the notification mail. Otherwise the mail only "
        "says where the document is available.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._demat_normalize(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._demat_normalize(vals))

    @api.model
    def _demat_normalize(self, vals):
        """``vals`` with the addresses normalised.

        :raise ValidationError: naming the part that is not an address
        """
        if "demat_email" not in vals:
            return vals
        try:
            parsed = addresses.parse(vals["demat_email"])
        except addresses.AddressError as error:
            raise ValidationError(self._demat_address_error(error)) from error
        return {**vals, "demat_email": addresses.join(parsed) or False}

    @api.model
    def _demat_address_error(self, error):
        """Words for an :class:`..lib.addresses.AddressError`."""
        reasons = {
            "no_at": self.env._("there is no name before “@”, or no “@”"),
            "local": self.env._(
                "the part before “@” holds a character that is not allowed"
            ),
            "domain": self.env._(
                "the part after “@” is not a domain such as example.com"
            ),
            "length": self.env._("it is too long"),
        }
        return self.env._(
            "“%(part)s” is not an e-mail address: %(reason)s. "
            "Separate several addresses with commas.",
            part=error.part,
            reason=reasons[error.reason],
        )
