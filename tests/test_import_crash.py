# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A big export and its import are killed again and again, and end with each document
once."""

import collections
import hashlib
import signal
import zipfile

import pytest

DOCUMENTS = 150
BATCH = 10

PREPARE = """
import base64, io
from odoo.addons.ged_archive.wizards import ged_import_job

origin = env.company
target = env["res.company"].create({"name": "Target"})
admin = env.ref("base.user_admin")
admin.write({
    "company_ids": [(4, target.id)],
    "group_ids": [(4, env.ref("ged_archive.group_ged_manager").id)],
})
documents = env["ged.document"]._archive([
    {
        "kind": "invoice", "name": f"I-{number}", "filename": f"i-{number}.txt",
        "content": f"content {number}".encode(), "company_id": origin.id,
    }
    for number in range(count)
])
env.cr.commit()
env["ged.chain"]._cron_chain_pending()
export = env["ged.export"].create({"document_ids": [(6, 0, documents.ids)]})
file = io.BytesIO()
export._write_zip(file)
here = env(user=admin.id, context={"allowed_company_ids": [target.id]})
ged_import_job.AT_ONCE_DOCUMENTS = 0
job = here["ged.import"].create({
    "file": base64.b64encode(file.getvalue()), "filename": "export.zip",
    "company_id": target.id, "trusted": True, "reason": "a test",
})
job.action_verify()
result = [job.id, target.id]
"""
START = """
from odoo.addons.ged_archive.wizards import ged_import_job

ged_import_job.AT_ONCE_DOCUMENTS = 0
job = env["ged.import"].with_user(env.ref("base.user_admin")).browse(job)
job.with_context(allowed_company_ids=[target]).action_import()
"""
# The job, killed at one of its commits: right before it, or right after.
WORK = """
import os, signal
from odoo.addons.ged_archive.wizards import ged_export_zip, ged_import

ged_import.BATCH = ged_export_zip.BATCH = batch
model = type(env[job_model])
commit, left = model._commit, [kill_at]

def dying(self, *done):
    left[0] -= 1
    if not left[0] and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    answer = commit(self, *done)
    if not left[0] and after:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

model._commit = dying
getattr(env[job_model], work)()
"""
ASK = """
from odoo.addons.ged_archive.wizards import ged_export

ged_export.AT_ONCE = 0
documents = env["ged.document"]._archive([
    {
        "kind": "invoice", "name": f"E-{number}", "filename": f"e-{number}.txt",
        "content": f"to export {number}".encode(), "company_id": env.company.id,
    }
    for number in range(count)
])
env.cr.commit()
env["ged.chain"]._cron_chain_pending()
export = env["ged.export"].create({"document_ids": [(6, 0, documents.ids)]})
export.action_download()
result = [export.id, export._path(), documents.ids]
"""


@pytest.fixture(scope="module")
def server(make_server, demat_template):
    return make_server(demat_template)


def row(server, job):
    [found] = server.sql("SELECT state, done, total FROM ged_import WHERE id = %s", job)
    return found


def work(server, kill_at=0, after=False, job_model="ged.import", work="_cron_import"):
    values = {"kill_at": kill_at, "after": after, "job_model": job_model, "work": work}
    return server.spawn(WORK, batch=BATCH, **values).wait(300)


def test_killed_in_the_middle_and_resumed(server):
    job, target = server.run(PREPARE, count=DOCUMENTS)
    # the verification goes on
    assert work(server, kill_at=1, after=True) == -signal.SIGKILL
    assert row(server, job)[0] == "verifying"
    assert work(server) == 0
    assert row(server, job) == ["verified", DOCUMENTS, DOCUMENTS]
    server.run(START, job=job, target=target)
    places = []
    for kill_at, after in ((4, True), (3, False), (2, True), (5, False)):
        # the first three commits are of the progress and of the beginning
        assert work(server, kill_at + 1, after) == -signal.SIGKILL
        state, done, total = row(server, job)
        assert (state, total) == ("importing", DOCUMENTS)
        [[filed]] = server.sql(
            "SELECT count(*) FROM ged_document"
            " WHERE company_id = %s AND kind_code = 'invoice'",
            target,
        )
        assert done == filed
        places.append(filed)
    assert places == sorted(places) and places[0] < places[-1] < DOCUMENTS
    assert work(server) == 0
    assert row(server, job) == ["done", DOCUMENTS, DOCUMENTS]
    counts = server.sql(
        "SELECT count(*), count(DISTINCT sha256) FROM ged_document"
        " WHERE company_id = %s GROUP BY kind_code",
        target,
    )
    # the documents, and the evidence of the origin of each
    assert counts == [[DOCUMENTS, DOCUMENTS]] * 2
    [[summary]] = server.sql("SELECT summary FROM ged_import WHERE id = %s", job)
    assert "already" not in summary
    assert (
        server.run(
            "env['ged.chain']._cron_chain_pending()\nenv.cr.commit()\n"
            "result = len(env['ged.chain']._verify_chain())"
        )
        == 0
    )


def test_export_killed_and_gone_on_with(server):
    export, path, documents = server.run(ASK, count=DOCUMENTS)
    making = {"job_model": "ged.export", "work": "_cron_make"}
    places = []
    for kill_at, after in ((4, True), (3, False), (5, True)):
        assert work(server, kill_at, after, **making) == -signal.SIGKILL
        [[state, done]] = server.sql(
            "SELECT state, done FROM ged_export WHERE id = %s", export
        )
        assert state == "waiting"
        places.append(done)
    # what was committed is not made again, what was not is
    assert places == [4 * BATCH, 6 * BATCH, 11 * BATCH]
    assert work(server, **making) == 0
    assert server.sql("SELECT state, done FROM ged_export WHERE id = %s", export) == [
        ["done", DOCUMENTS]
    ]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for line in archive.read("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert collections.Counter(names).most_common(1)[0][1] == 1
    assert sum(name.startswith("documents/") for name in names) == DOCUMENTS
    counts = server.sql(
        "SELECT document_id, count(*) FROM ged_event WHERE event_type = 'exported'"
        " AND document_id = ANY(%s) GROUP BY document_id",
        documents,
    )
    assert len(counts) == DOCUMENTS
    assert {count for _document, count in counts} == {1}
