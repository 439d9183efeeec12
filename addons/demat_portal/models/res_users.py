# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


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
    def _demat_portal_granted(self):
        """Return what this user may read for others today, by whom it was granted.

        To be extended: an accountant's access. Never cached, it may end today.

        :return: ``{entity id: ids of the companies whose papers of it he reads}``
        """
        self.ensure_one()
        return {}

    @api.private
    def _demat_portal_granted_ids(self):
        """Return the ids of the entities whose papers this user reads for them."""
        return list(self._demat_portal_granted())

    @api.private
    def _demat_portal_granted_domain(self, entity, company):
        """Return the domain of the papers that this user reads for others.

        :param entity: name of the field with the commercial entity
        :param company: name of the field with our company
        """
        return Domain.OR(
            Domain(entity, "=", partner) & Domain(company, "in", companies)
            for partner, companies in self._demat_portal_granted().items()
        )

    @api.private
    def _demat_portal_reads_sql(self, entity, company, own):
        """Return the condition: the user reads papers of this entity at this company.

        :param entity: SQL of a commercial entity
        :param company: SQL of our company
        :param own: what ``_demat_portal_own`` returns
        """
        parts = [SQL("%s IN %s", entity, tuple(own.ids) or (0,))]
        parts += [
            SQL("(%s = %s AND %s IN %s)", entity, partner, company, tuple(companies))
            for partner, companies in self._demat_portal_granted().items()
        ]
        return SQL("(%s)", SQL(" OR ").join(parts))

    @api.private
    def _demat_portal_entities(self):
        """Return all the commercial entities whose papers the user reads.

        :return: ``res.partner``, sudo: his own, and those that granted it to him
        """
        granted = (
            self.env["res.partner"].sudo().browse(self._demat_portal_granted_ids())
        )
        return self._demat_portal_own() | granted
