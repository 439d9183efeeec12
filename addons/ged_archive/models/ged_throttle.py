# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: scope -> (per address, of everybody, seconds). "ask" is a question by code or by
#: fingerprint, "seal" an uploaded file, which costs a second of a processor.
LIMITS = {
    "ask": (30, 300, 60),
    "seal": (6, 60, 600),
}
#: Uploaded files that are judged at the same time, by all workers together.
SLOTS = 2
#: First number of PostgreSQL's advisory locks on these slots ("ged").
_LOCK_CLASS = 0x676564
_KEPT_HOURS = 2


class GedThrottle(models.Model):
    """Who asked the public verification page lately; shared by all workers.

    Rows are only inserted, so that no two workers ever wait for each other or clash;
    questions that are refused leave none, so a flood cannot fill the table. Two workers
    that count at the same moment may each let one through: the limit is exact but for
    the number of workers. The table is UNLOGGED: it may be lost in a crash, and costs
    next to nothing.
    """

    _name = "ged.throttle"
    _description = "Recent questions to the public verification page"
    _log_access = False
    _order = "id desc"
    _rec_name = "scope"

    scope = fields.Char(required=True)
    address = fields.Char()
    at = fields.Datetime(required=True)
    unique_key = fields.Char()

    _recent_idx = models.Index("(scope, at)")
    _once_uniq = models.UniqueIndex("(unique_key) WHERE unique_key IS NOT NULL")

    def init(self):
        res = super().init()
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE oid = 'ged_throttle'::regclass"
        )
        if self.env.cr.fetchone()[0] != "u":
            self.env.cr.execute("ALTER TABLE ged_throttle SET UNLOGGED")
        return res

    @api.model
    def _admit(self, scope, address):
        """Count one question; return 0, or after how many seconds to come back.

        :param scope: a key of :data:`LIMITS`
        :param address: IP address as text, of the client itself (behind a proxy the
            host reads it from the headers when ``proxy_mode`` is set)
        """
        mine, all_, seconds = LIMITS[scope]
        key = network_of(address)
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) FILTER (WHERE address = %(key)s),
                       count(*),
                       min(at) FILTER (WHERE address = %(key)s),
                       min(at),
                       now() AT TIME ZONE 'UTC'
                  FROM ged_throttle
                 WHERE scope = %(scope)s
                   AND at > now() AT TIME ZONE 'UTC' - make_interval(secs => %(secs)s)
                """,
                key=key,
                scope=scope,
                secs=seconds,
            )
        )
        by_me, by_all, my_first, first, now = self.env.cr.fetchone()
        if by_me >= mine or by_all >= all_:
            oldest = my_first if by_me >= mine else first
            left = oldest + timedelta(seconds=seconds) - now
            return max(1, int(left.total_seconds()) + 1)
        self._insert(scope, key)
        return 0

    @api.model
    def _first_time(self, scope, key):
        """Tell whether ``key`` is new, and remember it for some hours.

        Exact between workers: of two at the same moment one waits for the other, and is
        done again by the host if that one was first.
        """
        return bool(self._insert(scope, None, key))

    @api.model
    def _insert(self, scope, address, key=None):
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO ged_throttle (scope, address, at, unique_key)
                VALUES (%s, %s, now() AT TIME ZONE 'UTC', %s)
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                scope,
                address,
                key,
            ),
            log_exceptions=False,  # two workers at once: see _first_time
        )
        return self.env.cr.fetchone()

    @api.model
    def _take_slot(self):
        """Return whether a file may be judged now; the slot is free again when the
        transaction ends.
        """
        for slot in range(SLOTS):
            self.env.cr.execute(
                "SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, slot]
            )
            if self.env.cr.fetchone()[0]:
                return True
        return False

    @api.autovacuum
    def _gc_old_questions(self):
        """Forget who asked; run by the host once a day."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM ged_throttle"
                " WHERE at < now() AT TIME ZONE 'UTC' - make_interval(hours => %s)",
                _KEPT_HOURS,
            )
        )


def network_of(address):
    """Return what counts as one asker: an IPv4 address, or an IPv6 network of a line.

    Whoever has an IPv6 line has 2⁶⁴ addresses.
    """
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
