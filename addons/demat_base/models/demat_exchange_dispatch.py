# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import traceback
from contextlib import ExitStack
from itertools import zip_longest

from odoo import api, models, modules
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying

from odoo.addons.ged_archive.models.alive import alive

_logger = logging.getLogger(__name__)

#: First key of the advisory locks that living workers hold on their exchange.
LOCK_CLASS = 0x64656D61


class DematExchange(models.Model):
    """The mail of an exchange leaves once, whatever happens to the process.

    A worker announces (``sending``, committed), acts, and stores the outcome. While it
    lives it holds an advisory lock of its database session on the exchange; the lock
    disappears with the process. An exchange found in ``sending`` without that lock is
    the work of a dead process: nobody knows whether the mail left, so it becomes
    ``unknown`` and a human decides.
    """

    _inherit = "demat.exchange"

    # -- rows -------------------------------------------------------------------------

    @api.model
    def _prepare_rows(self, vals_list):
        """Create the exchanges, or take up again those of an earlier try.

        The idempotency key says which: a document that could not be made yesterday is
        the same exchange today.

        :param vals_list: values with ``idempotency_key``
        :return: the exchanges, all pending
        """
        keys = [values["idempotency_key"] for values in vals_list]
        known = {
            exchange.idempotency_key: exchange
            for exchange in self.search([("idempotency_key", "in", keys)])
        }
        again = self.browse()
        fresh = []
        for values in vals_list:
            exchange = known.get(values["idempotency_key"])
            if exchange is None:
                fresh.append(values)
            elif exchange.state in ("failed", "cancelled"):
                exchange._mark_pending(
                    {
                        name: values[name]
                        for name in ("recipients", "user_id", "attach_choice")
                        if name in values
                    }
                )
                again |= exchange
        return again | self._create_pending(fresh)

    def _mark_pending(self, values=None):
        """Take an exchange up again under its key, with the recipients of today."""
        self._transition("pending", values or {})

    def _mark_cancelled(self, text):
        """Give an exchange up; the text says why."""
        self._transition("cancelled", {}, log=True, text=text)

    # -- mail -------------------------------------------------------------------------

    def _dispatch_mail(self):
        """Send the pending mails of these exchanges, each in its own transactions.

        The cursor must be ours: it is committed. A failure of one mail is stored on its
        row and does not stop the next.
        """
        with self._mail_sessions() as batch:
            for rows in batch._by_sender():
                written = rows._demat_run_committed(rows._write_mails)
                rows._dispatch_written(written)

    def _dispatch_written(self, written):
        """Send the mails whose texts are made.

        :param written: answer of :meth:`_write_mails`
        """
        rows = self.filtered(lambda row: row.id in written)
        announced = False
        try:
            with ExitStack() as alive:
                for exchange, following in zip_longest(rows, rows[1:]):
                    announced = exchange._dispatch_one_mail(
                        written[exchange.id], alive, announced, following
                    )
        finally:
            # what others wrote since the batch was read
            self.env.invalidate_all()

    def _by_sender(self):
        """Yield the exchanges of each sender, in his language: he reads what happened.

        A job has a user and a language of its own.
        """
        for user, rows in self.grouped("user_id").items():
            if user and user != self.env.user:
                rows = rows.with_context(lang=user.lang, tz=user.tz)
            yield rows

    def _write_mails(self):
        """Make these mails, in sets; nothing has left yet.

        What cannot be told to anybody any more fails here with its reason.

        :return: {exchange id: values for ``_deliver_mail``}
        """
        exchanges = self._demat_try_lock()
        exchanges.invalidate_recordset()
        written = {}
        waiting = exchanges.filtered(
            lambda row: row.state == "pending" and row.channel == "mail"
        )
        for model, rows in waiting.grouped("res_model").items():
            documents = self.env[model].sudo().browse(rows.mapped("res_id")).exists()
            gone = rows.filtered(lambda row, ids=documents.ids: row.res_id not in ids)
            gone._mark_cancelled(self.env._("The document no longer exists."))
            by_document = {row.res_id: row for row in rows - gone}
            values = documents._demat_mail_values_by_document(by_document)
            for res_id, row in by_document.items():
                if isinstance(values[res_id], UserError):
                    row._mark_failed("blocked", values[res_id].args[0])
                else:
                    written[row.id] = values[res_id]
        for row in exchanges.filtered(lambda row: row.id in written):
            problem = row._address_problem(written[row.id])
            if problem:
                row._mark_failed("address_invalid", problem)
                del written[row.id]
        mails = self.browse(written).sudo()._create_mails(written)
        return {
            exchange_id: {"mail_id": mail.id} for exchange_id, mail in mails.items()
        }

    def _dispatch_one_mail(self, values, alive, announced, following):
        """Announce, send and store the outcome of one mail.

        The next mail is announced in the commit that stores the outcome of this one,
        and what the mails are made of is read once for the batch.

        :param values: values of :meth:`_deliver_mail`
        :param alive: ``ExitStack`` that holds the locks of :meth:`_alive`
        :param announced: whether this mail is announced, and its lock held
        :param following: the exchange after this one, or ``None``
        :return: whether ``following`` is announced, and its lock held
        """
        if not announced:
            if not self._announce_alone(alive):
                return False
            self.browse(self._prefetch_ids)._read_ahead()
        with alive.pop_all():
            return self._carry_out_mail(values, alive, following)

    def _carry_out_mail(self, values, alive=None, following=None):
        """Send one mail that is announced and committed, and store the outcome.

        See :meth:`_dispatch_one_mail`; nothing follows a mail sent by hand.
        """
        following_announced = False
        try:
            # From here on nothing is repeated: the mail may be on its way.
            self._deliver_mail(values)
            if following:
                following_announced = following._announce_along(alive)
            self._demat_commit_and_keep()
        except Exception as error:
            _logger.warning("Exchange %s: outcome unknown", self.id, exc_info=True)
            trace = traceback.format_exc()
            if not modules.module.current_test:
                self.env.cr.rollback()
            self.env.invalidate_all()
            following_announced = False
            if alive:
                alive.close()
            text = self.env._(
                "The sending to %(addresses)s was interrupted (%(why)s). Ask the "
                "recipient whether the mail arrived, then say so here.",
                addresses=self._addressees(),
                why=error,
            )
            self._demat_run_committed(lambda: self._mark_unknown(text, trace))
        return following_announced

    def _announce_alone(self, alive):
        """Announce this mail in a transaction of its own; say whether it is ours.

        :param alive: empty ``ExitStack`` that gets the lock of :meth:`_alive`
        """
        if not alive.enter_context(self._alive()):
            return False
        if self._demat_run_committed(self._announce_mail):
            return True
        alive.close()
        return False

    def _announce_along(self, alive):
        """Announce this mail in the transaction of the mail before it.

        What that mail became must be stored in any case: a conflict over this one is
        left to :meth:`_announce_alone`.
        """
        along = self.with_context(demat_along=True)
        announced = alive.enter_context(self._alive()) and along._announce_mail()
        if not announced:
            alive.close()
        return announced

    def _send_by_hand(self, values):
        """Send a mail that somebody has written; this row is new and his own.

        Announced and committed first, like every mail: a server that dies leaves a row
        of unknown outcome. The row is never *pending* for others to see, so the jobs
        cannot take it for a notification.

        :param values: see :meth:`_deliver_mail`
        """
        with self._alive():
            self._mark_sending()
            self._demat_commit()
            self._carry_out_mail(values)

    def _announce_mail(self):
        """Write ``sending``, unless somebody else was faster; say whether we did."""
        try:
            # once we hold the row, nobody can be in the way of what follows
            with self.env.cr.savepoint(flush=False):
                exchange = self._demat_try_lock()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if not self.env.context.get("demat_along"):
                raise
            return False
        exchange.invalidate_recordset(["attempts", "state"])
        if not exchange or exchange.state != "pending":
            return False
        exchange._mark_sending()
        return True

    @api.model
    def _dispatch_pending_mail(self, limit=200):
        """Send mails that a restart left pending although their document is out."""
        waiting = self.search(
            [
                ("channel", "=", "mail"),
                ("direction", "=", "out"),
                ("state", "=", "pending"),
                ("document_id", "!=", False),
            ],
            limit=limit,
            order="id",
        )
        waiting._dispatch_mail()

    @api.model
    def _cron_recover_sending(self):
        """Take up what a dead process left: unknown outcomes, mails still to send."""
        self._recover_interrupted()
        self._dispatch_pending_mail()

    @api.model
    def _recover_interrupted(self):
        """Declare ``unknown`` what a dead process left in ``sending``.

        Every owner of a channel holds :meth:`_alive` while he is at work, or leaves
        his rows out of :meth:`_interrupted_domain` and recovers them himself.
        """
        for rows in self.search(self._interrupted_domain())._by_sender():
            for exchange in rows:
                with exchange._alive() as alive:
                    if alive:
                        self._demat_run_committed(exchange._declare_unknown)

    @api.model
    def _interrupted_domain(self):
        """Domain of what may be interrupted. TO EXTEND by owners of a channel."""
        return [("state", "=", "sending")]

    def _declare_unknown(self):
        self.invalidate_recordset(["state"])
        if self.state == "sending":
            self._mark_unknown(
                self.env._(
                    "The server stopped while the document was being sent to "
                    "%(addresses)s: it may or may not have arrived. Ask the recipient, "
                    "then say so here.",
                    addresses=self._addressees(),
                )
            )

    def _alive(self):
        """Hold the lock of a living worker; yields whether we got it."""
        self.ensure_one()
        return alive(self.env.cr, LOCK_CLASS, self.id)

    def _demat_run_committed(self, step):
        """Run a step and commit it; after a conflict with another writer, once more.

        In tests, where the whole test is one transaction, the step just runs.

        :param step: function without arguments that can be repeated
        :return: its result
        """
        if modules.module.current_test:
            return step()
        return retrying(step, self.env)
