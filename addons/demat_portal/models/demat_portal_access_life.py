# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

#: What is told -> its mail
TEMPLATES = {
    "reader": "demat_portal.mail_template_access_reader",
    "decision": "demat_portal.mail_template_access_decision",
    "ended": "demat_portal.mail_template_access_ended",
}
LAYOUT = "mail.mail_notification_light"


class DematPortalAccess(models.Model):
    """An access from the decision to its end."""

    _inherit = "demat.portal.access"

    def action_grant(self):
        """Let the accountant read: his account, his invitation, a mail to both.

        :raises UserError: decided already, out of date, or an account that is no
            accountant's
        """
        self._check_may_decide()
        for access in self:
            access._check_state("requested")
            access.sudo()._grant()

    def action_refuse(self):
        """Refuse; the customer is told."""
        self._check_may_decide()
        for access in self:
            access._check_state("requested")
            access.sudo()._decide("refused")
            access.sudo()._mail("decision")

    def action_end(self):
        """End an access before its last day."""
        self._check_may_decide()
        for access in self:
            access._check_state("granted")
            access.sudo()._end()

    def _check_state(self, wanted):
        """Lock the row: of two who decide at once, the second is told.

        :raise UserError: it is not in this state any more
        """
        self._demat_lock_or_refuse()
        self.invalidate_recordset(["state"])
        if self.state != wanted:
            words = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(access)s is not open for this any more: %(state)s.",
                    access=self.display_name,
                    state=words[self.state],
                )
            )

    # -- by the system ----------------------------------------------------------------

    def _grant(self):
        self.ensure_one()
        if self.date_to < fields.Date.today():
            raise UserError(
                self.env._(
                    "%(access)s: the last day has passed. Enter a later one first.",
                    access=self.display_name,
                )
            )
        accountant = self._take_account()
        self._decide(
            "granted", accountant_id=accountant.id, date_from=fields.Date.today()
        )
        self._mail("reader")
        self._mail("decision")

    def _decide(self, state, **values):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                **values,
            }
        )
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def _find_user(self):
        """The account with this login, disabled ones too (``res.users``, sudo)."""
        login = email_normalize(self.email)
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return users.search([("login", "=", login)], limit=1) if login else users

    def _take_account(self):
        """Return the partner who reads; creates and invites him if he has no account.

        A new partner for a new account, never one that has the same address: his
        account would show the papers of that partner's company too.

        :raise UserError: the account is internal, disabled, or the customer's own
        """
        user = self._find_user()
        if not user:
            accountant = self.env["res.partner"].create(
                {
                    "name": self.name,
                    "email": email_normalize(self.email),
                    "lang": self.partner_id.lang,
                    "company_id": False,
                }
            )
            outcome, note = accountant.with_company(
                self.company_id
            )._demat_portal_invite(accountant)
            if outcome != "created":
                raise UserError(note)
            return accountant
        self._check_account(user)
        if self.company_id not in user.company_ids:
            user.company_ids |= self.company_id
        return user.partner_id

    def _check_account(self, user):
        problem = None
        if not user._is_portal() and user.active:
            problem = self.env._("it belongs to somebody of this house")
        elif not user.active:
            problem = self.env._("it is disabled; enable it on the contact first")
        elif self.partner_id in user._demat_portal_own():
            problem = self.env._("it reads the papers of this customer anyway")
        if problem:
            raise UserError(
                self.env._(
                    "The account %(login)s cannot be used: %(problem)s.",
                    login=user.login,
                    problem=problem,
                )
            )

    def _end(self):
        """Close the access; it is told to both."""
        self.ensure_one()
        self.write(
            {
                "state": "ended",
                "ended_by_id": self.env.uid,
                "ended_at": fields.Datetime.now(),
                "date_to": min(self.date_to, fields.Date.today()),
            }
        )
        self._mail("ended")

    def _end_by_customer(self):
        """What the customer does on his portal: end it, or take the request back."""
        self.ensure_one()
        access = self.sudo()
        access._demat_lock_or_refuse()
        access.invalidate_recordset(["state"])
        if access.state == "requested":
            access._decide("ended")
        elif access.state == "granted":
            access._end()
        else:
            return
        access.partner_id.message_post(
            body=self.env._(
                "Portal: ended the access of the accountant %(name)s.", name=access.name
            ),
            author_id=self.env.user.partner_id.id,
        )

    def _demat_customer_contact(self):
        """Who of the customer is told: who asked on the portal, else the company."""
        self.ensure_one()
        asker = self.sudo().requested_by_id
        if asker._is_portal() and self.partner_id in asker._demat_portal_own():
            return asker.partner_id
        return self.partner_id

    def _mail(self, kind):
        """Tell those concerned, through the queue of the host."""
        self.ensure_one()
        self.env.ref(TEMPLATES[kind]).sudo().send_mail(
            self.id, email_layout_xmlid=LAYOUT
        )

    @api.model
    def _cron_end(self):
        """Write the state of the accesses whose last day has passed, and tell."""
        passed = self.sudo().search(
            [("state", "=", "granted"), ("date_to", "<", fields.Date.today())]
        )
        for access in passed:
            access._end()
