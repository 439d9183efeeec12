# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Memory of an export: each in a process of its own, whose peak says what it took."""

import json
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import usage

ROOT = Path(__file__).resolve().parents[1]

#: Of each exported document, in bytes: what is held too long shows.
FILE_SIZE = 20 * 1024
#: Exported first, so that what is loaded once is there.
WARM_UP = 60
BATCH = 1000


def run(env, config, sizes):
    """Export archives of these numbers of documents; a list of their figures.

    :param config: the configuration file of the host, for the other processes
    """
    rows = []
    for count in sizes:
        company = fill(env, {"count": count})
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as answer:
            subprocess.run(
                [
                    *[sys.executable, "-W", "ignore", "-m", "demat_cli.inside"],
                    *[config, "bench.archive_export:measure", answer.name],
                ],
                cwd=ROOT,
                input=json.dumps({"company": company}).encode(),
                check=True,
            )
            rows.append(json.load(answer))
    return rows


def table(rows):
    """The rows as lines of text."""
    lines = [
        "Export, one process each: resident memory in MB",
        f"{'documents':>10}{'before':>9}{'peak':>9}{'growth':>9}{'ZIP MB':>9}{'s':>8}",
    ]
    for row in rows:
        lines.append(
            f"{row['documents']:>10}{row['before']:>9.1f}{row['peak']:>9.1f}"
            f"{row['peak'] - row['before']:>9.1f}{row['megabytes']:>9.1f}"
            f"{row['seconds']:>8.1f}"
        )
    return lines


def fill(env, payload):
    """A company with ``payload["count"]`` documents; its id. Commits.

    The content is random text, and each document has three lines in its journal.
    """
    count = payload["count"]
    company = env["res.company"].create({"name": f"Export {time.time_ns()}"})
    Document = env["ged.document"].with_company(company)
    for start in range(0, count, BATCH):
        documents = Document._archive(
            [
                {
                    "kind": "invoice",
                    "name": f"BENCH/{index}",
                    "filename": f"bench-{index}.txt",
                    "mimetype": "text/plain",
                    "content": secrets.token_hex(FILE_SIZE // 2).encode(),
                    "company_id": company.id,
                }
                for index in range(start, min(start + BATCH, count))
            ]
        )
        documents._record_event("viewed")
        documents._record_event("downloaded")
        env.cr.commit()
        env.invalidate_all()
    return company.id


def measure(env, payload):
    """Export all documents of the company ``payload["company"]``; the figures.

    ``documents``, ``before`` and ``peak`` (resident memory in MB before the export and
    at most), ``seconds``, ``megabytes`` (of the ZIP).
    """
    company = env["res.company"].browse(payload["company"])
    auditor = env["res.users"].browse(payload.get("user") or _auditor(env, company))
    context = {"allowed_company_ids": company.ids, "lang": "en_US"}
    Export = env["ged.export"].with_user(auditor).with_context(**context)
    Document = env["ged.document"]
    domain = [("company_id", "=", company.id)]
    some = Document.search(domain, limit=WARM_UP)
    with tempfile.TemporaryFile() as file:
        Export.create({"document_ids": [(6, 0, some.ids)]})._write_zip(file)
    env.cr.commit()
    env.invalidate_all()
    period = {"scope": "period", "date_from": "2000-01-01", "date_to": "2099-12-31"}
    export = Export.create({"company_id": company.id, **period})
    env.flush_all()
    usage.reset_peak()
    before, started = usage.peak(), time.perf_counter()
    with tempfile.TemporaryFile() as file:
        export._write_zip(file, lambda _done: env.cr.commit())
        size = file.tell()
    return {
        "documents": Document.search_count(domain),
        "before": before,
        "peak": usage.peak(),
        "seconds": time.perf_counter() - started,
        "megabytes": size / 1e6,
    }


def _auditor(env, company):
    return (
        env["res.users"]
        .create(
            {
                "name": "Auditor",
                "login": f"auditor-{time.time_ns()}",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [
                    (6, 0, env.ref("ged_archive.group_ged_auditor").ids),
                ],
            }
        )
        .id
    )
