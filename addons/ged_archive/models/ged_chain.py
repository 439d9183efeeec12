# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

import psycopg2
import psycopg2.errors

from odoo import api, fields, models, modules
from odoo.tools import SQL

from ..lib.hashing import is_link, link
from .ged_evidence import FORMATS, build_evidence, columns_of

_logger = logging.getLogger(__name__)

TABLES = {"document": "ged_document", "event": "ged_event"}
BATCH = 1000
LOCK_TIMEOUT = "10s"
CONTENTION = (
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.SerializationFailure,
)
_POSTCOMMIT = "ged_archive.chain"


class GedChain(models.Model):
    """Head of the chain of one company's documents or events.

    Rows are archived with an empty ``chain_number``, inside the caller's transaction,
    so that archiving never waits for another worker. They are linked right after the
    commit, in a short transaction of its own that holds this table's lock: one writer
    at a time, hence one chain without forks or gaps. What a crash leaves behind is
    linked by the cron.
    """

    _name = "ged.chain"
    _description = "Head of an archive chain"
    _order = "company_id, stream"
    _rec_name = "stream"

    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    stream = fields.Selection(
        [("document", "Documents"), ("event", "Events")], required=True
    )
    head_number = fields.Integer(string="Number of links", default=0)
    head_hash = fields.Char(string="Hash of the last link")

    _stream_uniq = models.Constraint(
        "UNIQUE (company_id, stream)", "A company has one chain per stream."
    )

    # ------------------------------------------------------------------ linking

    @api.model
    def _schedule(self):
        """Link the rows of the current transaction as soon as it is committed."""
        callbacks = self.env.cr.postcommit
        if _POSTCOMMIT in callbacks.data:
            return
        callbacks.data[_POSTCOMMIT] = True
        registry = self.env.registry

        @callbacks.add
        def link_after_commit():
            # another callback may archive in its turn, that is the next transaction's
            callbacks.data.pop(_POSTCOMMIT, None)
            try:
                _link_in_own_transactions(registry)
            except Exception:
                # The caller's work is committed, it must not look as if it had failed.
                # The cron tries again and fails in its own name.
                _logger.exception("archive chain: linking failed, left to the cron")

    @api.model
    def _chain_pending(self, company=None):
        """Link committed rows that have no link yet, in id order; return how many were
        linked.

        At most :data:`BATCH` rows of each stream are linked by one call. The table lock
        must be the first statement of the transaction: under REPEATABLE READ the
        snapshot is then taken after the previous writer has committed. So call it on a
        fresh cursor only (tests, which never commit, call it on theirs).

        :param company: ``res.company`` records to restrict to, all companies by default
        """
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL lock_timeout TO %s", LOCK_TIMEOUT))
        self.env.cr.execute(
            "LOCK TABLE ged_chain IN SHARE ROW EXCLUSIVE MODE",
            log_exceptions=False,  # see CONTENTION
        )
        linked = 0
        for stream in TABLES:
            linked += self._chain_stream(stream, company)
        if linked:
            self.env["ged.document"].invalidate_model(["chain_number", "chain_hash"])
            self.env["ged.event"].invalidate_model(["chain_number", "chain_hash"])
            self.invalidate_model(["head_number", "head_hash"])
        return linked

    @api.model
    def _chain_stream(self, stream, company):
        heads = {
            company_id: (number, hash_)
            for company_id, number, hash_ in self.env.execute_query(
                SQL(
                    "SELECT company_id, head_number, head_hash FROM ged_chain WHERE "
                    "stream = %s",
                    stream,
                )
            )
        }
        # What cannot be linked is left out, or it would stop the chain of everybody:
        # the verification names these rows.
        broken = [key for key, (_number, head) in heads.items() if not is_link(head)]
        if broken:
            _logger.warning("archive chain: the head of companies %s is spoilt", broken)
        rows = self._read_rows(
            stream,
            SQL(
                "chain_number IS NULL AND evidence_format = ANY(%s)"
                " AND NOT company_id = ANY(%s) AND %s ORDER BY id LIMIT %s",
                list(FORMATS),
                broken,
                SQL("company_id IN %s", tuple(company.ids)) if company else SQL("TRUE"),
                BATCH,
            ),
        )
        values = []
        touched = set()
        for row in rows:
            company_id = row["company_id"]
            number, previous = heads.get(company_id, (0, None))
            new_hash = link(previous, build_evidence(stream, row))
            heads[company_id] = (number + 1, new_hash)
            touched.add(company_id)
            values.append((row["id"], number + 1, new_hash))
        if values:
            self._store_links(stream, values)
            self._store_heads(stream, {key: heads[key] for key in touched})
        return len(values)

    @api.model
    def _store_links(self, stream, values):
        ids, numbers, hashes = zip(*values, strict=True)
        self.env.cr.execute(
            SQL(
                """
                UPDATE %s AS t
                   SET chain_number = v.number, chain_hash = v.hash
                  FROM unnest(%s, %s, %s) AS v (id, number, hash)
                 WHERE t.id = v.id
                """,
                SQL.identifier(TABLES[stream]),
                list(ids),
                list(numbers),
                list(hashes),
            ),
            log_exceptions=False,  # see CONTENTION
        )

    @api.model
    def _store_heads(self, stream, heads):
        for company_id, (number, hash_) in heads.items():
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO ged_chain (
                        company_id, stream, head_number, head_hash,
                        create_uid, create_date, write_uid, write_date
                    )
                    VALUES (
                        %(company)s, %(stream)s, %(number)s, %(hash)s,
                        %(uid)s, now() AT TIME ZONE 'UTC',
                        %(uid)s, now() AT TIME ZONE 'UTC'
                    )
                    ON CONFLICT (company_id, stream) DO UPDATE
                       SET head_number = EXCLUDED.head_number,
                           head_hash = EXCLUDED.head_hash,
                           write_uid = EXCLUDED.write_uid,
                           write_date = EXCLUDED.write_date
                    """,
                    company=company_id,
                    stream=stream,
                    number=number,
                    hash=hash_,
                    uid=self.env.uid,
                )
            )

    @api.model
    def _read_rows(self, stream, where):
        """Read the columns of the evidence straight from the table, as dictionaries."""
        columns = [*columns_of(stream), "chain_number", "chain_hash"]
        names = SQL(", ").join(SQL.identifier(column) for column in columns)
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM %s WHERE %s",
                names,
                SQL.identifier(TABLES[stream]),
                where,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _previous_hashes(self, stream, ids):
        """Return ``{id: hash of the link before}`` for linked rows among ``ids``."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT t.id, p.chain_hash
                      FROM %(table)s t
                      JOIN %(table)s p
                        ON p.company_id = t.company_id
                       AND p.chain_number = t.chain_number - 1
                     WHERE t.id = ANY(%(ids)s)
                    """,
                    table=SQL.identifier(TABLES[stream]),
                    ids=ids,
                )
            )
        )

    @api.model
    def _cron_chain_pending(self):
        """Link what was left by a crash or a lock that was not free."""
        if modules.module.current_test:
            # the test's rows are not committed: another transaction would not see them
            linked = self._chain_pending()
        else:
            linked = _link_in_own_transactions(self.env.registry)
        if linked:
            _logger.info(
                "archive chain: %s rows linked by the scheduled action", linked
            )


def _link_in_own_transactions(registry):
    """Link all committed rows, one short transaction per batch; return how many.

    What meets another worker (the lock is not free in time, a row is being changed) is
    left to the next call: the next commit, or the cron.
    """
    total = 0
    while True:
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                linked = env["ged.chain"]._chain_pending()
        except CONTENTION as exc:
            _logger.info("archive chain: linking postponed (%s)", type(exc).__name__)
            return total
        total += linked
        if linked < BATCH:
            return total
