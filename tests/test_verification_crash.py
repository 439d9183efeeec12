# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The verification of the archive dies at any point and goes on where it was.

The job runs in a real server that is killed with SIGKILL: before a statement, around a
commit, while the report is drawn. It is started again and triggered again. In the end
all was read once, what is wrong is told once, and one report and one alert exist.

The seed is printed: ``DEMAT_SEED=… ./demat test tests/test_verification_crash.py``
repeats a run.
"""

import os
import random
import secrets
from pathlib import Path

import pytest

from tests.support.crash import CrashServer, Fault

SEED_VARIABLE = "DEMAT_SEED"
DOCUMENTS = 160
#: one of each class; "drawing" last: it needs the job to come to its end
SHORT = ("commit", "statement", "committed", "drawing")
LONG_KILLS = 30
MOST = {"statement": 250, "commit": 8, "committed": 8}
FILL = """
documents = env["ged.document"]._archive([
    {
        "kind": "invoice", "name": f"V-{number}", "filename": f"v-{number}.txt",
        "content": f"content {number}".encode(),
    }
    for number in range(count)
])
env.cr.commit()
env["ged.chain"]._cron_chain_pending()
altered = documents[7]
result = [altered.id, altered.attachment_id.store_fname]
"""
REQUEST = "result = env['ged.verification']._request(env.company).id"


class Archive:
    def __init__(self, make_server, template, seed):
        self.random = random.Random(seed)
        self.server = make_server(template, CrashServer)
        self.altered, name = self.server.run(FILL, count=DOCUMENTS)
        folder = Path(self.server.data_dir) / "filestore" / self.server.database
        (folder / name).write_bytes(b"other")
        [[self.cron]] = self.server.sql(
            "SELECT res_id FROM ir_model_data WHERE module = 'ged_archive'"
            " AND name = 'ir_cron_verify'"
        )
        self.job = None
        self.kills = []

    def begin(self):
        self.job = self.server.run(REQUEST)

    def go_on(self):
        """The scheduled action, now."""
        # what the host notes after three deaths in a row is not our matter here
        self.server.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
        self.server.rpc("admin", "admin").call(
            "ir.cron", "method_direct_trigger", [self.cron]
        )

    def suffer(self, kind):
        """Die by a fault of this kind; draws the place again if it was not reached."""
        for _try in range(6):
            if self.state() not in ("waiting", "running"):
                self.begin()
            fault = (
                Fault("drawing", "wkhtmltopdf", 1)
                if kind == "drawing"
                else Fault("point", kind, self.random.randint(1, MOST[kind]))
            )
            before = self.done()
            if self.server.strike(fault, self.go_on):
                self.kills.append(f"{kind} {fault.count} at {before}")
                return
        raise AssertionError(f"never reached: {kind}")

    def state(self):
        rows = self.server.sql(
            "SELECT state FROM ged_verification WHERE id = %s", self.job or 0
        )
        return rows[0][0] if rows else None

    def done(self):
        [[documents, links]] = self.server.sql(
            "SELECT coalesce(document_done, 0), coalesce(link_done, 0)"
            " FROM ged_verification WHERE id = %s",
            self.job,
        )
        return documents, links

    def finish(self):
        for _round in range(3):
            self.go_on()
            if self.state() == "done":
                return


def check_end(archive):
    """Everything was read once and told once, however often the job died."""
    server, job = archive.server, archive.job
    [row] = server.sql(
        "SELECT state, document_total, document_done, link_total, link_done,"
        " problem_count, report_id, attempts FROM ged_verification WHERE id = %s",
        job,
    )
    state, total, done, links, links_done, problems, report, attempts = row
    assert (state, attempts) == ("done", 0)
    assert done == total >= DOCUMENTS
    assert links_done >= links
    lines = server.sql(
        "SELECT document_id FROM ged_verification_line WHERE verification_id = %s", job
    )
    assert lines == [[archive.altered]] and problems == 1
    [[reports]] = server.sql(
        "SELECT count(*) FROM ged_document WHERE res_model = 'ged.verification'"
        " AND res_id = %s",
        job,
    )
    assert report and reports == 1
    # an alert that is open about the same problem is enough for all verifications
    assert server.sql("SELECT count(*) FROM ged_alert WHERE state = 'open'") == [[1]]
    [[events, jobs]] = server.sql(
        "SELECT (SELECT count(*) FROM ged_event WHERE event_type = 'failed'"
        " AND document_id = %s), count(*) FROM ged_verification_line",
        archive.altered,
    )
    assert events == jobs
    assert server.run(
        "env['ged.chain']._cron_chain_pending()\nenv.cr.commit()\n"
        "result = [one.code for one in env['ged.chain']._verify_chain()]"
    ) == ["content"]
    assert server.living_survivors() == []


@pytest.fixture
def archive(make_server, demat_template):
    seed = os.environ.get(SEED_VARIABLE) or secrets.token_hex(4)
    print(f"{SEED_VARIABLE}={seed}")
    return Archive(make_server, demat_template, seed)


def test_killed_in_the_middle_and_resumed(archive):
    archive.begin()
    places = []
    for kind in SHORT:
        archive.suffer(kind)
        places.append((archive.job, *archive.done()))
    # committed slices stay, and are not read again: see the sums in check_end
    assert places == sorted(places)
    assert archive.state() == "running" and places[-1][1] >= DOCUMENTS
    archive.finish()
    print("\n".join(archive.kills))
    check_end(archive)


@pytest.mark.long
def test_killed_very_often(archive):
    archive.begin()
    for _turn in range(LONG_KILLS):
        archive.suffer(archive.random.choice(SHORT))
    archive.finish()
    print("\n".join(archive.kills))
    check_end(archive)
