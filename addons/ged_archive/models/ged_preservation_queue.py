# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..lib.errors import ArchiveError
from ..lib.levels import LEVELS
from .ged_chain import CONTENTION

_logger = logging.getLogger(__name__)

#: Documents under one time stamp.
BATCH = 200
#: How often a batch is tried that no server stamps, before the next one is.
TRIES = 3
#: Minutes to wait after the first failure; doubled by each further one.
BACK_OFF = 5
LONGEST_BACK_OFF = 6 * 60
#: Type of the containers, which are evidence and need none of this kind themselves.
CONTAINER = "application/vnd.etsi.asic-s+zip"


class GedPreservationQueue(models.Model):
    """What a company's documents wait for: a better seal, or evidence anew.

    Nothing is queued row by row: what is due follows from the documents, their later
    evidence and the day. A row only says when the job may try again and what went
    wrong. Its lock makes one worker at a time: two would pay two tokens.
    """

    _name = "ged.preservation.queue"
    _description = "Work on later evidence"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    failures = fields.Integer(string="Failures in a row", readonly=True)
    retry_at = fields.Datetime(string="Next try", readonly=True)
    problem = fields.Char(string="What went wrong", readonly=True)
    last_at = fields.Datetime(string="Last time stamp", readonly=True)
    tsa_fingerprint = fields.Char(readonly=True)
    tsa_until = fields.Datetime(
        string="Certificate of the authority ends", readonly=True
    )

    next_id = fields.Integer(
        readonly=True,
        help="A round that had no time left goes on above this document; 0 between "
        "rounds.",
    )
    round_problem = fields.Char(
        readonly=True, help="What went wrong with documents in this round."
    )
    renew_at = fields.Datetime(
        string="Renewal tried again",
        readonly=True,
        help="Until then nothing is renewed because of its end alone: the certificate "
        "of the authority would end no later.",
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "A company has one queue of later evidence."
    )

    # ----------------------------------------------------------------------- job

    @api.model
    def _cron_preserve(self):
        """Raise the level of what was sealed lower than asked for; renew evidence.

        Resumable: each batch is committed, the next run goes on with what is left. A
        server that does not answer is tried again after a while, longer each time. What
        fails in one company does not keep the others from their evidence.
        """
        for company in self.env["res.company"].search(
            [("ged_seal_profile_id", "!=", False)]
        ):
            try:
                if not self._run_if_due(company):
                    return
            except CONTENTION:
                # another worker wrote in between: the next run looks again
                self._roll_back()
            except Exception as error:
                _logger.exception("later evidence of company %s failed", company.id)
                self._roll_back()
                self._of(company)._failed(str(error) or type(error).__name__)
                self._commit(0)

    @api.model
    def _run_if_due(self, company):
        """Work for one company; ``False`` when the time of the job is over."""
        if not company._ged_timestamp_client():
            return True
        queue = self._of(company)
        if queue.retry_at and queue.retry_at > fields.Datetime.now():
            return True
        return queue._run()

    @api.model
    def _roll_back(self):
        if not modules.module.current_test:
            self.env.cr.rollback()

    def _run(self):
        """Work until nothing is due; ``False`` when the time of the job is over: the
        next run goes on there, so that documents that cannot be helped do not take the
        turn of all others each time.
        """
        self.ensure_one()
        # servers that do not answer are known for the whole run
        queue = self.with_context(ged_revocation={})
        while True:
            count = queue._next_batch()
            if count is None:
                return True
            if not self._commit(count):
                self.env.ref("ged_archive.ir_cron_preserve")._trigger()
                return False

    def _next_batch(self):
        """Work on the due documents that come next in this round.

        Returns how many were time-stamped; ``None`` at the end of the round, or when
        another worker is at it.
        """
        queue = self.try_lock_for_update()
        if not queue:
            return None
        rows = queue._due(queue.next_id)
        if not rows:
            queue._round_over()
            return None
        try:
            count = queue._preserve(rows)
        except ArchiveError as exc:
            queue._failed(str(exc))
            if queue.failures > TRIES:
                # it may be about these documents: the others have their turn
                queue.next_id = rows[-1]["id"]
            self._commit(0)
            return None
        queue.next_id = rows[-1]["id"]
        return count

    def _round_over(self):
        """Remember what went wrong with some documents, or that all went well."""
        problem = self.round_problem
        if self.next_id or problem:
            self.write({"next_id": 0, "round_problem": False})
        if problem:
            self._failed(problem)
            return
        vain = self._vain_words()
        if self.failures or (self.problem or False) != vain:
            self.write({"failures": 0, "retry_at": False, "problem": vain})

    def _vain_words(self):
        """Return why renewing waits, ``False`` when it does not."""
        if not self._renewing_waits():
            return False
        return self.env._(
            "Nothing is renewed for now: the certificate of the time-stamp authority "
            "ends on %(date)s, no later than the evidence. Ask its provider for the "
            "renewed service.",
            date=format_date(self.env, self.tsa_until),
        )

    def _renewing_waits(self):
        return bool(self.renew_at and self.renew_at > fields.Datetime.now())

    def _commit(self, count):
        """Commit the batch; tell whether the job has time for another one."""
        if modules.module.current_test:
            return True
        # each batch is paid for with a token: it must not be lost with the next one
        return bool(self.env["ir.cron"]._commit_progress(count))

    def _failed(self, problem):
        minutes = min(BACK_OFF * 2**self.failures, LONGEST_BACK_OFF)
        self.write(
            {
                "failures": min(self.failures + 1, 20),
                "retry_at": fields.Datetime.now() + timedelta(minutes=minutes),
                "problem": problem[:500],
            }
        )
        _logger.info("archive: later evidence postponed by %s minutes", minutes)

    @api.model
    def _of(self, company):
        """Return the row of ``company``, made when missing."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO ged_preservation_queue (company_id, failures) "
                "VALUES (%s, 0) ON CONFLICT (company_id) DO NOTHING",
                company.id,
            )
        )
        return self.sudo().search([("company_id", "=", company.id)])

    @api.model
    def _preserve_now(self, company, documents):
        """Time-stamp these documents of one company, due or not; return how many.

        Raises ``UserError`` when it cannot be, ``ArchiveError`` when no server answers.
        """
        if not company._ged_timestamp_client():
            raise UserError(
                self.env._(
                    "The seal profile of %(company)s has no time-stamp server. Add "
                    "one under Configuration › Seal profiles.",
                    company=company.name,
                )
            )
        queue = self._of(company).try_lock_for_update()
        if not queue:
            raise UserError(
                self.env._(
                    "The job that adds time stamps is at work on the documents of "
                    "%(company)s. Try again in a minute.",
                    company=company.name,
                )
            )
        rows = queue._rows(SQL("d.id = ANY(%s)", documents.ids))
        count = queue._preserve(rows, asked=True)
        if count < len(documents):
            raise UserError(queue.problem or self.env._("Nothing to time-stamp."))
        return count

    # ------------------------------------------------------------------- what is due

    def _due(self, after, limit=BATCH):
        """Return rows about documents that need later evidence, in the order of ids.

        Not of what an import has brought that is still at work: it writes last what
        they had of it at their origin.
        """
        company = self.company_id
        horizon = fields.Datetime.now() + timedelta(days=company.ged_renew_days)
        allowed = company._ged_digest_algorithms()
        return self._rows(
            SQL(
                """d.id > %(after)s
                AND NOT (%(importing)s AND EXISTS (
                    SELECT FROM ged_event e
                     WHERE e.document_id = d.id AND e.event_type = 'imported'))
                AND (
                    array_position(%(levels)s, d.seal_asked::text)
                        > array_position(%(levels)s,
                            COALESCE(p.level_after, d.seal_level)::text)
                    OR p.valid_until < %(horizon)s AND %(renewing)s
                    OR p.id IS NULL AND d.seal_valid_until < %(horizon)s
                        AND %(renewing)s
                    OR NOT COALESCE(p.digest_algorithm, 'sha256') = ANY(%(allowed)s)
                        AND (p.id IS NOT NULL OR d.seal_level <> 'none')
                    OR p.id IS NULL AND d.seal_level = 'none' AND %(unsealed)s
                )""",
                after=after,
                levels=list(LEVELS),
                horizon=horizon,
                renewing=not self._renewing_waits(),
                allowed=allowed,
                unsealed=company.ged_stamp_unsealed,
                importing=self.env["ged.import"]._is_at_work(company),
            ),
            limit,
        )

    @api.model
    def _evidence_ends(self, company):
        """Return when the first evidence of ``company`` ends that still counts, naive
        UTC, or ``None``.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT min(COALESCE(p.valid_until, d.seal_valid_until))
                  FROM ged_document d
             LEFT JOIN ged_preservation p ON p.document_id = d.id AND NOT EXISTS (
                       SELECT FROM ged_preservation n WHERE n.predecessor_id = p.id)
                 WHERE d.company_id = %s AND d.attachment_id IS NOT NULL
                """,
                company.id,
            )
        )
        return self.env.cr.fetchone()[0]

    def _rows(self, condition, limit=None):
        """Return documents of this company with their latest evidence, as dictionaries:
        ``id``, ``level`` (today), ``asked``, ``head`` (id of the ``ged.preservation``
        to renew), ``until`` and ``digest`` of it.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT d.id, d.seal_asked AS asked, p.id AS head,
                       COALESCE(p.level_after, d.seal_level) AS level,
                       COALESCE(p.valid_until, d.seal_valid_until) AS until
                  FROM ged_document d
             LEFT JOIN ged_preservation p ON p.document_id = d.id AND NOT EXISTS (
                       SELECT FROM ged_preservation n WHERE n.predecessor_id = p.id)
                 WHERE d.company_id = %(company)s
                   AND d.attachment_id IS NOT NULL
                   AND d.mimetype <> %(container)s
                   AND (%(condition)s)
              ORDER BY d.id LIMIT %(limit)s
                """,
                company=self.company_id.id,
                container=CONTAINER,
                condition=condition,
                limit=limit,
            )
        )
        return self.env.cr.dictfetchall()
