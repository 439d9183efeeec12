# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from contextlib import ExitStack
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..lib import errors

_logger = logging.getLogger(__name__)


class ChorusAccount(models.Model):
    """The rhythm of an account: who is asked, when, and how far it came."""

    _inherit = "chorus.account"

    followed_until = fields.Datetime(
        string="Changes read until",
        readonly=True,
        copy=False,
        help="The newest change of an invoice that Chorus Pro told.",
    )
    next_poll_at = fields.Datetime(string="Next question", readonly=True, copy=False)
    flow_counter = fields.Integer(string="Flows numbered", readonly=True, copy=False)

    def _chorus_companies(self):
        """The companies that use this account: its own, and those below without one."""
        self.ensure_one()
        companies = self.env["res.company"].sudo()
        below = companies.search([("id", "child_of", self.company_id.id)])
        return below.filtered(lambda company: company._chorus_account() == self)

    def _chorus_next_flow(self):
        """The number of the next EDI flow; the row stays locked until the commit.

        :raises LockError: another flow is getting its number, or somebody changes the
            account
        """
        self.ensure_one()
        if not self._demat_try_lock():
            raise LockError(
                self.env._(
                    "The account of %(company)s is in use right now: the flow gets its "
                    "number in a moment.",
                    company=self.company_id.name,
                )
            )
        self.invalidate_recordset(["flow_counter"])
        self.flow_counter += 1
        return self.flow_counter

    @api.model
    def _cron_follow(self):
        """Ask about flows and invoices, account by account. Commits."""
        for account in self.sudo().search([("active", "=", True)]):
            try:
                account._follow()
            except errors.ChorusError as error:
                # each step is committed: nothing of them is open here
                self.env["demat.exchange"]._demat_run_committed(
                    lambda account=account, error=error: account._follow_later(error)
                )
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("Following of %s: the next job resumes", account)

    def _follow(self):
        """One round for one account: reports of flows, returns, changes. Commits.

        :raises ChorusError: the platform does not answer
        """
        self.ensure_one()
        flows = self.env["chorus.flow"]
        try:
            client = self._chorus_client()
        except UserError as error:
            # by hand or by EDI files nothing else than the returns can be read
            client = None
            if self.mode == "api":
                _logger.info("%s is not complete: %s", self, error.args[0])
        if client:
            flows._ask_reports(self, client)
        committed = self.env["demat.exchange"]._demat_run_committed
        committed(lambda: flows._tell_overdue(self))
        if self.mode == "edi":
            with ExitStack() as stack:
                self.env["chorus.return"]._collect(
                    self, flows._open_way(self, "edi", stack)
                )
        now = fields.Datetime.now()
        if not client or (self.next_poll_at and self.next_poll_at > now):
            return
        self.env["chorus.invoice"]._follow_account(self, client)
        self._follow_again(timedelta(minutes=max(self.poll_minutes, 1)))

    def _follow_again(self, delay):
        self.env["demat.exchange"]._demat_run_committed(
            lambda: self.write({"next_poll_at": fields.Datetime.now() + delay})
        )

    def _follow_later(self, error):
        """The platform did not answer: the next round comes at its time."""
        _logger.warning("Following of %s: %s", self, error)
        asked = getattr(error, "retry_after", None) or 0
        seconds = max(60 * max(self.poll_minutes, 1), asked)
        self.next_poll_at = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
        if isinstance(error, errors.FixCredentials):
            self._chorus_note_access(error)
