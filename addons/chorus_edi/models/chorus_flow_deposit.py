# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import logging
import traceback
from contextlib import ExitStack
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import errors, numbers, rhythm

_logger = logging.getLogger(__name__)


class ChorusFlow(models.Model):
    """A flow leaves once, whatever happens to the process."""

    _inherit = "chorus.flow"

    @api.model
    def _cron_deposit(self):
        """Deposit what waits; take up what a dead process left. Commits."""
        self._recover_interrupted()
        for account in (
            self.env["chorus.account"].sudo().search([("active", "=", True)])
        ):
            try:
                self._deposit_company(account)
            except Exception:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("Deposit of %s: the next job resumes", account)

    @api.model
    def _deposit_company(self, account):
        """Pack and deposit all that waits at one account. Commits.

        Invoices that are deposited by hand wait for the ZIP.
        """
        while account.mode != "zip" and self._committed(lambda: self._pack(account)):
            pass
        due = self.search(
            [
                ("company_id", "in", account._chorus_companies().ids),
                ("state", "in", ("draft", "unknown")),
                "|",
                ("next_at", "=", False),
                ("next_at", "<=", fields.Datetime.now()),
            ],
            order="id",
        )
        # the way may have been changed since they were packed
        for mode, flows in due.grouped("mode").items():
            flows._carry_by(account, mode)

    def _carry_by(self, account, mode):
        """Deposit or settle these flows, all of one way. Commits after each."""
        with ExitStack() as stack:
            try:
                way = self._open_way(account, mode, stack)
            except (UserError, errors.ChorusError) as error:
                # the name of the exception is gone when a lambda would use it
                self._committed(partial(self._wait_all, error))
                return
            for flow in self:
                flow = flow._in_words_of_user()
                settles = flow.state == "unknown"
                step = flow._settle if settles else flow._deposit
                flow._try_alone(partial(step, way))

    @api.model
    def _open_way(self, account, mode, stack):
        """What carries flows: a client, or a drop box.

        :param mode: ``api`` or ``edi``
        :param stack: ``ExitStack`` that closes the connection
        :raises UserError: a setting is missing
        :raises ChorusError: a server cannot be reached
        """
        if mode != "edi":
            return account._chorus_client()
        box = account._chorus_dropbox()
        return stack.enter_context(box) if hasattr(box, "__enter__") else box

    def _wait_all(self, error):
        for flow in self:
            flow._in_words_of_user()._wait(error)

    # -- one flow ---------------------------------------------------------------------

    def _deposit(self, way):
        """Announce, send and store the outcome of one draft flow.

        :param way: answer of :meth:`_open_way`
        """
        self.ensure_one()
        with self._alive() as alive:
            if not alive:
                return
            content = self._committed(self._announce)
            if content is None:
                return
            # From here on nothing is repeated: the file may be on its way.
            outcome, trace = self._transmit(way, content)
            self._committed(lambda: self._store_outcome(outcome, trace))

    def _announce(self):
        """Write *sending* on the flow and its exchanges, unless somebody was faster.

        What was cancelled since the packing stays out.

        :return: the bytes to send, or None
        """
        if not self._demat_try_lock():
            return None
        self.invalidate_recordset()
        if self.state != "draft":
            return None
        rows = self._current()._demat_try_lock()
        rows.invalidate_recordset(["state"])
        if len(rows) != len(self._current()):
            return None  # somebody decides about one of them right now
        going = rows.filtered(lambda row: row.state == "pending")
        going = self._without_broken(going)
        self.exchange_ids = going
        if not going:
            self.unlink()
            return None
        extension, content = self._make_content(going)
        now = fields.Datetime.now()
        self.write(
            {
                **self._prepare_name(going, extension),
                "state": "sending",
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "started_at": now,
                "next_at": False,
            }
        )
        going._mark_sending()
        return content

    def _without_broken(self, rows):
        """Fail those whose document the archive cannot give; return the rest."""
        good = rows
        for row in rows:
            try:
                row.document_id._get_content()
            except UserError as error:
                row._mark_failed("document", error.args[0])
                row._chorus_todo(error.args[0])
                row.chorus_flow_id = False
                good -= row
        return good

    def _prepare_name(self, rows, extension):
        """Name of the file; an EDI flow brings its number along."""
        account = self._account()
        if self.mode == "edi":
            if self.number:
                return {}
            counter = account._chorus_next_flow()
            interface, application = account.edi_interface, account.edi_application
            return {
                "name": numbers.flow_name(interface, application, counter, extension),
                "number": numbers.flow_id(application, interface, counter),
            }
        if len(rows) == 1:
            return {"name": numbers.invoice_file_name(rows.document_id.name)}
        return {"name": f"lot_{self.id}.{extension}"}

    def _transmit(self, way, content):
        """The one effect outside.

        :return: ``(Deposit, None)``, ``(None, None)`` for a file that was dropped, or
            ``(ChorusError, trace)``
        """
        try:
            if self.mode == "edi":
                way.put(self.name, content)
                return None, None
            return way.deposit_flow(self.name, self.syntax, content), None
        except errors.ChorusError as error:
            return error, traceback.format_exc()
        except Exception as error:
            _logger.warning("Flow %s: outcome unknown", self.id, exc_info=True)
            unknown = errors.OutcomeUnknown(f"{type(error).__name__}: {error}")
            return unknown, traceback.format_exc()

    # -- the outcome ------------------------------------------------------------------

    def _store_outcome(self, outcome, trace=None):
        """Write what became of the call on the flow and its exchanges."""
        self.invalidate_recordset()
        if isinstance(outcome, errors.Rejected):
            text = self._platform_words(outcome)
            self._end("rejected", text)
            self._current()._mark_failed("rejected", text, trace)
            self._current()._chorus_todo(text)
        elif isinstance(outcome, errors.OutcomeUnknown):
            self._become_unknown(str(outcome), trace)
        elif isinstance(outcome, errors.ChorusError):
            self._put_back(outcome)
        else:
            self._become_deposited(outcome and outcome.number)

    def _become_deposited(self, number=None):
        """The platform has the file; its report comes later."""
        values = {
            "state": "deposited",
            "deposited_at": fields.Datetime.now(),
            "count": 0,
            "searches": 0,
            "next_at": self._due_in(rhythm.delay(rhythm.REPORT, 0)),
            "error_text": False,
            # its report may be late in its turn
            "overdue_told": False,
        }
        if self.overdue_told:
            self._current()._chorus_todo_done()
        if number:
            values["number"] = number
        self.write(values)
        rows = self._current()
        rows.filtered(lambda row: row.state == "unknown")._transition("sending", {})
        invoices = rows._chorus_invoices()
        invoices.write({"deposited_at": self.deposited_at, "followed": True})
        for row in rows:
            row.report = row._chorus_deposit_report(self)
        self._call_follow(at=self.next_at)

    def _put_back(self, error):
        """Nothing left, for sure: the flow waits, its invoices may be taken out."""
        text = self._platform_words(error)
        self.write({"state": "draft"})
        self._current()._mark_pending({"error_text": text})
        self._wait(error)

    def _wait(self, error):
        """Try this step again later.

        :param error: ``ChorusError``, or the ``UserError`` of a missing setting
        """
        access = isinstance(error, errors.FixCredentials)
        text = (
            self._platform_words(error)
            if isinstance(error, errors.ChorusError)
            else error.args[0]
        )
        asked = getattr(error, "retry_after", None)
        seconds = rhythm.delay(rhythm.RETRY, self.count, asked)
        self.write(
            {
                "count": self.count + 1,
                "next_at": self._due_in(seconds),
                "error_text": text,
            }
        )
        self._call_deposit(at=self.next_at)
        if access:
            self._account()._chorus_note_access(error)

    def _become_unknown(self, why, trace=None):
        """Nobody can tell whether it arrived: the platform will be asked."""
        self.write(
            {
                "state": "unknown",
                "count": 0,
                "searches": 0,
                "next_at": self._due_in(rhythm.delay(rhythm.SETTLE, 0)),
                "error_text": why,
            }
        )
        text = self.env._(
            "The answer of Chorus Pro was lost (%(why)s). The platform is asked for "
            "the invoice before anything is sent again.",
            why=why,
        )
        if self.mode == "edi":
            text = self.env._(
                "The server stopped while the file was being dropped (%(why)s). Look "
                "into the folder: press “It Arrived” or “Send Again” on the flow.",
                why=why,
            )
        rows = self._current()
        rows._mark_unknown(text, trace)
        if self.mode == "edi":
            # nobody but a person can find it out
            rows._chorus_todo(text)
            self.overdue_told = True
        self._call_deposit(at=self.next_at)

    def _end(self, state, text=False, **values):
        self.write(
            {
                "state": state,
                "ended_at": fields.Datetime.now(),
                "next_at": False,
                "error_text": text,
                **values,
            }
        )

    def _platform_words(self, error):
        """What an error of the library means, for a clerk."""
        return self._account()._chorus_error_words(error)

    # -- after a death ----------------------------------------------------------------

    @api.model
    def _recover_interrupted(self):
        """What a dead process left in *sending* may have arrived: *unknown*."""
        for flow in self.search([("state", "=", "sending")]):
            with flow._alive() as alive:
                if alive:
                    flow = flow._in_words_of_user()
                    self._committed(flow._declare_unknown)

    def _declare_unknown(self):
        self.invalidate_recordset(["state"])
        if self.state == "sending":
            self._become_unknown(self.env._("the server stopped"))
