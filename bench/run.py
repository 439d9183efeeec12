# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Measure N invoices sent by the host and N by us, in turns, on one database.

The host sends in one process, as its own job does. A run of ours is treated by two
workers, as its two jobs are on a server with the two cron workers that the host has by
default. The processor time of both ways is printed beside, for it does not depend on
what else the machine does.
"""

import gc
import json
import time
from pathlib import Path

from bench import crew, report, usage, ways
from bench.data import LINES, Supply
from bench.stages import STAGES, Clock, watched
from demo.listener import listening

#: The host draws at most 80 documents in one run of the renderer: at this size it is at
#: its best. We cut it into our own batches.
CHUNK = 80
WARM_UP = 5
#: So many that each of two workers gets a batch.
WARM_UP_OURS = 50


class Way:
    """One way of sending and what was measured of it."""

    def __init__(self, name, send, check, *, workers=None):
        """:param workers: ``Crew`` that treats what ``send`` launches, if it does so"""
        self.name = name
        self.send = send
        self.check = check
        self.workers = workers
        self.ours = workers is not None
        self.clock = Clock()
        self.count = 0
        self.seconds = 0.0
        self.processor = 0.0
        self.peak = 0.0
        self.children = 0.0
        self.renderer = 0.0

    def measure(self, env, clerk, ids):
        """Send these invoices with the clock running."""
        gc.collect()
        usage.reset_peak()
        answers = []
        with watched(env, self.clock), self.clock.measured():
            busy, started = usage.own_processor_seconds(), time.perf_counter()
            self.send(env, clerk, ids)
            if self.workers:
                with self.clock.stage("workers"):
                    answers = self.workers.work()
            self.seconds += time.perf_counter() - started
            self.processor += usage.own_processor_seconds() - busy
        self.peak = max(self.peak, usage.peak())
        self.renderer = max(self.renderer, usage.largest_dead_child())
        if answers:
            self._add(answers)
        self.count += len(ids)
        self.check(env, ids)

    def _add(self, answers):
        """Add what the workers used: times in sum, memory of the largest."""
        for answer in answers:
            for mine, theirs in (
                (self.clock.seconds, answer["stages"]),
                (self.clock.beside, answer["beside"]),
            ):
                for key, seconds in theirs.items():
                    mine[key] += seconds
            self.processor += answer["processor"]
        self.peak = max(answer["peak"] for answer in answers)
        self.children = max(answer["helpers"] for answer in answers)
        self.renderer = max(answer["renderer"] for answer in answers)

    def warm_up(self, supply):
        """Compiled templates, caches, the rule checker: paid before the clock runs."""
        ids = supply.invoices(WARM_UP_OURS if self.ours else WARM_UP, ours=self.ours)
        self.send(supply.env, supply.clerk, ids)
        if self.workers:
            self.workers.work()
        self.check(supply.env, ids)

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
            "renderer_mb": round(self.renderer, 1),
        }


def run(env, context):
    """Measure and print; the last line is ``ratio N.NN`` (host's time ÷ ours).

    :param context: ``count`` (invoices each way), ``smtp_host``, ``smtp_port``,
        ``folder``; optional ``json`` (file to write the figures to) and ``profile``
        (file for the profile of one worker of ours, to be read by ``python -m pstats``;
        it slows us down, the ratio then means nothing)
    :return: the figures
    """
    count = int(context["count"])
    supply = Supply(env, context["smtp_host"], context["smtp_port"])
    folder, profile = context["folder"], context.get("profile")
    with listening(env), crew.Crew(folder, profile=profile) as workers:
        host = Way("Odoo", ways.send_by_host, ways.check_host)
        ours = Way("demat", ways.launch_ours, ways.check_ours, workers=workers)
        for way in (host, ours):
            way.warm_up(supply)
        for pair, size in _rounds(count, (host, ours)):
            batches = [(way, supply.invoices(size, ours=way.ours)) for way in pair]
            for way, ids in batches:
                way.measure(supply.env, supply.clerk, ids)
    figures = {
        "lines": LINES,
        "chunk": max(size for _pair, size in _rounds(count, (host, ours))),
        "workers": crew.SIZE,
        "host": host.result(),
        "ours": ours.result(),
        "ratio": round(host.seconds / ours.seconds, 2),
    }
    if context.get("json"):
        Path(context["json"]).write_text(
            json.dumps(figures, indent=1), encoding="utf-8"
        )
    for line in report.lines(figures):
        print(line, flush=True)
    return figures


def _rounds(count, pair):
    """Chunks of at most ``CHUNK``, at least two, each way first in turn."""
    number = max(2 if count > 1 else 1, -(-count // CHUNK))
    sizes = [
        count // number + (1 if part < count % number else 0) for part in range(number)
    ]
    for part, size in enumerate(sizes):
        yield (pair if part % 2 == 0 else pair[::-1]), size
