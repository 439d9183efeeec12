# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench process``: the processing screen and the changes of state.

N invoices for N customers with consent: the list of what will be done is opened, then
a run prepares all of them. What is made stays: run it on a database that is thrown
away.
"""

from odoo import fields
from odoo.tools import SQL

from bench.archive import Meter
from bench.data import Supply
from bench.figures import tell

#: Tables of which one row is copied for each invoice.
_COPIED = ("res_partner", "account_move")


def run(env, context):
    """Measure and print.

    :param context: ``count`` (invoices), optional ``json`` (file to write to)
    :return: the figures: seconds and queries of each step
    """
    count = int(context["count"])
    supply = Supply(env, "127.0.0.1", 9)
    figures = {"count": count}
    # the report of a long run is not what is measured
    supply.clerk.demat_run_report = "never"
    # what a server reads once in its day: rules, languages and the like
    make_invoices(supply, 1)
    measure(supply)
    for size in sorted({max(count // 100, 1), count}):
        make_invoices(supply, size)
        figures[size] = measure(supply)
    return tell(figures, lines(figures), context)


def measure(supply):
    """Open the list of the waiting invoices, then prepare them with a run; commits."""
    env = supply.env(user=supply.clerk.id)
    screen = env["demat.process"].create({"treatment": "prepare"})
    env.flush_all()
    env.invalidate_all()
    with Meter() as opened:
        screen.action_show()
        screen.web_read({"line_ids": {"fields": {"move_name": {}}, "limit": 80}})
    run = env["demat.run"]._launch("prepare", screen._chosen())
    env.cr.commit()
    env.invalidate_all()
    with Meter() as treated:
        run.sudo()._process()
    env.invalidate_all()
    listed = screen.line_count
    if run.done_count != listed:
        raise AssertionError(f"{run.done_count} prepared of {listed}")
    return {
        "listed": listed,
        "open_seconds": round(opened.seconds, 2),
        "open_queries": opened.queries,
        "prepare_seconds": round(treated.seconds, 2),
        "prepare_queries": treated.queries,
    }


def lines(figures):
    """Return the figures as lines of text."""
    shown = [
        f"{'invoices':>10}{'list s':>9}{'queries':>9}{'prepare s':>11}{'queries':>9}"
    ]
    for size, row in figures.items():
        if size != "count":
            shown.append(
                f"{row['listed']:>11}{row['open_seconds']:>11.2f}"
                f"{row['open_queries']:>11}{row['prepare_seconds']:>11.2f}"
                f"{row['prepare_queries']:>11}"
            )
    return shown


def make_invoices(supply, count):
    """Posted invoices that wait, each for a customer of its own with consent.

    Rows copied in the database: the host needs minutes for as many. They have no lines,
    which neither the list nor a change of state reads.
    """
    env = supply.env
    model = env["account.move"].browse(supply.invoices(1, ours=True))
    model._demat_apply("hold")
    env.flush_all()
    sources = {"res_partner": model.partner_id, "account_move": model}
    copies = {}
    for table in _COPIED:
        columns = [
            name
            for name, field in sources[table]._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        ]
        if table == "account_move":
            columns = [c for c in columns if c not in ("partner_id", *_ENTITY)]
        copies[table] = _copy(env, table, sources[table], columns, count, copies)
    # the one that was copied is not counted
    model._demat_apply("keep_internal")
    partners = env["res.partner"].browse(copies["res_partner"])
    env["demat.consent"]._record(
        partners, kinds=("invoice",), action="given", means="contract"
    )
    env.cr.commit()
    env.invalidate_all()


_ENTITY = ("commercial_partner_id", "partner_shipping_id")


def _copy(env, table, source, columns, count, copies):
    """Copy one row ``count`` times; return the ids."""
    names = SQL(", ").join(map(SQL.identifier, columns))
    extra_names, extra_values = SQL(), SQL()
    if copies:
        extra_names = SQL(", partner_id, commercial_partner_id, partner_shipping_id")
        extra_values = SQL(", p.id, p.id, p.id")
    rows = env.execute_query(
        SQL(
            "INSERT INTO %s (name, %s %s) SELECT s.name || '/' || %s || p.place, %s %s"
            " FROM %s s, unnest(%s) WITH ORDINALITY AS p (id, place)"
            " WHERE s.id = %s RETURNING id",
            SQL.identifier(table),
            names,
            extra_names,
            f"{fields.Datetime.now():%H%M%S}-",
            SQL(", ").join(SQL("s.%s", SQL.identifier(name)) for name in columns),
            extra_values,
            SQL.identifier(table),
            copies.get("res_partner") or list(range(count)),
            source.id,
        )
    )
    ids = [row[0] for row in rows]
    if table == "res_partner":
        env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
            [ids],
        )
    return ids
