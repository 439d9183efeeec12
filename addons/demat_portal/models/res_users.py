# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResUsers(models.Model):
    """Whose papers a user of the portal may see: the one place that decides it."""

    _inherit = "res.users"

    @api.private
    def _demat_portal_own(self):
        """Return the commercial entities of the user's own group, as the superuser.

        His company, and those below it in the tree of partners that are companies of
        their own. He may act for them: pay, consent, change addresses.

        :return: ``res.partner``, sudo
        """
        self.ensure_one()
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        root = self.sudo().partner_id.commercial_partner_id
        return partners.search([("id", "child_of", root.id)]).commercial_partner_id

    @api.private
    def _demat_portal_granted_ids(self):
        """Return the ids of the entities that granted this user to read, today.

        To be extended: an accountant's access. Never cached, it may end today.
        """
        self.ensure_one()
        return []

    @api.private
    def _demat_portal_entities(self):
        """Return all the commercial entities whose papers the user reads.

        :return: ``res.partner``, sudo: his own, and those that granted it to him
        """
        granted = (
            self.env["res.partner"].sudo().browse(self._demat_portal_granted_ids())
        )
        return self._demat_portal_own() | granted
