# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat test``: pytest over the addons, their ``lib/`` and the product.

All the tests go in two runs side by side (``halves.py``); any other choice is one run.
"""

import argparse
import contextlib
import os
import subprocess
import time

from . import halves, processes, templates
from .context import prepare, with_foreign

CONTEXT_VARIABLE = "DEMAT_CONTEXT"
RUN_KINDS = ("test", "srv")
KEEP_SECONDS = 24 * 3600
#: Seconds that an interrupted run has to end, less than ``halves`` gives both.
GRACE = 50


def run(options):
    """Run pytest; its exit status. Nothing is printed after pytest's summary line."""
    context = prepare(options.odoo, tests=True)
    if halves.wanted(options.arguments):
        return halves.run(context.paths.root, options)
    context = with_foreign(context, named_addons(options.arguments))
    folder = context.paths.state / "test"
    folder.mkdir(parents=True, exist_ok=True)
    forget_dead_runs(context, folder)
    pid = os.getpid()
    database = f"demat_test_{context.cluster.owner}_{pid}"
    config = context.write_config(
        folder / f"run-{pid}.conf",
        database,
        http_port=processes.free_port(),
        gevent_port=processes.free_port(),
    )
    facts = folder / f"run-{pid}.json"
    context.dump(facts)
    processes.remember(folder / f"run-{pid}.pid", pid)
    command = [
        context.python,
        *["-m", "pytest"],
        f"--odoo-config={config}",
        f"--odoo-database={database}",
        "--odoo-log-level=warn",
        "--odoo-http",
        *options.arguments,
    ]
    env = context.environment(**{CONTEXT_VARIABLE: facts})
    try:
        return attend(command, cwd=context.paths.root, env=env)
    finally:
        forget_run(context, folder, pid)


def attend(command, **options):
    """Run a command; its exit status, 130 when it was interrupted.

    It has heard of the interruption too, and gets the time to stop its servers.

    :param options: of ``subprocess.Popen``
    """
    with subprocess.Popen(command, **options) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            return 130
        finally:
            process.kill()


def named_addons(arguments):
    """Names after ``--addons`` among arguments of pytest (the last one counts)."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--addons", default="")
    return split_names(parser.parse_known_args(arguments)[0].addons)


def split_names(text):
    """The names in a list separated by commas."""
    return tuple(filter(None, text.split(",")))


def forget_run(context, folder, pid):
    """Drop the databases and the files of one run."""
    ours = {context.cluster.mark(f"{kind} {pid}") for kind in RUN_KINDS}
    for name, mark in context.cluster.databases().items():
        if mark in ours:
            templates.discard(context, name)
    for path in folder.glob(f"run-{pid}.*"):
        path.unlink(missing_ok=True)


def forget_dead_runs(context, folder):
    """Clean up after runs that were killed, and what earlier ones left to read."""
    for path in folder.glob("server-*.[lc]o*"):
        if time.time() - path.stat().st_mtime > KEEP_SECONDS:
            path.unlink()
    for path in folder.glob("run-*.pid"):
        if not processes.recall(path):
            with contextlib.suppress(ValueError):
                forget_run(context, folder, int(path.stem.removeprefix("run-")))
    for record in folder.glob("server-*.pid"):
        owner = record.with_suffix(".owner")
        if owner.exists() and processes.start_time(owner.read_text()) is None:
            processes.stop(record)
            owner.unlink(missing_ok=True)
