# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import format_date

from .ged_seal_profile import KEY_FIELDS

#: Days before the end at which administrators are warned, farthest first.
THRESHOLDS = (60, 30, 7)
#: What may come to its end -> the type of the activity that tells it.
ACTIVITIES = {
    "certificate": "ged_archive.mail_activity_type_certificate",
    "authority": "ged_archive.mail_activity_type_authority",
    "evidence": "ged_archive.mail_activity_type_evidence",
}


class GedSealProfile(models.Model):
    """What comes to its end is told in time: certificate, time-stamp authority,
    evidence.
    """

    _inherit = "ged.seal.profile"

    warned = fields.Json(
        groups="base.group_system",
        copy=False,
        help="What has been warned of: subject, its key and the threshold in days.",
    )

    def write(self, vals):
        res = super().write(vals)
        if not {"active", *KEY_FIELDS}.isdisjoint(vals):
            # a renewed certificate ends the warnings at once
            self.filtered(lambda profile: profile.sudo().warned)._warn_of_expiry()
        return res

    @api.model
    def _cron_expiry(self):
        """Daily: warn the administrators of what ends, once for each threshold."""
        used = self.env["res.company"].search([("ged_seal_profile_id", "!=", False)])
        used = used.ged_seal_profile_id
        warned = self.with_context(active_test=False).search(
            [("company_id", "!=", False)]
        )
        (used | warned.filtered("warned"))._warn_of_expiry()

    def _in_use(self):
        """Tell whether the company seals with this profile."""
        self.ensure_one()
        return self.active and self.sudo().company_id.ged_seal_profile_id == self

    def _expiring(self):
        """Return what comes to its end: ``{key of ACTIVITIES: (identity, moment)}``.

        ``identity`` (text) changes when the thing is replaced; ``moment`` is naive UTC.
        """
        self.ensure_one()
        found = {}
        if self.not_after and not self.certificate_error:
            found["certificate"] = (self.fingerprint, self.not_after)
        company = self.sudo().company_id
        queue = self.env["ged.preservation.queue"].sudo()
        queue = queue.search([("company_id", "=", company.id)])
        if queue.tsa_until and self.sudo()._tsa_addresses():
            found["authority"] = (queue.tsa_fingerprint, queue.tsa_until)
        until = queue._evidence_ends(company)
        if until:
            # the day itself is what it is known by: renewed evidence ends later
            found["evidence"] = (str(until), until)
        return found

    def _expiry_note(self, subject, moment):
        """Return what ends, what follows from it and what to do, in words."""
        date = format_date(self.env, moment)
        if subject == "authority":
            return self.env._(
                "The certificate of the time-stamp authority that seal profile "
                "%(name)s uses ends on %(date)s. Ask its provider for the address of "
                "the renewed service: time stamps that end so soon must be renewed at "
                "once.",
                name=self.name,
                date=date,
            )
        if subject == "evidence":
            return self.env._(
                "Evidence about documents of %(company)s ends on %(date)s and has not "
                "been renewed. See under Configuration › Work on later evidence what "
                "stops the job; it needs a time-stamp server that answers.",
                company=self.company_id.name,
                date=date,
            )
        return self.env._(
            "The certificate of seal profile %(name)s (%(subject)s) ends on %(date)s. "
            "Ask for the renewed one and put it into the profile before that day: "
            "nothing can be sealed with an expired certificate.",
            name=self.name,
            subject=self.subject,
            date=date,
        )

    def _warn_of_expiry(self):
        """Bring the warnings up to date: each is told once for each threshold, and goes
        when the thing was replaced or is no longer used.
        """
        for profile in self.sudo():
            told = profile.warned or {}
            expiring = profile._expiring() if profile._in_use() else {}
            now = {}
            for subject, xmlid in ACTIVITIES.items():
                identity, moment = expiring.get(subject, (None, None))
                before = told.get(subject)
                if before and before["identity"] != identity:
                    profile.activity_unlink([xmlid])
                    before = None
                days = moment and _threshold(moment)
                if days and (not before or days < before["days"]):
                    profile.activity_unlink([xmlid])
                    profile._schedule_warnings(subject, moment)
                    before = {"identity": identity, "days": days}
                if before:
                    now[subject] = before
            if now != told:
                profile.warned = now

    def _schedule_warnings(self, subject, moment):
        for user in self._archive_administrators():
            profile = self.with_context(lang=user.lang)
            profile.activity_schedule(
                ACTIVITIES[subject],
                date_deadline=moment.date(),
                note=profile._expiry_note(subject, moment),
                user_id=user.id,
            )

    def _archive_administrators(self):
        """Return the users who administer the archive of this company."""
        group = self.env.ref("ged_archive.group_ged_manager")
        return group.sudo().all_user_ids.filtered(
            lambda user: (
                user.active and not user.share and self.company_id in user.company_ids
            )
        )


def _threshold(moment):
    """Return the nearest threshold that ``moment`` (naive UTC) is within, or
    ``None``.
    """
    left = (moment - fields.Datetime.now()).total_seconds() / 86400
    reached = [days for days in THRESHOLDS if left <= days]
    return min(reached, default=None)
