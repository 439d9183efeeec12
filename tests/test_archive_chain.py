# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The archive under real transactions: concurrent writers, crashes, real requests.

Its rows can never be deleted, so these tests have a server and a database of their own.
"""

import json
import os
import signal

import pytest

from tests.support.rpc import RpcError

ARCHIVE = """
def archive(env, name, count=1):
    return env["ged.document"]._archive([
        {
            "kind": "invoice",
            "name": f"{name}-{number}",
            "filename": f"{name}-{number}.txt",
            "content": f"{name} {number}".encode(),
            "partner_id": env.company.partner_id.id,
        }
        for number in range(count)
    ])

"""
REFUSED = "cannot|not allowed|autorisé"
# Several threads, each with transactions of its own, as the workers of a server.
WRITERS = (
    ARCHIVE
    + """
import threading
from odoo import SUPERUSER_ID, api

registry, failures = env.registry, []

def write(writer):
    try:
        for turn in range(turns):
            with registry.cursor() as cr:
                mine = api.Environment(cr, SUPERUSER_ID, {})
                documents = archive(mine, f"{prefix}-{writer}-{turn}", 2)
            with registry.cursor() as cr:
                mine = api.Environment(cr, SUPERUSER_ID, {})
                mine["ged.document"].browse(documents.ids)._record_event("verified")
    except Exception as exc:
        failures.append(repr(exc))

threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures
"""
)


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    return make_server(demat_template)


# Ends the code of a test: what the verification finds, in a new transaction.
VERIFY = """
env.cr.commit()
env.invalidate_all()
result = [str(problem) for problem in env["ged.chain"]._verify_chain()]
"""
CRON = "env['ged.chain']._cron_chain_pending()"


def pending(server):
    documents, events = server.sql(
        "SELECT count(*) FROM ged_document WHERE chain_number IS NULL UNION ALL "
        "SELECT count(*) FROM ged_event WHERE chain_number IS NULL"
    )
    return documents[0] + events[0]


def assert_one_chain(server, code=""):
    """After ``code`` every row has its place, 1, 2, 3…, and every link holds."""
    assert server.run(code + VERIFY) == []
    assert pending(server) == 0
    for table in ("ged_document", "ged_event"):
        for _company, count, distinct, last in server.sql(
            "SELECT company_id, count(*), count(DISTINCT chain_number),"
            f" max(chain_number) FROM {table} GROUP BY company_id"
        ):
            assert count == distinct == last


def test_concurrent_writers_make_one_chain(server):
    [[before]] = server.sql("SELECT count(*) FROM ged_document")
    values = {"writers": 3, "turns": 8}
    others = [
        server.spawn(WRITERS, prefix=f"process-{number}", **values)
        for number in range(2)
    ]
    for process in others:
        assert process.wait(300) == 0
    [[after]] = server.sql("SELECT count(*) FROM ged_document")
    assert after - before == 2 * 3 * 8 * 2
    # what lost the race for the lock ten seconds long would wait for the cron
    assert_one_chain(server, CRON)


# Two workers as they are when both send a large run: some documents a transaction, each
# followed by what happens to them next.
WORKER = (
    ARCHIVE
    + """
