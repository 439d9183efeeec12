# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import reminders
from .demat_sign_signatory import TURN

_logger = logging.getLogger(__name__)

#: Two reminders by hand within that time are a double click.
PAUSE = timedelta(minutes=10)


class DematSignRequest(models.Model):
    """Reminders, expiry, and the daily look at what nobody opened."""

    _inherit = "demat.sign.request"

    def action_remind(self):
        """Remind those whose turn it is.

        :raise UserError: naming the request that cannot be reminded of, and why
        """
        self._check_may_act()
        now = fields.Datetime.now()
        for request in self.sudo():
            request._settle()
            if request.state != "sent":
                raise UserError(
                    self.env._(
                        "%(request)s: %(why)s",
                        request=request.name,
                        why=request._closed_problem(),
                    )
                )
            last = request.last_reminder_on or request.sent_on
            if now - last < PAUSE:
                raise UserError(
                    self.env._(
                        "%(request)s: a mail left less than ten minutes ago.",
                        request=request.name,
                    )
                )
            if not request._remind(at_once=True):
                raise UserError(
                    self.env._(
                        "%(request)s: nobody was written to who could be reminded.",
                        request=request.name,
                    )
                )

    def _remind(self, *, at_once=False):
        """Write again to those whose turn it is, and to whom an invitation was
        written: who is asked on site only gets no mail.

        :return: the signatories
        """
        self.ensure_one()
        asked = self.signatory_ids.filtered(
            lambda one: one.state in TURN and one.invited_at and one.email
        )
        if not asked:
            return asked
        self._mail("reminder", asked, at_once=at_once)
        self.last_reminder_on = fields.Datetime.now()
        for signatory in asked:
            self._record_event("reminded", signatory=signatory, detail=signatory.email)
        return asked

    def _is_reminder_due(self):
        self.ensure_one()
        return reminders.is_due(
            fields.Datetime.now(),
            last=max(filter(None, (self.sent_on, self.last_reminder_on))),
            expires=self.expires_on,
            every=self.reminder_days,
        )

    @api.model
    def _cron_daily(self):
        """Expire, void what was changed behind the ORM, remind. One by one. Then make
        the evidence files that could not be made at the time.

        A request that fails is told in the log and does not stop the others.
        """
        waiting = self.search([("state", "=", "sent")], order="id")
        late = self.search(
            [("state", "=", "signed"), ("evidence_document_id", "=", False)], order="id"
        )
        todo = [
            *((request, request._daily) for request in waiting),
            *((request, request._finish_late) for request in late),
        ]
        crons = self.env["ir.cron"]
        for position, (request, work) in enumerate(todo, start=1):
            try:
                with self.env.cr.savepoint():
                    work()
            except Exception:
                self.env.invalidate_all(flush=False)
                _logger.exception("Request for signature %s", request.id)
            if not crons._commit_progress(1, remaining=len(todo) - position):
                return

    def _daily(self):
        """What is due for one request."""
        self.ensure_one()
        if not self._demat_try_lock():
            return  # being signed: the next hour is early enough
        self.invalidate_recordset()
        if self._settle() == "sent" and self._is_reminder_due():
            self._remind()
