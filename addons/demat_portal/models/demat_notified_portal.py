# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.demat_base.lib import addresses


class DematNotifiedMixin(models.AbstractModel):
    """What a customer changes on the portal; each change is noted for the clerk."""

    _inherit = "demat.notified.mixin"

    @api.private
    def _demat_portal_remove_address(self, address, entity, site):
        """Take one address away, or one that is not confirmed yet.

        :return: whether there was one
        """
        self.ensure_one()
        pending = (
            self.env["demat.address.change"]
            .sudo()
            ._pending_of(entity, site)
            .filtered(lambda change: change.address == address)
        )
        pending._cancel()
        known = addresses.parse(self.demat_email)
        if address not in known:
            return bool(pending)
        left = [one for one in known if one != address]
        self.demat_email = addresses.join(left) or False
        self._demat_portal_note(
            self.env._("Portal: %(address)s is told no more.", address=address)
        )
        return True

    @api.private
    def _demat_portal_set_attach(self, attach):
        """Attachment or link."""
        self.ensure_one()
        if self.demat_attach_pdf == attach:
            return
        self.demat_attach_pdf = attach
        self._demat_portal_note(
            self.env._("Portal: wants the PDF attached to the mails.")
            if attach
            else self.env._("Portal: wants a link in the mails, without the PDF.")
        )

    def _demat_portal_note(self, words):
        self.message_post(body=words, author_id=self.env.user.partner_id.id)