for turn in range(count // 10):
    documents = archive(env, f"{prefix}-{turn}", 10)
    env.cr.commit()
    documents._record_event("sent")
    env.cr.commit()
"""
)
EACH = 500 if os.environ.get("DEMAT_LONG") else 60


def test_two_workers_archive_a_large_run_each(server):
    """One chain: no fork, no gap, no deadlock; nobody waits for the cron."""
    [[before]] = server.sql("SELECT count(*) FROM ged_document")
    workers = [
        server.spawn(WORKER, prefix=f"run-{EACH}-{number}", count=EACH)
        for number in range(2)
    ]
    for worker in workers:
        assert worker.wait(900) == 0
    [[after]] = server.sql("SELECT count(*) FROM ged_document")
    assert after - before == 2 * EACH
    # the last of the two may leave what the other wrote meanwhile to the cron
    assert_one_chain(server, CRON)
    for table in ("ged_document", "ged_event"):
        twice = server.sql(
            f"SELECT chain_hash FROM {table} GROUP BY chain_hash HAVING count(*) > 1"
        )
        assert twice == []
    # no transaction had to be given up for the other's sake
    [[deadlocks]] = server.sql(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert deadlocks == 0


def test_a_late_commit_is_linked_after_an_early_one(server):
    """Ids are given at the start of a transaction, links at its end."""
    assert_one_chain(
        server,
        ARCHIVE
        + """
from odoo import SUPERUSER_ID, api

with env.registry.cursor() as slow:
    late = archive(api.Environment(slow, SUPERUSER_ID, {}), "late").id
    with env.registry.cursor() as fast:
        early = archive(api.Environment(fast, SUPERUSER_ID, {}), "early").id
assert late < early
""",
    )
    names = server.sql(
        "SELECT name FROM ged_document WHERE name IN ('late-0', 'early-0')"
        " ORDER BY chain_number"
    )
    assert names == [["early-0"], ["late-0"]]


def test_a_rolled_back_transaction_leaves_no_gap(server):
    assert_one_chain(
        server,
        ARCHIVE
        + """
archive(env, "undone", 3)
env.cr.rollback()
archive(env, "done")
""",
    )
    assert server.sql("SELECT id FROM ged_document WHERE name LIKE 'undone%%'") == []


def test_a_crash_after_the_commit_is_mended_by_the_cron(server):
    process = server.spawn(
        ARCHIVE
        + """
import os, signal
from odoo.addons.ged_archive.models import ged_chain

ged_chain._link_in_own_transactions = lambda registry: os.kill(os.getpid(), 9)
archive(env, "crashed", 2)
env.cr.commit()
"""
    )
    assert process.wait(120) == -signal.SIGKILL
    assert pending(server) == 4
    assert_one_chain(server, CRON)


def test_a_busy_lock_does_not_fail_the_caller(server):
    server.run(
        ARCHIVE
        + """
from odoo.addons.ged_archive.models import ged_chain

ged_chain.LOCK_TIMEOUT = "200ms"
with env.registry.cursor() as busy:
    busy.execute("LOCK TABLE ged_chain IN SHARE ROW EXCLUSIVE MODE")
    archive(env, "hurried")
    env.cr.commit()
    busy.rollback()
"""
    )
    assert pending(server) == 2
    # the next one links what waited
    assert_one_chain(server, ARCHIVE + "archive(env, 'next')\n")


def test_files_served_by_a_read_only_route_are_journalled(server):
    """/web/content starts on a read-only transaction; the view must be written."""
    document, file = server.run(
        ARCHIVE + "document = archive(env, 'served')\n"
        "result = document.id, document.attachment_id.id"
    )
    rpc = server.rpc("admin", "admin")
    for path in (f"/web/content/{file}", f"/ged/document/{document}/content"):
        status, _headers, body = rpc.get(path)
        assert (status, body) == (200, b"served 0"), path
    events = server.sql(
        "SELECT event_type, user_id, ip FROM ged_event WHERE document_id = %s"
        " ORDER BY id",
        document,
    )
    assert events[1:] == [
        ["downloaded", rpc.uid, "127.0.0.1"],
        ["viewed", rpc.uid, "127.0.0.1"],
    ]
    assert pending(server) == 0


def test_an_administrator_cannot_change_the_archive_by_rpc(server):
    document = server.run(ARCHIVE + "result = archive(env, 'fixed').id")
    rpc = server.rpc("admin", "admin")
    [row] = rpc.call("ged.document", "read", [document], ["attachment_id", "event_ids"])
    attempts = [
        ("ged.document", "write", [document], {"name": "other"}),
        ("ged.document", "write", [document], {"portal_visible": False}),
        ("ged.document", "unlink", [document]),
        ("ged.document", "copy", [document]),
        ("ged.document", "create", {"name": "forged"}),
        ("ged.document", "_archive", []),
        ("ged.event", "write", row["event_ids"], {"detail": "other"}),
        ("ged.event", "unlink", row["event_ids"]),
        ("ir.attachment", "write", [row["attachment_id"][0]], {"raw": "other"}),
        ("ir.attachment", "write", [row["attachment_id"][0]], {"public": True}),
        ("ir.attachment", "unlink", [row["attachment_id"][0]]),
        (
            "ir.attachment",
            "create",
            {"name": "x", "res_model": "ged.document", "res_id": document},
        ),
    ]
    for model, method, *arguments in attempts:
        with server.expect_log(REFUSED), pytest.raises(RpcError) as refusal:
            rpc.call(model, method, *arguments)
        assert refusal.value.name in (
            "odoo.exceptions.AccessError",
            "odoo.exceptions.UserError",
        ), json.dumps([model, method, refusal.value.name, str(refusal.value)])
    assert_one_chain(server)
