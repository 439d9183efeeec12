# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.demat_base.lib import addresses


class DematSignSendSignatory(models.TransientModel):
    """One person to be asked for his signature."""

    _name = "demat.sign.send.signatory"
    _description = "Signatory to Invite"
    _order = "sequence, id"

    wizard_id = fields.Many2one("demat.sign.send", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner", string="Contact")
    name = fields.Char(
        compute="_compute_from_partner", store=True, readonly=False, required=True
    )
    email = fields.Char(
        string="E-mail", compute="_compute_from_partner", store=True, readonly=False
    )
    phone = fields.Char(compute="_compute_from_partner", store=True, readonly=False)
    role = fields.Char(compute="_compute_from_partner", store=True, readonly=False)
    attach_pdf = fields.Boolean()
    email_origin = fields.Char(
        string="Origin of the Address", compute="_compute_email_origin"
    )

    @api.depends("partner_id")
    def _compute_from_partner(self):
        for line in self:
            partner = line.partner_id
            if partner:
                line.name = partner.name
                line.email = partner.email_normalized or partner.email
                line.phone = partner.phone
                line.role = partner.function

    @api.depends("email", "partner_id", "wizard_id.order_id")
    def _compute_email_origin(self):
        for line in self:
            line.email_origin = line._origin_of(line.email)

    def _origin_of(self, email):
        """Where an address comes from, in words; False without one.

        The server finds it out each time: the evidence file names it.
        """
        self.ensure_one()
        if not email:
            return False
        order = self.wizard_id.order_id
        resolution = order and self.wizard_id._resolve(order)
        if resolution and email in resolution.to:
            return order._demat_origin_words(resolution)
        partner = self.partner_id
        if email in (partner.email, partner.email_normalized):
            return self.env._("e-mail of the contact %(name)s", name=partner.name)
        return self.env._("typed here")

    def _prepare_signatory(self, *, needs_address):
        """Values of ``demat.sign.signatory``.

        :raise UserError: naming the person, when his name or address cannot be used
        """
        self.ensure_one()
        name = " ".join((self.name or "").split())
        if not name:
            raise UserError(self.env._("Each signatory needs a name."))
        try:
            found = addresses.parse(self.email)
        except addresses.AddressError as error:
            raise UserError(
                self.env._(
                    "%(name)s: “%(part)s” is not an e-mail address.",
                    name=name,
                    part=error.part,
                )
            ) from error
        if len(found) > 1 or (needs_address and not found):
            raise UserError(
                self.env._(
                    "%(name)s needs one e-mail address of his own: the link is "
                    "personal.",
                    name=name,
                )
            )
        return {
            "sequence": self.sequence,
            "partner_id": self.partner_id.id,
            "name": name,
            "email": found[0] if found else False,
            "email_origin": self._origin_of(found[0] if found else False),
            "phone": self.phone,
            "role": self.role,
            "attach_pdf": self.attach_pdf,
            **({"lang": self.partner_id.lang} if self.partner_id.lang else {}),
        }
