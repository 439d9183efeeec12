# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench memory``: what the workers hold in a short and in a long run.

A tenth of N invoices in one run, then N in one run. What is made stays: run it on a
database that is thrown away.
"""

import time

from bench import crew, ways
from bench.data import Supply
from bench.figures import tell
from demo.listener import listening

#: Invoices made at once before a run.
PORTION = 500
#: Checks after which the rule checker's collector has emptied its whole heap once (it
#: does at some 400): what it held then is the most it holds, however many follow.
SETTLED = 500


def run(env, context):
    """Measure and print.

    :param context: ``count``, ``smtp_host``, ``smtp_port``, ``folder``, optional
        ``json`` (file to write to)
    :return: ``{"sizes": {number: {"ms", "peak_mb", "helpers_mb", "renderer_mb"}}}``
    """
    count = int(context["count"])
    supply = Supply(env, context["smtp_host"], context["smtp_port"])
    sizes = {}
    with listening(env), crew.Crew(context["folder"]) as workers:
        _send(env, supply, workers, crew.SIZE * 25)
        workers.check(_electronic_invoice(env, supply), SETTLED)
        for size in sorted({max(count // 10, 1), count}):
            sizes[size] = _send(env, supply, workers, size)
    figures = {"sizes": sizes}
    return tell(figures, lines(figures), context)


def _electronic_invoice(env, supply):
    [move_id] = supply.invoices(1, ours=True)
    return env["account.move"].browse(move_id)._demat_export_xml()


def _send(env, supply, workers, size):
    ids = []
    while len(ids) < size:
        ids += supply.invoices(min(PORTION, size - len(ids)), ours=True)
        env.invalidate_all()
    started = time.perf_counter()
    ways.launch_ours(supply.env, supply.clerk, ids)
    answers = workers.work()
    seconds = time.perf_counter() - started
    for start in range(0, size, PORTION):
        ways.check_ours(env, ids[start : start + PORTION])
    largest = {
        f"{key}_mb": round(max(answer[key] for answer in answers), 1)
        for key in ("peak", "helpers", "renderer")
    }
    return {"ms": round(seconds * 1000 / size, 2), **largest}


def lines(figures):
    """Return the figures as lines of text."""
    columns = f"{'worker':>10}{'rules':>10}{'renderer':>10}"
    shown = [
        "Peak memory in MB of the largest process, by invoices of one run",
        f"{'invoices':>10}{columns}{'ms each':>12}",
    ]
    for size, row in figures["sizes"].items():
        shown.append(
            f"{size:>10}{row['peak_mb']:>10.0f}{row['helpers_mb']:>10.0f}"
            f"{row['renderer_mb']:>10.0f}{row['ms']:>12.1f}"
        )
    return shown
