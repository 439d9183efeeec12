# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The figures as a table."""

from bench.stages import STAGES

WIDTH = 40


def lines(figures):
    """Lines of text; the last one is ``ratio N.NN``."""
    host, ours = figures["host"], figures["ours"]
    yield ""
    yield (
        f"{host['count']} invoices of {figures['lines']} lines each way, in turns of "
        f"{figures['chunk']}: Factur-X, one mail each with the PDF;"
    )
    yield "ours are also checked against EN 16931, sealed, archived and chained."
    yield "Odoo sends in one process, as its job does; a run of ours is treated by"
    yield (
        f"{figures['workers']} workers side by side, as its jobs are. The stages are "
        "their work in sum,"
    )
    yield "the total is the time that passed."
    yield ""
    yield _row("milliseconds per invoice", "Odoo", "demat")
    yield "-" * (WIDTH + 20)
    for key, words in STAGES:
        yield _row(words, _ms(host["stages"][key]), _ms(ours["stages"][key]))
        if host["beside"][key] or ours["beside"][key]:
            beside = (_ms(way["beside"][key]) for way in (host, ours))
            yield _row("  the same in other threads", *(f"({ms})" for ms in beside))
    yield "-" * (WIDTH + 20)
    yield _row("total", _ms(host["ms"]), _ms(ours["ms"]))
    busy = (_ms(way["processor_ms"]) for way in (host, ours))
    yield _row("processor time (all processes)", *busy)
    yield _row("invoices per second", _rate(host), _rate(ours))
    yield ""
    yield _row("peak memory in MB", "Odoo", "demat")
    yield "-" * (WIDTH + 20)
    yield _row(
        "process that sends (the largest)",
        f"{host['peak_mb']:.0f}",
        f"{ours['peak_mb']:.0f}",
    )
    yield _row("its helpers (rule checker)", "-", f"{ours['helpers_mb']:.0f}")
    renderer = (f"{way['renderer_mb']:.0f}" for way in (host, ours))
    yield _row("its renderer (the largest)", *renderer)
    yield ""
    yield (
        "ratio of the processor time: "
        f"{host['processor_ms'] / ours['processor_ms']:.2f}"
    )
    yield f"ratio {figures['ratio']:.2f}"


def _row(words, host, ours):
    return f"{words:<{WIDTH}}{host:>10}{ours:>10}"


def _ms(value):
    return f"{value:.1f}" if value else "-"


def _rate(figures):
    return f"{1000 / figures['ms']:.2f}"
