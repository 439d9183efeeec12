# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.modules.registry import Registry
from odoo.tools import split_every
from odoo.tools.misc import clean_context

from ..lib import states

_logger = logging.getLogger(__name__)

#: Invoices that are made, sealed and committed together: what a crash makes the next
#: run do again at most, and what one process holds in memory.
BATCH_SIZE = 20
#: Selections up to this size are treated while the clerk waits; larger ones by the job.
INLINE_LIMIT = 20
#: The job looks after a crashed request after this delay.
SAFETY_DELAY = timedelta(minutes=2)


class AccountMove(models.Model):
    """From *ready* to *sent*, in steps that survive a crash.

    1. ``_demat_start``, in the user's transaction: checks, state ``sending``, exchange
       rows with their idempotency keys. Nothing outside has happened.
    2. after its commit ``_demat_dispatch_batch``: makes, seals, archives and publishes,
       one commit a batch. All of it is in the database, so a crash undoes all of it.
    3. ``demat.exchange._dispatch_mail``: the only effect outside; it is announced by
       a committed ``sending`` first, so that a crash leaves *unknown* and never a
       second mail.
    """

    _inherit = "account.move"

    # -- step 1: start ----------------------------------------------------------------

    def _demat_start(self):
        """Take these ready invoices into sending.

        :return: the invoices that were started
        :raises UserError: somebody else holds one, a state does not fit, or something
            is missing; each invoice is named with its cause
        :raises RedirectWarning: the same for a single cause that one form can mend
        """
        self._demat_check_user()
        moves = self._demat_lock()
        (self - moves)._demat_raise_if_busy()
        moves._demat_check_states(states.TREATMENTS["send"].accepts)
        problems = moves._demat_sending_problems(sealed_next=True)
        if problems:
            self._demat_raise_problems(problems)
        moves._demat_take_into_sending("start")
        return moves

    def _demat_start_at_validation(self):
        """Seed 000 section 2: validating sends. What is blocked stays waiting."""
        problems = self._demat_sending_problems(sealed_next=True)
        for move, reasons in problems.items():
            text = " ".join(reason.message for reason in reasons)
            move._demat_write({"demat_error": text})
            move.sudo().message_post(
                body=self.env._("Not sent at validation: %(why)s", why=text)
            )
        free = self - self.browse([move.id for move in problems])
        free._demat_take_into_sending("start")

    def _demat_take_into_sending(
        self, treatment, *, channels=None, schedule=True, options=None
    ):
        """Write the exchanges and the state ``sending``; nothing has left yet.

        :param channels: limit the exchanges to these; None means all that apply
        :param schedule: have the invoices treated after the commit
        :param options: those of the run, see ``demat.run._get_options``
        """
        if not self:
            return
        resolutions = self._demat_resolve()
        rows = []
        for move in self:
            found = move._demat_prepare_exchange_vals(resolutions[move.id])
            rows += move._demat_apply_options(found, options or {})
        self.env["demat.exchange"].sudo()._prepare_rows(
            [row for row in rows if channels is None or row["channel"] in channels]
        )
        self._demat_move_to(
            treatment,
            states.SENDING,
            demat_sent_uid=self.env.uid,
            demat_error=False,
        )
        if schedule:
            self._demat_schedule()

    def _demat_prepare_exchange_vals(self, resolution):
        """Return the exchange rows of one sending: the archive, and who is told.

        TO EXTEND by connectors that deposit the invoice elsewhere.

        :param resolution: ``Resolution`` of this invoice
        :return: list of values for ``demat.exchange``
        """
        self.ensure_one()
        version = (self.demat_document_id.version or 0) + 1
        common = {
            "res_model": self._name,
            "res_id": self.id,
            "res_name": self.name,
            "company_id": self.company_id.id,
            "partner_id": self.commercial_partner_id.id,
            "direction": "out",
            "user_id": self.env.uid,
        }
        channels = ["ged"]
        if resolution.channel:
            channels.append(resolution.channel)
        return [
            {
                **common,
                "channel": channel,
                "recipients": ", ".join(resolution.to) if channel == "mail" else False,
                "idempotency_key": f"{channel}:{self._name}:{self.id}:{version}",
            }
            for channel in channels
        ]

    # -- what blocks ------------------------------------------------------------------

    def _demat_raise_problems(self, problems):
        lines = [
            f"{move.display_name}: {reason.message}"
            for move, reasons in problems.items()
            for reason in reasons
        ]
        text = (
            self.env._("Nothing was sent. Mend this first:") + "\n" + "\n".join(lines)
        )
        reasons = [reason for found in problems.values() for reason in found]
        targets = {(reason.model, reason.res_id) for reason in reasons}
        if len(targets) == 1 and all(next(iter(targets))):
            [(model, res_id)] = targets
            record = self.env[model].browse(res_id)
            raise RedirectWarning(
                text,
                record._get_records_action(),
                self.env._("Open %(name)s", name=record.display_name),
            )
        raise UserError(text)

    # -- after the commit -------------------------------------------------------------

    def _demat_schedule(self):
        """Have these invoices treated as soon as this transaction is committed.

        The job is the safety net: it finds what a killed process left in ``sending``.
        """
        cron = self.env.ref("demat_invoice.ir_cron_dispatch").sudo()
        if len(self) > INLINE_LIMIT:
            cron._trigger()
            return
        cron._trigger(at=fields.Datetime.now() + SAFETY_DELAY)
        dbname, uid, ids = self.env.cr.dbname, self.env.uid, self.ids
        # the screen's defaults are not meant for what the worker creates
        context = clean_context(self.env.context)
        self.env.cr.postcommit.add(
            lambda: _dispatch_in_own_cursor(dbname, uid, context, ids)
        )

    def _demat_dispatch(self):
        """Treat these started invoices, batch after batch. The cursor is ours.

        A batch that meets a concurrent writer is rolled back and done again by
        ``retrying``, which also commits it.
        """
        for batch in split_every(BATCH_SIZE, self.ids):
            moves = self.browse(batch)
            self.env["demat.exchange"]._demat_run_committed(moves._demat_dispatch_batch)
            moves._demat_dispatch_channels()

    def _demat_dispatch_channels(self):
        """Carry out what follows the archive, whose transaction is committed.

        TO EXTEND by connectors that deposit the invoices elsewhere. The cursor is ours.
        """
        self._demat_exchanges("mail")._dispatch_mail()

    def _demat_dispatch_batch(self):
        """Make, seal, archive and publish the invoices of one batch.

        Takes only those still in ``sending`` that no other worker holds. One bad
        invoice gets its own cause, the others go on (design, section 4).
        """
        moves = self._demat_lock().filtered(
            lambda move: move.demat_state == states.SENDING
        )
        groups = moves.grouped(lambda move: (move.company_id, move.demat_sent_uid))
        for (company, user), group in groups.items():
            group = group._demat_on_behalf_of(user).with_company(company)
            produced, failures = group._demat_produce()
            failures.update(group._demat_publish(produced))
            group._demat_give_back(failures)

    def _demat_on_behalf_of(self, user):
        """The archive, the journal and the messages name who pressed the button."""
        if not user:
            return self.sudo()
        return self.with_user(user).with_context(lang=user.lang, tz=user.tz).sudo()

    def _demat_exchanges(self, channel):
        """Return the exchanges to carry out, of invoices that are archived.

        The document is written with the state ``sent``, in one transaction: an invoice
        that another worker still makes has none, and nobody is told of it.
        """
        return self.env["demat.exchange"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("channel", "=", channel),
                ("state", "=", "pending"),
                ("document_id", "!=", False),
            ]
        )

    @api.model
    def _cron_demat_dispatch(self):
        """Treat large selections, and what a crash or a restart left behind."""
        crons = self.env["ir.cron"]
        held = self.browse()
        while batch := self.search(
            [("demat_state", "=", states.SENDING), ("id", "not in", held.ids)],
            limit=BATCH_SIZE,
            order="id",
        ):
            batch._demat_dispatch_or_skip()
            batch._demat_dispatch_channels()
            # what another worker holds is his to finish
            still = batch.filtered(lambda move: move.demat_state == states.SENDING)
            held |= still
            done = len(batch) - len(still)
            if done and not crons._commit_progress(
                done, remaining=self._demat_left(held)
            ):
                return
        self.env["demat.exchange"]._recover_interrupted()
        self.env["demat.exchange"]._dispatch_pending_mail()

    def _demat_dispatch_or_skip(self):
        """Treat a batch; what fails beyond its own causes must not stop the others."""
        try:
            self.env["demat.exchange"]._demat_run_committed(self._demat_dispatch_batch)
        except Exception:
            self.env.cr.rollback()
            self.env.invalidate_all()
            if len(self) > 1:
                for move in self:
                    move._demat_dispatch_or_skip()
            else:
                _logger.exception("%s stays in sending", self)

    def _demat_left(self, held):
        return self.search_count(
            [("demat_state", "=", states.SENDING), ("id", "not in", held.ids)]
        )


def _dispatch_in_own_cursor(dbname, uid, context, ids):
    """Treat the started invoices in a transaction of their own.

    The user's work is committed already: a failure here must not look like a failure
    of it. The invoices stay in ``sending`` and the job takes them up.
    """
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, uid or SUPERUSER_ID, context)
            env["account.move"].sudo().browse(ids)._demat_dispatch()
    except Exception:
        _logger.exception(
            "The invoices %s stay in sending; the job %s takes them up again.",
            ids,
            "demat_invoice.ir_cron_dispatch",
        )
