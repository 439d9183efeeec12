# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..lib import codes, errors, rhythm
from .chorus_invoice import AVAILABLE, PAID, TO_TREAT
from .chorus_times import aware, naive

_logger = logging.getLogger(__name__)

#: What changed so shortly before the newest change that was seen is asked for again:
#: it may have become visible late.
OVERLAP = timedelta(minutes=15)
#: Rows of a search that are stored in one transaction.
STORED_TOGETHER = 500


class ChorusInvoice(models.Model):
    """Following: one search for all that changed, the history only where it matters.

    The number of calls depends on what changed since the last time, not on how many
    invoices are open: the history is read of an invoice that waits for us, and once
    of one that came to its end.
    """

    _inherit = "chorus.invoice"

    @api.model
    def _follow_account(self, account, client):
        """Bring what changed at the platform for one account. Commits.

        :raises ChorusError: the platform does not answer; what was read is stored
        """
        committed = self.env["demat.exchange"]._demat_run_committed
        companies = account._chorus_companies()
        committed(lambda: self._stop_following(account, companies))
        since = self._followed_since(account, companies)
        if since:
            newest = since
            answers = client.search_invoices(changed_from=aware(since - OVERLAP))
            for some in split_every(STORED_TOGETHER, answers, list):
                committed(lambda some=some: self._store_found(account, companies, some))
                newest = max(
                    [newest, *(naive(one.changed_at) or newest for one in some)]
                )
            committed(lambda: account.write({"followed_until": newest}))
        self._read_histories(companies, client)

    @api.model
    def _followed_since(self, account, companies):
        """The moment from which changes are asked for; False when nothing is open."""
        opened = self.search(
            [("company_id", "in", companies.ids), ("followed", "=", True)],
            order="deposited_at",
            limit=1,
        )
        if not opened:
            return False
        begin = (opened.deposited_at or opened.create_date) - timedelta(days=1)
        return account.followed_until or begin

    @api.model
    def _stop_following(self, account, companies):
        """Give up on what had no end within the days that the account allows."""
        limit = fields.Datetime.now() - timedelta(days=account.follow_days or 400)
        late = self.search(
            [
                ("company_id", "in", companies.ids),
                ("followed", "=", True),
                ("deposited_at", "<", limit),
            ]
        )
        late.write({"followed": False})
        for invoice in late:
            invoice.move_id._chorus_todo(
                invoice.user_id,
                self.env._(
                    "Chorus Pro is no longer asked about it: it was deposited more "
                    "than %(days)s days ago and is not paid. Ask the customer.",
                    days=account.follow_days,
                ),
            )

    # -- matching ---------------------------------------------------------------------

    @api.model
    def _store_found(self, account, companies, answers):
        """Store what a search told; what is not ours is left out.

        :param answers: list of ``FoundInvoice``
        """
        siret = account._chorus_siret()
        ours = [
            one
            for one in answers
            if not (siret and one.supplier and one.supplier != siret)
        ]
        rows = self.search(
            [
                ("company_id", "in", companies.ids),
                "|",
                ("external_id", "in", [one.id for one in ours if one.id]),
                "&",
                ("external_id", "=", False),
                ("number", "in", [one.number for one in ours]),
            ]
        )
        by_id = {row.external_id: row for row in rows if row.external_id}
        by_number = {row.number: row for row in rows if not row.external_id}
        for one in ours:
            row = by_id.get(one.id)
            if row is None:
                row = by_number.get(one.number)
                if row is None or not row._can_be(one):
                    continue
            row._in_words_of_user()._take_found(one)

    def _can_be(self, found):
        """Say whether a found invoice of our number is this one: numbers begin anew
        every year, and a deposit by hand has no flow of ours."""
        siret = self.structure_id.siret
        if siret and found.recipient and siret != found.recipient:
            return False
        exchange = self.exchange_id
        there = exchange.state in ("sending", "unknown", "done")
        # nor is what a person says was refused known to be away
        if not there and not exchange._chorus_is_told():
            return False
        own = self.flow_id.number
        return not (own and found.flow and own != found.flow)

    def _in_words_of_user(self):
        user = self.user_id
        if not user:
            return self
        return self.with_context(lang=user.lang, tz=user.tz)

    # -- one invoice ------------------------------------------------------------------

    def _take_found(self, found):
        """Store what a search says of this invoice.

        :param found: ``FoundInvoice``
        """
        self.ensure_one()
        # the return file of the flow may be late: who is found has arrived
        if self.flow_id.mode != "api" and not self._settle_by_status(
            found.status, found.comment
        ):
            return
        if not self.external_id and found.id:
            self.external_id = found.id
        if found.status:
            step = (found.status, naive(found.changed_at), found.comment, "")
            self._take_steps([step])

    def _take_steps(self, steps, current=None):
        """Keep steps, oldest first, and draw the consequences of a new status.

        :param steps: of ``(code, at, comment, who)``
        :param current: code of the status that holds, when the platform says it
        """
        self.ensure_one()
        before = self.status
        fresh = self.env["chorus.status"]._record(self, steps)
        self.invalidate_recordset(["status_ids"])
        last = self.status_ids[:1]
        if current:
            named = self.status_ids.filtered(lambda step: step.code == current)
            last = named[:1] or last
        first = {}
        for step in self.status_ids.sorted("at"):
            first.setdefault(step.code, step.at)
        final = codes.status(last.code).final if last else False
        self.write(
            {
                "status": last.code,
                "status_at": last.at,
                "status_comment": last.comment,
                "available_at": first.get(AVAILABLE, self.available_at),
                "paid_at": first.get(PAID, self.paid_at),
                "asked_at": fields.Datetime.now(),
                "followed": not final,
            }
        )
        # suspended once more, the to-do of the first time may be done
        again = last in fresh and self.state in TO_TREAT
        if last.code != before or again:
            self._status_changed(final)

    def _status_changed(self, final):
        """Another status: read why, tell who has to act, take the old to-do away."""
        waits = self.state in TO_TREAT
        self._set_history_due(bool(self.external_id and (waits or final)))
        move = self.move_id
        move._chorus_todo_done()
        if waits:
            move._chorus_todo(self.user_id, self._todo_words())
        move._message_log(body=self._status_note())

    def _todo_words(self):
        label, advice = self._status_words(self.status)
        return "\n".join(part for part in (label, self.status_comment, advice) if part)

    def _status_note(self):
        label, _advice = self._status_words(self.status)
        if self.status_comment:
            return self.env._(
                "Chorus Pro: %(status)s – %(why)s",
                status=label,
                why=self.status_comment,
            )
        return self.env._("Chorus Pro: %(status)s", status=label)

    # -- history ----------------------------------------------------------------------

    @api.model
    def _read_histories(self, companies, client):
        """Read the histories that are due. Commits after each.

        One that cannot be read waits longer and longer, the others do not wait for it.

        :raises ChorusError: the platform does not answer, or refuses an access
        """
        committed = self.env["demat.exchange"]._demat_run_committed
        due = self.search(
            [
                ("company_id", "in", companies.ids),
                ("history_due", "=", True),
                "|",
                ("history_next_at", "=", False),
                ("history_next_at", "<=", fields.Datetime.now()),
            ],
            order="history_next_at NULLS FIRST, id",
        )
        failures = 0
        for invoice in due:
            try:
                invoice._in_words_of_user()._read_history(client)
            except errors.UnreadableAnswer as error:
                _logger.warning("%s: its history cannot be read: %s", invoice, error)
                committed(invoice._ask_history_later)
                failures += 1
                if failures >= rhythm.MAX_FAILURES:
                    break
            else:
                failures = 0

    def _ask_history_later(self):
        seconds = rhythm.delay(rhythm.HISTORY, self.history_tries)
        self.write(
            {
                "history_tries": self.history_tries + 1,
                "history_next_at": fields.Datetime.add(
                    fields.Datetime.now(), seconds=seconds
                ),
            }
        )

    def _set_history_due(self, due):
        """A new reason to read it does not wait for what failed before."""
        self.write({"history_due": due, "history_next_at": False, "history_tries": 0})

    def _read_history(self, client):
        """Read all that happened to this invoice and store it. Commits.

        :raises ChorusError: the platform does not answer, or not now
        """
        self.ensure_one()
        committed = self.env["demat.exchange"]._demat_run_committed
        try:
            history = client.history(self.external_id)
        except errors.Rejected as error:
            _logger.warning("%s: no history: %s", self, error)
            committed(lambda: self._set_history_due(False))
            return
        committed(lambda: self._store_history(history))

    def _store_history(self, history):
        self.invalidate_recordset()
        known = self.status_comment
        self._take_steps(
            [
                (step.code, naive(step.at), step.comment, step.who)
                for step in history.steps
            ],
            current=history.current,
        )
        self._set_history_due(False)
        if self.state in TO_TREAT and self.status_comment != known:
            # the search knew the status, the history knows why
            self.move_id._chorus_todo_done()
            self.move_id._chorus_todo(self.user_id, self._todo_words())

    def _ask_now(self):
        """Ask Chorus Pro about this invoice now. Commits.

        :raises UserError: a setting is missing
        :raises ChorusError: no answer
        """
        for invoice in self.sudo():
            flow = invoice.flow_id
            if flow.mode == "api" and flow.state in (
                "unknown",
                "deposited",
                "processing",
            ):
                flow._ask_now()
                invoice.invalidate_recordset()
            account = invoice.company_id._chorus_account()
            client = account._chorus_client()
            if not invoice.external_id:
                answers = list(client.search_invoices(number=invoice.number))
                self._store_found(account, invoice.company_id, answers)
            if invoice.external_id:
                invoice._read_history(client)
