# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench N``: Odoo's own sending against ours, on a database of its own.

``bench/run.py`` has a function ``run(env, context)``, run in Odoo outside of any test
mode. ``context`` is a dictionary: ``count`` (invoices to send), ``base_url`` (a server
on the same database, for the style sheets of the reports), ``smtp_host`` and
``smtp_port`` (a mail server that takes everything), ``folder`` (a private folder),
``json`` and ``profile`` (files to write, or nothing). What it prints goes to the user;
its last line is ``ratio N.NN``.

``./demat bench archive N`` runs ``bench/archive.py`` in the same way, without servers:
its ``context`` holds ``count`` (documents of a batch), ``config`` (the configuration
file of the host), ``long`` and ``json``.
``./demat bench process N`` does the same with ``bench/process.py``: ``count`` is the
number of invoices on the processing screen. ``./demat bench memory N`` runs
``bench/memory.py`` with the servers of the first: peak memory of the workers.
``./demat bench quote N`` runs ``bench/quote.py`` with them: N quotes are signed online.
``./demat bench portal N`` runs ``bench/portal.py`` without: the customer's pages in a
base of N invoices.
``./demat bench chorus N`` runs ``bench/chorus.py`` with the servers of the first: N
invoices go to a simulated Chorus Pro and are followed until they are paid.
"""

import os
import shutil

from . import console, processes, templates
from .context import locked, prepare

#: What can be measured: what is counted, and how many of it by default.
SUBJECTS = {
    "run": ("invoices", 100),
    "archive": ("documents", 1000),
    "process": ("invoices", 10_000),
    "memory": ("invoices", 5000),
    "quote": ("quotes", 20),
    "portal": ("invoices", 200_000),
    "chorus": ("invoices", 500),
}
KIND = "bench"


def subject(words):
    """``(name, N)`` of the words after ``bench``: a key of ``SUBJECTS``, a number."""
    name = words[0] if words and words[0] in SUBJECTS else "run"
    rest = words[1:] if words[:1] == [name] else words
    what, default = SUBJECTS[name]
    if not rest:
        return name, default
    if len(rest) > 1 or not rest[0].lstrip("-").isdecimal():
        raise console.Failure(
            f"cannot measure {' '.join(words)}",
            f"./demat bench [N], or with {', '.join(list(SUBJECTS)[1:])}: "
            "./demat bench archive [N]",
        )
    if int(rest[0]) < 1:
        raise console.Failure(f"the number of {what} must be at least 1")
    return name, int(rest[0])


def run(options):
    """Measure; the exit status of the measuring process."""
    options.subject, options.count = subject(options.words)
    archive = options.subject == "archive"
    if options.subject != "run" and options.profile:
        raise console.Failure(f"--profile is for the sending, not {options.subject}")
    if options.long and not archive:
        raise console.Failure("--long is for the archive: ./demat bench archive --long")
    # the seals are measured with the authorities of the tests
    context = prepare(options.odoo, tests=archive)
    file = f"bench/{options.subject}.py"
    if not (context.paths.root / file).is_file():
        raise console.Failure(f"there is nothing to measure: no {file}")
    sending = options.subject in ("run", "memory", "quote", "chorus")
    measure = _measure if sending else _measure_inside
    # A second one would stop the servers of the first, and slow it down.
    with locked(context.paths.state / "bench.lock", "measuring"):
        return _run(context, options, measure)


def _run(context, options, measure):
    folder = context.paths.state / "bench"
    log = context.paths.logs / "bench.log"
    log.unlink(missing_ok=True)
    for name in ("server.pid", "catcher.pid"):
        processes.stop(folder / name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = templates.template(context)
    name = f"demat_bench_{context.cluster.owner}_{os.getpid()}"
    _forget_others(context)
    try:
        templates.clone(context, source, name, KIND)
        return measure(context, name, folder, log, options)
    finally:
        for file in ("server.pid", "catcher.pid"):
            processes.stop(folder / file)
        templates.discard(context, name)


def _forget_others(context):
    for name, mark in context.cluster.databases().items():
        if mark == context.cluster.mark(KIND):
            templates.discard(context, name)


def _measure(context, name, folder, log, options):
    http_port, smtp_port, mail_port = (processes.free_port() for _ in range(3))
    base_url = f"http://127.0.0.1:{http_port}"
    config = context.write_config(
        folder / "odoo.conf",
        name,
        http_port=http_port,
        gevent_port=processes.free_port(),
        smtp_server="127.0.0.1",
        smtp_port=smtp_port,
    )
    for key in ("web.base.url", "report.url"):
        context.cluster.execute(
            (
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                (key, base_url),
            ),
            dbname=name,
        )
    with console.step("Starting a server for the style sheets of the reports"):
        env = context.environment()
        catcher = processes.spawn(
            [
                context.python,
                *[
                    "-m",
                    "demat_cli.mailcatcher",
                    folder / "mails",
                    smtp_port,
                    mail_port,
                ],
            ],
            log=log,
            env=env,
        )
        processes.remember(folder / "catcher.pid", catcher.pid)
        server = processes.spawn(context.odoo("-c", config), log=log, env=env)
        processes.remember(folder / "server.pid", server.pid)
        processes.wait_http(f"{base_url}/web/health", server.pid, log)
        processes.wait_http(f"http://127.0.0.1:{mail_port}/health", catcher.pid, log)
    payload = {
        "count": options.count,
        "json": options.json and os.path.abspath(options.json),
        "profile": options.profile and os.path.abspath(options.profile),
        "base_url": base_url,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp_port,
        "folder": str(folder),
    }
    return _inside(context, config, f"bench.{options.subject}:run", payload, log)


def _measure_inside(context, name, folder, log, options):
    config = context.write_config(folder / "odoo.conf", name)
    payload = {
        "count": options.count,
        "config": str(config),
        "long": options.long,
        "json": options.json and os.path.abspath(options.json),
    }
    return _inside(context, config, f"bench.{options.subject}:run", payload, log)


def _inside(context, config, target, payload, log):
    status = context.inside_live(config, target, payload, log=log)
    if status:
        raise console.Failure("the measure failed", f"read {log}", console.tail(log))
    return 0
