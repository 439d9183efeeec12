# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench chorus``: calls to Chorus Pro until N invoices are paid.

N invoices to a public customer are sealed and archived by a run, then deposited at a
simulated Chorus Pro and followed through every status until the payment. After that a
night in bases of N and of 20 N open invoices, of which ten changed. What is made stays:
run it on a database that is thrown away.
"""

import time
from datetime import UTC, datetime

from odoo import fields
from odoo.tools import SQL

from bench import usage
from bench.data import Supply
from bench.figures import tell
from demo import chorus as town
from demo import identifiers
from demo.listener import listening
from tests.support.chorus import Simulator

#: What the recipient does, one after the other; between two of them a day passes.
LIFE = ("SERVICE_FAIT", "MANDATEE", "COMPTABILISEE", "MISE_EN_PAIEMENT")
DAY = 24 * 3600
#: The large base of the night holds so many times the invoices of the small one.
NIGHT = 20
CHANGED = 10
#: Questions after which a flow must have its final state.
ROUNDS = 10


def run(env, context):
    """Measure and print.

    :param context: ``count`` (invoices), ``smtp_host``, ``smtp_port``, optional
        ``json`` (file to write to)
    :return: the figures
    """
    count = int(context["count"])
    with Simulator(process=True) as simulator, listening(env):
        bench = Bench(env, context, simulator)
        figures = {"life": bench.follow_to_payment(count)}
        figures["nights"] = [bench.night(size) for size in (count, NIGHT * count)]
    return tell(figures, lines(figures), context)


def lines(figures):
    """Return the figures as lines of text; the last one is the calls per invoice."""
    life = figures["life"]
    shown = [
        f"{life['invoices']} invoices deposited and followed to the payment: "
        f"{life['seconds']:.1f} s, peak memory {life['peak_mb']:.0f} MB, calls:"
    ]
    shown += [f"{name:<32}{number:>8}" for name, number in life["calls"].items()]
    shown.append("What a screen finds before the sending:")
    shown.append(f"{'invoices':>10}{'drafted':>10}{'seconds':>10}")
    shown += [
        f"{row['invoices']:>10}{row['drafted']:>10}{row['seconds']:>10.2f}"
        for row in life["checks"]
    ]
    shown.append("A night of questions, by open invoices:")
    shown.append(f"{'open':>10}{'changed':>10}{'calls':>8}{'seconds':>10}")
    shown += [
        f"{row['open']:>10}{row['changed']:>10}{row['calls']:>8}{row['seconds']:>10.2f}"
        for row in figures["nights"]
    ]
    return [*shown, f"calls per invoice {life['per_invoice']:.3f}"]


class Bench:
    """A firm with an account at a simulator, and a customer there."""

    def __init__(self, env, context, simulator):
        self.simulator = simulator
        self.supply = Supply(env, context["smtp_host"], context["smtp_port"])
        self.env = self.supply.env
        self.seconds = 0.0
        self.customer = self.supply.customers[0]
        siret = identifiers.siret(identifiers.siren("24990317"))
        self.customer.company_registry = siret
        self.account = town.set_up(
            self.env, self.supply.company, self.customer, simulator.url
        )
        self.supply.customers = self.customer
        # the report of a long run is not what is measured
        self.supply.clerk.demat_run_report = "never"
        self.env.cr.commit()

    def _timed(self, function):
        started = time.perf_counter()
        function()
        self.seconds += time.perf_counter() - started
        self.env.invalidate_all()

    def _start(self):
        self.simulator.forget_calls()
        self.seconds = 0.0
        usage.reset_peak()

    # -- until the payment ------------------------------------------------------------

    def follow_to_payment(self, count):
        """Send, deposit and follow ``count`` invoices.

        :return: calls by operation, calls per invoice, seconds, memory
        :raise RuntimeError: one was not paid in the end
        """
        ids = self.supply.invoices(count, ours=True)
        moves = self.env["account.move"].browse(ids)
        # the first question starts the process that checks the rules of EN 16931
        parts = (moves[:1], moves[:1], moves[:20], moves)
        checks = [self._check(some) for some in parts]
        clerk = self.env["demat.run"].with_user(self.supply.clerk)
        sending = clerk._launch("send", moves)
        self.env.cr.commit()
        sending.sudo()._process()
        self.env.invalidate_all()
        self._start()
        self._timed(self.env["chorus.flow"]._cron_deposit)
        while self._waiting_flows():
            self._follow()
        for status in LIFE:
            self.simulator.control(clock=DAY)
            self.simulator.set_statuses(moves.mapped("name"), status)
            self._follow()
        calls = self.simulator.calls
        paid = self._rows().filtered(lambda row: row.paid_at)
        if len(paid) != count:
            raise RuntimeError(f"{len(paid)} of {count} invoices were paid")
        return {
            "invoices": count,
            "calls": calls,
            "per_invoice": round(sum(calls.values()) / count, 3),
            "seconds": round(self.seconds, 2),
            "peak_mb": round(usage.peak(), 1),
            "checks": checks,
        }

    def _check(self, moves):
        """What a screen finds before the sending, with nothing in the cache.

        :raise RuntimeError: something is wrong with one
        """
        self.env.invalidate_all()
        started = time.perf_counter()
        findings = moves._demat_sending_findings()
        seconds = time.perf_counter() - started
        wrong = [
            found for found in findings.values() if found[0].code != "chorus_later"
        ]
        if wrong:
            raise RuntimeError(wrong[0][0].message)
        return {
            "invoices": len(moves),
            "drafted": len(moves) - len(findings),
            "seconds": round(seconds, 2),
        }

    def _follow(self):
        """The job of following, at a time at which all questions are due."""
        self._waiting_flows().next_at = fields.Datetime.now()
        self.account.next_poll_at = False
        self.env.cr.commit()
        self._timed(self.env["chorus.account"]._cron_follow)

    def _waiting_flows(self):
        """:raise RuntimeError: one was asked about too often"""
        waiting = [("state", "in", ("deposited", "processing"))]
        flows = self.env["chorus.flow"].search(waiting)
        if any(flow.count > ROUNDS for flow in flows):
            raise RuntimeError(f"{flows.mapped('number')}: no final state")
        return flows

    def _rows(self):
        return self.env["chorus.invoice"].search([])

    # -- one night --------------------------------------------------------------------

    def night(self, size):
        """Follow ``size`` open invoices of which ten changed since the last time."""
        self._rows().followed = False
        rows = self._make_open(size)
        # all was read some time after they were made, the changes come later
        moment = datetime.fromisoformat(self.simulator.control(clock=DAY)["now"])
        self.account.followed_until = moment.astimezone(UTC).replace(
            microsecond=0, tzinfo=None
        )
        self.simulator.control(clock=DAY)
        changed = rows[:CHANGED]
        self.simulator.set_statuses(changed.mapped("number"), "SUSPENDUE")
        self._start()
        self._follow()
        seen = self._rows().filtered(lambda row: row.status == "SUSPENDUE")
        if not changed <= seen:
            raise RuntimeError(f"{len(seen)} of {len(changed)} changes were seen")
        return {
            "open": size,
            "changed": len(changed),
            "calls": sum(self.simulator.calls.values()),
            "seconds": round(self.seconds, 2),
        }

    def _make_open(self, size):
        """Copies of a paid invoice that are open, here and at the simulator.

        Rows copied in the database: what is asked about an invoice is its number.
        """
        model = self._rows().filtered("paid_at")[0]
        names = [f"N{size}-{number}" for number in range(size)]
        known = self._integrate(names, model)
        moves = _copy(self.env, model.move_id, {"name": ("varchar", names)})
        rows = _copy(
            self.env,
            model,
            {
                "move_id": ("integer", moves),
                "number": ("varchar", names),
                "external_id": ("varchar", [str(known[name]) for name in names]),
                "status": ("varchar", ["MISE_A_DISPOSITION"] * size),
                "state": ("varchar", ["with_recipient"] * size),
                "followed": ("boolean", [True] * size),
                "paid_at": ("timestamp", [None] * size),
            },
        )
        self.env.cr.commit()
        self.env.invalidate_all()
        return self.env["chorus.invoice"].browse(rows)

    def _integrate(self, names, model):
        """Give the simulator invoices of these numbers: their ids there by number."""
        values = {
            "account": town.CREDENTIALS["login"],
            "supplier": self.supply.company.company_registry,
            "recipient": self.customer.company_registry,
            "total": model.amount,
        }
        state = self.simulator.control(
            invoices=[{"number": name, **values} for name in names]
        )
        return {row["number"]: row["id"] for row in state["invoices"]}


def _copy(env, record, changes):
    """Copy the row of a record, each time with other values; return the ids.

    :param changes: ``{column: (type in the database, [value of each copy])}``
    """
    env.flush_all()
    kept = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name not in ("id", *changes)
    ]
    columns = SQL(", ").join(map(SQL.identifier, [*kept, *changes]))
    values = SQL(", ").join(
        [SQL.identifier("s", name) for name in kept]
        + [SQL.identifier("c", name) for name in changes]
    )
    arrays = SQL(", ").join(
        SQL("%s::%s[]", rows, SQL(kind)) for kind, rows in changes.values()
    )
    found = env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s s, unnest(%s) AS c (%s) "
            "WHERE s.id = %s RETURNING id",
            SQL.identifier(record._table),
            columns,
            values,
            SQL.identifier(record._table),
            arrays,
            SQL(", ").join(map(SQL.identifier, changes)),
            record.id,
        )
    )
    return [row[0] for row in found]
