# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date

from .chorus_account import SECRET

#: Days before the end at which administrators are warned, farthest first.
THRESHOLDS = (30, 15, 7)
ACTIVITIES = {
    "secret_until": "chorus_edi.mail_activity_type_secret",
    "password_until": "chorus_edi.mail_activity_type_password",
}


class ChorusAccount(models.Model):
    """Administrators are told in time that a secret ends."""

    _inherit = "chorus.account"

    warned = fields.Json(
        groups=SECRET,
        copy=False,
        help="What has been warned of: the field, its day and the threshold in days.",
    )

    def write(self, vals):
        res = super().write(vals)
        if not {"active", *ACTIVITIES}.isdisjoint(vals):
            # a renewed secret ends the warnings at once
            self.filtered(lambda account: account.sudo().warned)._warn_of_expiry()
        return res

    @api.model
    def _cron_expiry(self):
        """Daily: warn of what ends, once for each threshold."""
        self.search([("active", "=", True)])._warn_of_expiry()

    def _warn_of_expiry(self):
        today = fields.Date.context_today(self)
        for account in self.sudo():
            told = account.warned or {}
            now = {}
            for name, xmlid in ACTIVITIES.items():
                day = account.active and account[name]
                before = told.get(name)
                if before and before["day"] != str(day):
                    account.activity_unlink([xmlid])
                    before = None
                near = day and _threshold((day - today).days)
                if near and (not before or near < before["days"]):
                    account.activity_unlink([xmlid])
                    account._schedule_expiry(name, day)
                    before = {"day": str(day), "days": near}
                if before:
                    now[name] = before
            if now != told:
                account.warned = now

    def _schedule_expiry(self, name, day):
        for user in self._chorus_administrators():
            account = self.with_context(lang=user.lang)
            account.activity_schedule(
                ACTIVITIES[name],
                date_deadline=day,
                note=account._expiry_words(name, day),
                user_id=user.id,
            )

    def _chorus_administrators(self):
        """Return the system administrators of this company."""
        group = self.env.ref("base.group_system").sudo()
        return group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )

    def _chorus_note_access(self, error):
        """Tell administrators, once until it is done, that an access is refused.

        :param error: ``lib.errors.FixCredentials``
        """
        self._chorus_tell_once(
            "chorus_edi.mail_activity_type_access",
            lambda account: account._chorus_error_words(error),
        )

    def _chorus_tell_once(self, xmlid, words):
        """Give the administrators something to do, once until it is done.

        :param xmlid: of the type of activity
        :param words: function that says what, for an account in the user's language
        """
        for account in self.sudo():
            if account.activity_search([xmlid]):
                continue
            for user in account._chorus_administrators():
                told = account.with_context(lang=user.lang)
                told.activity_schedule(xmlid, note=words(told), user_id=user.id)

    def _expiry_words(self, name, day):
        date = format_date(self.env, day)
        if name == "password_until":
            return self.env._(
                "The password of the technical account of %(company)s at Chorus Pro "
                "ends on %(date)s. Renew it on the portal of Chorus Pro, put it into "
                "the account and test the connection: without it no invoice reaches "
                "Chorus Pro.",
                company=self.company_id.name,
                date=date,
            )
        return self.env._(
            "The client secret of %(company)s at PISTE ends on %(date)s. Make a new "
            "one on PISTE, put it into the account and test the connection: without "
            "it no invoice reaches Chorus Pro.",
            company=self.company_id.name,
            date=date,
        )


def _threshold(left):
    """Return the nearest threshold that ``left`` days are within, or ``None``."""
    return min((days for days in THRESHOLDS if left <= days), default=None)
