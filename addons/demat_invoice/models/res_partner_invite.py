# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResPartner(models.Model):
    """The account of a customer on the portal, by the host's own wizard."""

    _inherit = "res.partner"

    def _demat_portal_invite(self, contact):
        """Invite ``contact`` if nobody of this customer has an account yet.

        Any user of the customer's entity counts: the portal shows him all of its
        papers. An account that was disabled stays disabled.

        :param contact: who is invited; empty if nobody has a usable address
        :return: (``created``, ``existing``, ``disabled``, ``no_address`` or ``taken``,
            words)
        :raises UserError: the host's wizard refuses
        """
        self.ensure_one()
        entity = self.commercial_partner_id
        users = self.env["res.users"].with_context(active_test=False)
        users = users.search([("partner_id.commercial_partner_id", "=", entity.id)])
        active = users.filtered("active")
        if active:
            return "existing", active[0].login
        if not contact:
            return "no_address", self.env._(
                "%(name)s has no contact with an e-mail address to invite: fill it in "
                "on the customer.",
                name=entity.display_name,
            )
        disabled = users.filtered(lambda user: user.partner_id == contact)
        if disabled:
            return "disabled", self.env._(
                "The account %(login)s is disabled: enable it on the customer.",
                login=disabled[0].login,
            )
        wizard = (
            self.env["portal.wizard"]
            .with_context(active_ids=[], default_partner_ids=[], demat_in_queue=True)
            .create({"partner_ids": contact.ids})
        )
        invited = wizard.user_ids
        if invited.email_state != "ok":
            return "taken", self.env._(
                "%(email)s is the login of somebody else already: give %(name)s an "
                "address of its own.",
                email=contact.email,
                name=contact.display_name,
            )
        invited.action_grant_access()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return "created", contact.email
