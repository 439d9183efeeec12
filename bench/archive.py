# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench archive``: sealing, filing and verifying at growing sizes.

What is archived stays: run it on a database that is thrown away.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench.figures import tell

ROOT = Path(__file__).resolve().parents[1]
#: Of each file whose verification is set against sha256sum, in bytes.
FILE_SIZE = 256 * 1024
#: At most so many of them.
FILES = 400
#: Documents filed in one batch while the archive is filled.
BATCH = 1000
SECONDS_PER_SEAL = 2.0
#: Below this number of documents everything is only tried out.
SERIOUS = 1000


def run(env, context):
    """Measure and print; the last line is ``ratio N.NN``.

    That ratio is the time of ``sha256sum`` ÷ the time of the verification of the
    archive, on the same files.

    :param context: ``count`` (documents of a batch), ``config`` (configuration file of
        the host), ``long`` (grow to 100 × ``count``, not 10 ×), optional ``json`` (file
        to write the figures to)
    :return: the figures
    """
    from bench import archive_export

    count = int(context["count"])
    seals = _seals(SECONDS_PER_SEAL if count >= SERIOUS else 0.1)
    sizes = [count, 10 * count] + ([100 * count] if context.get("long") else [])
    figures = {"seals": seals, **measure(env, count, sizes)}
    figures["export"] = archive_export.run(env, context["config"], [count, 10 * count])
    return tell(figures, lines(figures), context)


def measure(env, count, sizes):
    """Measure filing and verifying; commits. Return the figures but for the seals.

    :param count: documents of one batch
    :param sizes: numbers of documents, growing, at which a batch is measured
    """
    throughput = _throughput(env, min(count, FILES))
    growth = _growth(env, count, sizes)
    return {"count": count, "throughput": throughput, "growth": growth}


def lines(figures):
    """Return the figures as lines of text."""
    from bench import archive_export, archive_seals

    count, one, growth = (figures[key] for key in ("count", "throughput", "growth"))
    first, last = growth[0], growth[-1]
    shown = ["Seals, one core", *archive_seals.table(figures["seals"])]
    shown += [
        "",
        f"Verification of {one['documents']} documents, {one['megabytes']:.1f} MB",
        f"{'':<12}{'MB/s':>9}{'documents/s':>13}",
    ]
    for name, key in (("archive", "seconds"), ("sha256sum", "sha256sum_seconds")):
        per_second = 1 / one[key]
        shown.append(
            f"{name:<12}{one['megabytes'] * per_second:>9.1f}"
            f"{one['documents'] * per_second:>13.1f}"
        )
    shown += [
        "",
        f"Growth: a batch of {count} small documents, then all verified, per document",
        f"{'in archive':>10}{'file ms':>9}{'queries':>9}{'link ms':>9}"
        f"{'queries':>9}{'verify ms':>11}{'queries':>9}",
    ]
    for row in growth:
        shown.append(
            f"{row['before']:>10}{row['file_ms']:>9.2f}{row['file_queries']:>9.3f}"
            f"{row['link_ms']:>9.2f}{row['link_queries']:>9.3f}"
            f"{row['verify_ms']:>11.2f}{row['verify_queries']:>9.3f}"
        )
    for name, key in (("file", "file_ms"), ("verify", "verify_ms")):
        shown.append(
            f"{name}: ms per document at {last['before']} ÷ at {first['before']}: "
            f"{last[key] / first[key]:.2f}"
        )
    if figures.get("export"):
        shown += ["", *archive_export.table(figures["export"])]
    return [*shown, "", f"ratio {one['ratio']:.2f}"]


class Meter:
    """Seconds and queries (of all cursors of this thread) while the block runs."""

    def __enter__(self):
        thread = threading.current_thread()
        self._kept = vars(thread).get("query_count"), vars(thread).get("query_time")
        thread.query_count, thread.query_time = 0, 0.0
        self._started = time.perf_counter()
        return self

    def __exit__(self, *_exception):
        thread = threading.current_thread()
        self.seconds = time.perf_counter() - self._started
        self.queries = thread.query_count
        for name, value in zip(("query_count", "query_time"), self._kept, strict=True):
            if value is None:
                delattr(thread, name)
            else:
                setattr(thread, name, value)

    def per(self, count, name):
        """The figures for each of ``count``, with ``name`` in front of their keys."""
        return {
            f"{name}_ms": self.seconds * 1000 / count,
            f"{name}_queries": self.queries / count,
        }


def _seals(seconds):
    """The rows of ``archive_seals.run``, from a process without the host."""
    code = (
        "import json, sys\n"
        "from bench import archive_seals\n"
        "print(json.dumps(archive_seals.run(seconds_per_case=float(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def _company(env, name):
    """A company of its own, whose archive holds what is measured and nothing else."""
    company = env["res.company"].create({"name": f"{name} {time.time_ns()}"})
    env.cr.commit()
    return company


def _archive(env, company, number, size, start=0):
    """File ``number`` documents of ``size`` random digits in one batch."""
    return (
        env["ged.document"]
        .with_company(company)
        ._archive(
            [
                {
                    "kind": "invoice",
                    "name": f"BENCH/{index}",
                    "filename": f"bench-{index}.txt",
                    "mimetype": "text/plain",
                    "content": os.urandom(size // 2).hex().encode(),
                    "company_id": company.id,
                }
                for index in range(start, start + number)
            ]
        )
    )


def _verify(env, company):
    """Verify the archive of a company as a whole; the meter."""
    env.invalidate_all()
    with Meter() as meter:
        problems = env["ged.chain"]._verify_chain(company)
    if problems:
        raise RuntimeError(f"the archive does not hold: {problems[:3]}")
    env.cr.commit()
    return meter


def _throughput(env, number):
    company = _company(env, "Throughput")
    documents = _archive(env, company, number, FILE_SIZE)
    env.cr.commit()
    files = [
        env["ir.attachment"]._full_path(one.store_fname)
        for one in documents.sudo().attachment_id
    ]
    # in turns, and the better of each: the machine is not ours alone
    ours, theirs = [], []
    for _turn in range(2):
        theirs.append(_sha256sum(files))
        ours.append(_verify(env, company).seconds)
    return {
        "documents": number,
        "megabytes": number * FILE_SIZE / 1e6,
        "seconds": min(ours),
        "sha256sum_seconds": min(theirs),
        "ratio": min(theirs) / min(ours),
    }


def _sha256sum(files):
    """Seconds of one run of sha256sum on all the files."""
    started = time.perf_counter()
    done = subprocess.run(
        ["xargs", "-0", "sha256sum"],
        input="\0".join(files).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = time.perf_counter() - started
    if done.stdout.count(b"\n") != len(files):
        raise RuntimeError("sha256sum has not read every file")
    return seconds


def _growth(env, count, sizes):
    company = _company(env, "Growth")
    held, rows = 0, []
    for size in sizes:
        while held < size:
            number = min(BATCH, size - held)
            _archive(env, company, number, 200, held)
            env.cr.commit()
            env.invalidate_all()
            held += number
        before = held
        with Meter() as filed:
            _archive(env, company, count, 200, held)
            env.flush_all()
        with Meter() as linked:
            # the links are written right after the commit
            env.cr.commit()
        held += count
        rows.append(
            {
                "before": before,
                **filed.per(count, "file"),
                **linked.per(count, "link"),
                **_verify(env, company).per(held, "verify"),
            }
        )
    return rows
