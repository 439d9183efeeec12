# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench portal N``: the customer's pages in a large base.

N invoices in all (200,000), of which one customer has N/20 (10,000), half of them paid,
and another one 100. What counts is the time of the server for a page, in one process,
requests in turn: the statement and the list of invoices of the first customer, against
Odoo's own list of invoices of the second. What is made stays: the database is thrown
away.
"""

import re
import threading
import time
from contextlib import closing

from werkzeug.test import Client

from odoo import Command, http
from odoo.sql_db import db_connect
from odoo.tools import SQL

from bench.data import Supply
from bench.figures import tell

SMALL = 100
#: Pages are asked for in all turns, files in every fourth.
TURNS = 36
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "bench-portal"  # noqa: S105 - of a database that is thrown away
#: What is asked for: name, whose, address.
PAGES = (
    ("odoo list", "small", "/my/invoices"),
    ("list", "large", "/my/invoices?year=2026"),
    ("statement", "large", "/my/statement"),
    ("statement, all years", "large", "/my/statement?year=all"),
    ("overdue", "large", "/my/statement?show=overdue"),
    ("search", "large", "/my/statement?search=B0000123"),
)
FILES = (
    ("CSV, all years", "large", "/my/statement/csv?year=all"),
    ("PDF, all years", "large", "/my/statement/pdf?year=all"),
)


def run(env, context):
    """Measure and print.

    :param context: ``count`` (invoices in all), optional ``json`` (file to write to)
    :return: the figures: milliseconds and queries of each page
    """
    count = int(context["count"])
    supply = Supply(env, "127.0.0.1", 9)
    began = time.perf_counter()
    large = max(count // 20, 1)
    users = fill(supply, count, large)
    figures = {"count": count, "large": large, "pages": {}}
    print(f"{count} invoices made in {time.perf_counter() - began:.0f} s", flush=True)
    browsers = {name: Browser(env.cr.dbname, login) for name, login in users.items()}
    for turn in range(TURNS + 2):
        for name, whose, path in PAGES if turn % 4 else PAGES + FILES:
            spent, queries = browsers[whose].get(path)
            # a server reads much once in its day
            if turn >= 2:
                page = figures["pages"].setdefault(name, {"ms": [], "queries": queries})
                page["ms"].append(round(1000 * spent, 1))
    return tell(figures, lines(figures), context)


def lines(figures):
    """Return the figures as lines of text; the last one is the ratio of the slower of
    statement and list."""
    shown = [f"{'page':<24}{'ms':>8}{'queries':>9}{'ratio':>8}"]
    # the fastest of the turns: what others do on the machine only adds to a time
    host = min(figures["pages"]["odoo list"]["ms"])
    ratios = {}
    for name, page in figures["pages"].items():
        spent = min(page["ms"])
        ratios[name] = host / spent
        shown.append(f"{name:<24}{spent:>8.1f}{page['queries']:>9}{ratios[name]:>8.2f}")
    slower = min(ratios["statement"], ratios["list"])
    return [*shown, f"ratio {slower:.2f}"]


class Browser:
    """A customer who is logged in; asks the host in this process."""

    def __init__(self, dbname, login):
        self._client = Client(http.root)
        answer = self._ask("GET", f"/web/login?db={dbname}", follow_redirects=True)
        values = {
            "login": login,
            "password": PASSWORD,
            "csrf_token": _TOKEN.search(answer.text)[1],
        }
        answer = self._ask("POST", "/web/login", data=values)
        if answer.status_code != 303:
            raise AssertionError(f"{login} cannot log in: {answer.status_code}")

    def _ask(self, method, path, **values):
        here = {"REMOTE_ADDR": "127.0.0.1"}
        return self._client.open(path, method=method, environ_base=here, **values)

    def get(self, path):
        """Return the seconds of the server for a page, and its queries."""
        began = time.perf_counter()
        answer = self._ask("GET", path)
        spent = time.perf_counter() - began
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return spent, threading.current_thread().query_count


def fill(supply, count, large):
    """Make the invoices; returns ``{"small": login, "large": login}``."""
    env = supply.env
    model = make_invoice(supply)
    payment = make_payment(supply, model)
    customers = {
        "large": (supply.customers[1], large),
        "small": (supply.customers[2], SMALL),
    }
    others = max((count - large - SMALL) // len(supply.customers[3:]), 0)
    for customer in supply.customers[3:]:
        customers[customer.id] = (customer, others)
    env.flush_all()
    start = 0
    for partner, number in customers.values():
        copy_moves(env, model, partner, start, number)
        start += number
    copy_moves(env, payment, customers["large"][0], start, large // 2)
    users = {}
    for name in ("large", "small"):
        users[name] = f"bench-{name}"
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": name,
                "login": users[name],
                "password": PASSWORD,
                "lang": "fr_FR",
                "partner_id": customers[name][0].id,
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
    env.cr.commit()
    settle(env.cr.dbname)
    return users


def settle(dbname):
    """What the database does by itself with tables that grew, before anybody asks."""
    with closing(db_connect(dbname).cursor()) as cursor:
        cursor.connection.autocommit = True
        for table in ("account_move", "account_move_line", "res_partner"):
            cursor.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
        cursor.connection.autocommit = False


def make_invoice(supply):
    """A posted invoice of one line: the one that is copied."""
    line = {"name": "Pose", "price_unit": 42, "tax_ids": [Command.clear()]}
    invoice = supply.env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": supply.customers[0].id,
            "invoice_line_ids": [Command.create(line)],
        }
    )
    invoice.action_post()
    return invoice


def make_payment(supply, invoice):
    """An entry of the bank for an invoice: the one that is copied."""
    env = supply.env
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    receivable = invoice.line_ids.filtered(lambda x: x.display_type == "payment_term")
    entry = env["account.move"].create(
        {
            "move_type": "entry",
            "journal_id": journal.id,
            "line_ids": [
                Command.create(
                    {
                        "account_id": receivable[:1].account_id.id,
                        "partner_id": invoice.partner_id.id,
                        "credit": invoice.amount_total,
                    }
                ),
                Command.create(
                    {
                        "account_id": journal.default_account_id.id,
                        "partner_id": invoice.partner_id.id,
                        "debit": invoice.amount_total,
                    }
                ),
            ],
        }
    )
    entry.action_post()
    return entry


def copy_moves(env, source, partner, start, number):
    """Copy an invoice or an entry with its lines, over six years, every second paid.

    Rows copied in the database: the host needs hours for as many.
    """
    day = SQL("(CURRENT_DATE - ((n * 7) %% 2190)::integer)")
    paid = SQL("n %% 2 = 0")
    residual = SQL("CASE WHEN %s THEN 0 ELSE s.amount_residual END", paid)
    values = {
        "name": SQL("'B' || LPAD((%s + n)::text, 7, '0')", start),
        "partner_id": partner.id,
        "commercial_partner_id": partner.id,
        "partner_shipping_id": partner.id,
        "date": day,
        "invoice_date": day,
        "invoice_date_due": SQL("%s + 30", day),
        "amount_residual": residual,
        "amount_residual_signed": residual,
        "payment_state": SQL("CASE WHEN %s THEN 'paid' ELSE s.payment_state END", paid),
        "demat_state": SQL("CASE WHEN s.move_type = 'entry' THEN NULL ELSE 'sent' END"),
        # the host writes one for each invoice that it lists for the first time
        "access_token": SQL("MD5(%s || n::text)", f"{start}/"),
    }
    names, shown = _columns(source, values)
    env.cr.execute(
        SQL(
            "INSERT INTO account_move (%s) SELECT %s FROM account_move AS s, "
            "generate_series(1, %s) AS n WHERE s.id = %s",
            names,
            shown,
            number,
            source.id,
        )
    )
    open_ = "CASE WHEN m.amount_residual = 0 THEN 0 ELSE s.{} END"
    values = {
        "move_id": SQL("m.id"),
        "move_name": SQL("m.name"),
        "partner_id": partner.id,
        "date": SQL("m.date"),
        "invoice_date": SQL("m.invoice_date"),
        "date_maturity": SQL("m.invoice_date_due"),
        "amount_residual": SQL(open_.format("amount_residual")),
        "amount_residual_currency": SQL(open_.format("amount_residual_currency")),
        "reconciled": SQL("m.amount_residual = 0"),
        "full_reconcile_id": None,
    }
    names, shown = _columns(source.line_ids[:1], values)
    env.cr.execute(
        SQL(
            "INSERT INTO account_move_line (%s) SELECT %s FROM account_move_line AS s, "
            "account_move AS m WHERE s.move_id = %s AND m.name BETWEEN %s AND %s "
            "AND m.journal_id = s.journal_id",
            names,
            shown,
            source.id,
            f"B{start + 1:07}",
            f"B{start + number:07}",
        )
    )


def _columns(record, values):
    """Return the names of the columns of a table, and what they are copied as."""
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    shown = [
        SQL("%s", values[name]) if name in values else SQL("s.%s", SQL.identifier(name))
        for name in names
    ]
    return SQL(", ").join(map(SQL.identifier, names)), SQL(", ").join(shown)
