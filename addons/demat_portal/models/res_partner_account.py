# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

#: Contacts of a customer that are shown with their account.
MAX_CONTACTS = 80


class ResPartner(models.Model):
    """The accounts of a customer on the portal: tab "Web" of his form (seed 003).

    The host's wizard and rules do the work; a clerk needs no other right than his own.
    """

    _inherit = "res.partner"

    demat_account_state = fields.Selection(
        [
            ("none", "No account"),
            ("invited", "Invited, never logged in"),
            ("active", "Active"),
            ("disabled", "Disabled"),
            ("internal", "Internal user"),
        ],
        string="Account",
        compute="_compute_demat_account",
        compute_sudo=True,
        groups="demat_base.group_demat_user",
    )
    demat_account_login = fields.Char(
        string="Portal Login",
        compute="_compute_demat_account",
        compute_sudo=True,
        groups="demat_base.group_demat_user",
    )
    demat_account_login_date = fields.Datetime(
        string="Last Portal Login",
        compute="_compute_demat_account",
        compute_sudo=True,
        groups="demat_base.group_demat_user",
    )
    demat_account_partner_ids = fields.Many2many(
        "res.partner",
        string="Accounts on the Portal",
        compute="_compute_demat_account_partner_ids",
        groups="demat_base.group_demat_user",
        help="This customer and his contacts who have an e-mail address or an account.",
    )

    @api.depends("user_ids.active", "user_ids.login", "user_ids.group_ids")
    def _compute_demat_account(self):
        users = self.env["res.users"].with_context(active_test=False)
        users = users.search([("partner_id", "in", self.ids)], order="active desc, id")
        last_logins = users._demat_last_logins()
        by_partner = {}
        for user in users:
            by_partner.setdefault(user.partner_id.id, user)
        for partner in self:
            user = by_partner.get(partner._origin.id, users.browse())
            seen = last_logins.get(user.id, False)
            partner.demat_account_login = user.login
            partner.demat_account_login_date = seen
            partner.demat_account_state = user._demat_account_state(seen)

    @api.depends("child_ids", "email", "child_ids.email")
    def _compute_demat_account_partner_ids(self):
        for partner in self:
            entity = partner._origin
            people = entity | entity.child_ids.filtered(
                lambda child: (
                    child.type in ("contact", "other", "invoice")
                    and not child.is_company
                )
            )
            people = people.filtered(
                lambda one: (
                    one.email or one.with_context(active_test=False).sudo().user_ids
                )
            )
            partner.demat_account_partner_ids = people[:MAX_CONTACTS]

    # -- buttons ----------------------------------------------------------------------

    def action_demat_account_create(self):
        """Create the account of this person and send the host's invitation.

        :raise UserError: no address, or the login of somebody else
        """
        line = self._demat_account_line()
        if line.user_id:
            raise UserError(
                self.env._(
                    "%(name)s has an account already: enable it, or send the "
                    "invitation again.",
                    name=self.display_name,
                )
            )
        line.action_grant_access()
        self._demat_account_note(self.env._("Account on the portal created."))
        return self._demat_account_told(
            self.env._("The invitation is on its way to %(email)s.", email=self.email)
        )

    def action_demat_account_send(self):
        """Send the invitation again: a new link, under which he chooses a password."""
        line = self._demat_account_line()
        line.action_invite_again()
        self._demat_account_note(self.env._("Invitation to the portal sent again."))
        return self._demat_account_told(
            self.env._("The invitation is on its way to %(email)s.", email=self.email)
        )

    def action_demat_account_disable(self):
        """Nobody logs in with this account any more; open sessions end."""
        self._demat_account_line().action_revoke_access()
        self._demat_account_note(self.env._("Account on the portal disabled."))
        return True

    def action_demat_account_enable(self):
        """The account works again, with the password that the customer knows."""
        line = self._demat_account_line()
        user = line.user_id
        if not user or user.active:
            raise UserError(
                self.env._("%(name)s has no disabled account.", name=self.display_name)
            )
        portal = self.env.ref("base.group_portal")
        public = self.env.ref("base.group_public")
        # as the host's wizard does, without its invitation
        user.write({"active": True, "group_ids": [(4, portal.id), (3, public.id)]})
        self._demat_account_note(self.env._("Account on the portal enabled."))
        return True

    def _demat_account_line(self):
        """The host's wizard for this person, in system mode after our own check.

        :raises: ``AccessError``: no clerk; ``UserError``: an internal user
        """
        self.ensure_one()
        self.check_access("read")
        self.env["res.partner"]._demat_check_accounts()
        wizard = (
            self.env["portal.wizard"]
            .sudo()
            .with_context(active_ids=[], default_partner_ids=[], demat_in_queue=True)
            .create({"partner_ids": self.ids})
        )
        line = wizard.user_ids
        if line.is_internal:
            raise UserError(
                self.env._(
                    "%(login)s is an internal user: his account is changed in the "
                    "Settings.",
                    login=line.user_id.login,
                )
            )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return line

    @api.model
    def _demat_check_accounts(self):
        """:raise AccessError: unless the user may handle accounts of customers"""
        if not self.env.su and not self.env.user.has_group(
            "demat_base.group_demat_user"
        ):
            raise AccessError(
                self.env._("Only invoicing clerks handle the accounts of customers.")
            )

    def _demat_account_note(self, words):
        # a clerk need not have the right to change customers
        self.sudo().message_post(body=words)

    def _demat_account_told(self, words):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": words,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- in bulk ----------------------------------------------------------------------

    def _demat_account_contact(self):
        """Who of this customer is invited: the main contact before the others."""
        self.ensure_one()
        entity = self.commercial_partner_id
        main = entity.child_ids.filtered("demat_main_contact")
        candidates = main | entity | entity.child_ids
        return candidates.filtered(lambda one: email_normalize(one.email))[:1]


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def _demat_last_logins(self):
        """{user id: moment of the last login}, in one query."""
        rows = (
            self.env["res.users.log"]
            .sudo()
            ._read_group(
                [("create_uid", "in", self.ids)], ["create_uid"], ["create_date:max"]
            )
        )
        return {user.id: moment for user, moment in rows}

    @api.private
    def _demat_account_state(self, seen):
        """Value of ``res.partner.demat_account_state``."""
        if not self:
            return "none"
        if self._is_internal():
            return "internal"
        if not self.active or not self._is_portal():
            return "disabled"
        return "active" if seen else "invited"
