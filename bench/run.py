# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Measure N invoices sent by the host and N by us, in turns, on one database."""

import cProfile
import gc
import json
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

from bench import report, usage, ways
from bench.data import LINES, Supply
from bench.stages import STAGES, Clock, watched
from demo.listener import listening

#: The host draws at most 80 documents in one run of the renderer: at this size it is at
#: its best. We cut it into our own batches.
CHUNK = 80
WARM_UP = 5


class Way:
    """One way of sending and what was measured of it."""

    def __init__(self, name, send, check, *, ours):
        self.name = name
        self.send = send
        self.check = check
        self.ours = ours
        self.clock = Clock()
        self.count = 0
        self.seconds = 0.0
        self.processor = 0.0
        self.peak = 0.0
        self.children = 0.0

    def measure(self, env, clerk, ids, profile):
        """Send these invoices with the clock running."""
        gc.collect()
        usage.reset_peak()
        with watched(env, self.clock), self.clock.measured(), profile:
            busy, started = usage.processor_seconds(), time.perf_counter()
            self.send(env, clerk, ids)
            self.seconds += time.perf_counter() - started
            self.processor += usage.processor_seconds() - busy
        self.peak = max(self.peak, usage.peak())
        self.children = max(self.children, usage.living_children())
        self.count += len(ids)
        self.check(env, ids)

    def result(self):
        """The figures of this way, times in ms per invoice, memory in MB."""
        stages, beside = (
            {
                key: round(seconds.get(key, 0.0) * 1000 / self.count, 2)
                for key, _words in STAGES
            }
            for seconds in (self.clock.seconds, self.clock.beside)
        )
        return {
            "count": self.count,
            "ms": round(self.seconds * 1000 / self.count, 2),
            "processor_ms": round(self.processor * 1000 / self.count, 2),
            "stages": stages,
            "beside": beside,
            "peak_mb": round(self.peak, 1),
            "helpers_mb": round(self.children, 1),
        }


def run(env, context):
    """Measure and print; the last line is ``ratio N.NN`` (host's time ÷ ours).

    :param context: ``count`` (invoices each way), ``smtp_host``, ``smtp_port``;
        optional ``json`` (file to write the figures to) and ``profile`` (file for the
        profile of our way, to be read by ``python -m pstats``; it slows us down, the
        ratio then means nothing)
    :return: the figures
    """
    count = int(context["count"])
    supply = Supply(env, context["smtp_host"], context["smtp_port"])
    host = Way("Odoo", ways.send_by_host, ways.check_host, ours=False)
    ours = Way("demat", ways.send_by_us, ways.check_ours, ours=True)
    profiler = cProfile.Profile() if context.get("profile") else None
    with listening(env):
        _warm_up(env, supply, (host, ours))
        for pair, size in _rounds(count, (host, ours)):
            batches = [(way, supply.invoices(size, ours=way.ours)) for way in pair]
            for way, ids in batches:
                profile = _profiled(profiler if way.ours else None)
                way.measure(supply.env, supply.clerk, ids, profile)
    if profiler:
        profiler.dump_stats(context["profile"])
    figures = {
        "lines": LINES,
        "chunk": max(size for _pair, size in _rounds(count, (host, ours))),
        "host": host.result(),
        "ours": ours.result(),
        "renderer_mb": round(usage.largest_dead_child(), 1),
        "ratio": round(host.seconds / ours.seconds, 2),
    }
    if context.get("json"):
        Path(context["json"]).write_text(
            json.dumps(figures, indent=1), encoding="utf-8"
        )
    for line in report.lines(figures):
        print(line, flush=True)
    return figures


def _warm_up(env, supply, pair):
    """Compiled templates, caches, the rule checker: paid before the clock runs."""
    for way in pair:
        ids = supply.invoices(WARM_UP, ours=way.ours)
        way.send(supply.env, supply.clerk, ids)
        way.check(supply.env, ids)


def _rounds(count, pair):
    """Chunks of at most ``CHUNK``, at least two, each way first in turn."""
    number = max(2 if count > 1 else 1, -(-count // CHUNK))
    sizes = [
        count // number + (1 if part < count % number else 0) for part in range(number)
    ]
    for part, size in enumerate(sizes):
        yield (pair if part % 2 == 0 else pair[::-1]), size


@contextmanager
def _running(profiler):
    profiler.enable()
    try:
        yield
    finally:
        profiler.disable()


def _profiled(profiler):
    return _running(profiler) if profiler else nullcontext()
