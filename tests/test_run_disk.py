# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The disk of the files is full: what was not stored is told and can be done again.

Nothing is half archived: a row has its whole file, or there is no row.
"""

import hashlib

import pytest

from tests.support.disk import SmallDisk
from tests.support.office import JobServer, RunOffice
from tests.support.once import (
    check_archive,
    check_attachments,
    check_sent_once,
    filestore,
)

SIZE = 256 << 20
INVOICES = 8
FULL = "Le disque du serveur est plein"
LOGGED = "cannot be stored"


@pytest.fixture
def office(make_server, firm_template):
    office = RunOffice(make_server(firm_template, JobServer))
    yield office
    office.server.stop()


@pytest.fixture
def disk(office):
    disk = SmallDisk(filestore(office.server), SIZE)
    if disk.refusal:
        disk.close()
        pytest.skip(f"no file system can be mounted here: {disk.refusal}")
    yield disk
    disk.close()


def send_one(office):
    """Send one invoice, to know what is needed: bytes of its file."""
    run = office.launch(office.add_ready_invoices(1))
    office.wait_done(run)
    [[size]] = office.server.sql("SELECT max(size) FROM ged_document")
    return size


def check_failed(office, ids):
    """These invoices are as they were before, with the cause."""
    rows = office.server.sql(
        "SELECT m.demat_state, m.demat_error, m.is_move_sent,"
        " (SELECT count(*) FROM ged_document d"
        "   WHERE d.res_model = 'account.move' AND d.res_id = m.id),"
        " (SELECT count(*) FROM ir_attachment a"
        "   WHERE a.res_model = 'account.move' AND a.res_id = m.id),"
        " (SELECT string_agg(channel || ' ' || state, ', ' ORDER BY channel)"
        "    FROM demat_exchange e"
        "   WHERE e.res_model = 'account.move' AND e.res_id = m.id)"
        " FROM account_move m WHERE m.id = ANY(%s)",
        ids,
    )
    for state, error, sent, documents, files, exchanges in rows:
        assert state == "ready"
        assert FULL in error
        assert (bool(sent), documents, files) == (False, 0, 0)
        assert exchanges == "ged failed, mail cancelled"


def test_a_full_disk_fails_lines_that_are_done_again(office, disk):
    size = send_one(office)
    ids = office.add_ready_invoices(INVOICES)
    disk.fill(left=3 * size + size // 2)
    with office.server.expect_log(LOGGED):
        run = office.launch(ids)
        office.wait_done(run)
    lines = office.lines(run)
    failed = [line for line in lines if line["state"] == "failed"]
    sent = [line for line in lines if line["state"] == "done"]
    assert len(sent) + len(failed) == INVOICES
    assert 0 < len(sent) < INVOICES, "some fit, some do not"
    for line in failed:
        assert FULL in line["cause"]
        assert "administrateur" in line["cause"]
        assert line["document"] is None
    check_failed(office, [line["move"] for line in failed])
    check_attachments(office.server)
    check_archive(office.server)
    assert len(office.server.smtp.mails) == 1 + len(sent)

    disk.make_room()
    again = office.rerun_failed(run)
    office.wait_done(again)
    assert [line["move"] for line in office.lines(again)] == [
        line["move"] for line in failed
    ]
    assert {line["state"] for line in office.lines(again)} == {"done"}
    check_sent_once(office.server, office.ids)


# Archives one text; the system cuts the files of this process at ``limit``, if it is
# positive: the write is begun, not ended.
ARCHIVE = """
import resource
from odoo.exceptions import UserError

def archive(limit):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with env.cr.savepoint():
            env["ged.document"]._archive([{
                "kind": "invoice",
                "name": name,
                "filename": f"{name}.txt",
                "content": (name * size)[:size].encode(),
                "partner_id": env.company.partner_id.id,
            }])
    except UserError as error:
        return error.args[0]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

result = [archive(limit) for limit in limits]
"""
TEXT_SIZE = 4 << 20
UNLIMITED = -1


def archive(server, name, *limits):
    """Archive a text once for each limit; the refusals."""
    values = {"name": name, "size": TEXT_SIZE, "limits": limits}
    return server.run(ARCHIVE, **values)


def text(name):
    return (name * TEXT_SIZE)[:TEXT_SIZE].encode()


def stored(server, name):
    """(bytes of the one archived file, what else lies beside it)."""
    [[fname, digest]] = server.sql(
        "SELECT a.store_fname, d.sha256 FROM ged_document d "
        "JOIN ir_attachment a ON a.id = d.attachment_id WHERE d.name = %s",
        name,
    )
    path = filestore(server) / fname
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest
    return data, [
        other.name
        for other in path.parent.iterdir()
        if other.name.startswith(path.name) and other != path
    ]


def test_a_write_that_was_cut_leaves_nothing_and_can_be_done_again(demat_server):
    with demat_server.expect_log(LOGGED):
        cut, again = archive(demat_server, "coupe", TEXT_SIZE // 2, UNLIMITED)
    assert "File too large" in cut
    assert again is None
    assert stored(demat_server, "coupe") == (text("coupe"), [])


def test_what_a_killed_process_left_of_a_file_is_replaced(demat_server):
    data = text("mort")
    name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    torn = filestore(demat_server) / name[:2] / name
    torn.parent.mkdir(exist_ok=True)
    torn.write_bytes(data[:1000])
    with demat_server.expect_log("was cut short"):
        assert archive(demat_server, "mort", UNLIMITED) == [None]
    assert stored(demat_server, "mort") == (data, [])


# The daily collection of files without a row begins between a file and its row.
COLLECT = """
import threading
from odoo import SUPERUSER_ID, api

registry, attachments = env.registry, type(env["ir.attachment"])
write, threads = attachments._file_write, []

def collect():
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["ir.attachment"]._gc_file_store()

def write_then_collect(self, *arguments):
    fname = write(self, *arguments)
    threads.append(threading.Thread(target=collect))
    threads[-1].start()
    threads[-1].join(wait)
    return fname

attachments._file_write = write_then_collect
try:
    archive(-1)
    env.cr.commit()
finally:
    attachments._file_write = write
for thread in threads:
    thread.join()
result = len(threads)
"""


def test_files_being_archived_are_not_collected(demat_server):
    values = {"name": "ramasse", "size": TEXT_SIZE, "limits": [], "wait": 2}
    assert demat_server.run(ARCHIVE + COLLECT, **values) == 1
    assert stored(demat_server, "ramasse") == (text("ramasse"), [])
