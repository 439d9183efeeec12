# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench``: its words, and its measures on a few documents and invoices."""

import json

import pytest

from bench import archive_export
from demat_cli import bench, console, main


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("bench", ("run", 100)),
        ("bench 5", ("run", 5)),
        ("bench archive", ("archive", 1000)),
        ("bench archive 20 --long", ("archive", 20)),
        ("bench --json figures.json archive 20", ("archive", 20)),
        ("bench process", ("process", 10_000)),
        ("bench process 500", ("process", 500)),
        ("bench memory", ("memory", 5000)),
        ("bench quote", ("quote", 20)),
        ("bench quote 3", ("quote", 3)),
        ("bench portal", ("portal", 200_000)),
        ("bench chorus 20", ("chorus", 20)),
    ],
)
def test_words(line, wanted):
    assert bench.subject(main.parser().parse_args(line.split()).words) == wanted


@pytest.mark.parametrize("words", ["x", "5 archive", "archive x", "0", "archive -3"])
def test_wrong_words(words):
    with pytest.raises(console.Failure):
        bench.subject(words.split())


@pytest.mark.parametrize(
    "line", ["bench --long", "bench archive --profile x", "bench process --long"]
)
def test_options_of_the_other(line, capsys):
    assert main.main(line.split()) == 1
    assert "archive" in capsys.readouterr().err


def test_archive_is_measured(make_server, demat_template):
    """Its rows can never be deleted: a database of its own."""
    figures = make_server(demat_template).run(
        "from bench import archive\nresult = archive.measure(env, 10, [10, 20])"
    )
    assert figures["throughput"]["documents"] == 10
    assert figures["throughput"]["ratio"] > 0
    first, last = figures["growth"]
    assert (first["before"], last["before"]) == (10, 20)
    # per batch, not per document
    assert last["file_queries"] <= first["file_queries"] + 1
    from bench import archive

    assert archive.lines({"seals": [], **figures})[-1].startswith("ratio ")


def test_the_processing_screen_is_measured(make_server, demat_template):
    """Queries of the list and of a change of state do not grow with the invoices."""
    figures = make_server(demat_template).run(
        "from bench import process\n"
        "result = process.run(env, {'count': 200, 'json': None})"
    )
    few, many = figures["2"], figures["200"]
    assert (few["listed"], many["listed"]) == (2, 200)
    assert few["open_queries"] == many["open_queries"]
    assert few["prepare_queries"] == many["prepare_queries"]


def test_the_portal_is_measured(make_server, demat_template):
    """The statement of a customer asks the database less often than Odoo's list."""
    figures = make_server(demat_template).run(
        "from bench import portal\nresult = portal.run(env, {'count': 2000})"
    )
    pages = figures["pages"]
    assert figures["large"] == 100
    assert pages["statement"]["queries"] < pages["odoo list"]["queries"]
    from bench import portal

    assert portal.lines(figures)[-1].startswith("ratio ")


def test_chorus_is_measured(make_server, demat_template):
    """What is asked depends on what changed, not on how many invoices are open."""
    server = make_server(demat_template)
    figures = server.run(
        "from bench import chorus\n"
        "settings = {'count': 12, 'smtp_host': '127.0.0.1', 'smtp_port': 9}\n"
        "result = chorus.run(env, settings)"
    )
    life, (few, many) = figures["life"], figures["nights"]
    calls = life["calls"]
    assert calls["deposer/flux"] == 1
    assert [row["drafted"] for row in life["checks"]] == [1, 1, 12, 12]
    # one history each, when it is paid; the rest is the same for hundreds of them
    assert calls["consulter/historique"] <= life["invoices"]
    assert life["per_invoice"] * life["invoices"] - life["invoices"] < 40, calls
    assert (few["open"], many["open"]) == (12, 240)
    assert few["calls"] == many["calls"] <= many["changed"] + 4
    from bench import chorus

    assert chorus.lines(figures)[-1].startswith("calls per invoice ")


@pytest.mark.parametrize(
    "counts",
    [(200, 2000), pytest.param((1000, 10_000), marks=pytest.mark.long)],
    ids=["short", "long"],
)
def test_memory_of_an_export_is_flat(make_server, demat_template, counts):
    """Ten times the documents: no more memory than a part of what they hold."""
    server = make_server(demat_template)
    growth = []
    for count in counts:
        company = server.call("bench.archive_export:fill", count=count)
        figures = server.call("bench.archive_export:measure", company=company)
        assert figures["documents"] == count
        # text of random hexadecimal digits shrinks to its half and a little more
        assert figures["megabytes"] > count * archive_export.FILE_SIZE / 2e6
        growth.append(figures["peak"] - figures["before"])
    in_hand = (counts[1] - counts[0]) * archive_export.FILE_SIZE / 2**20
    assert growth[1] - growth[0] < min(in_hand / 5, 10), growth


@pytest.mark.parametrize(
    "count",
    [100, pytest.param(5000, marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
    ids=["short", "long"],
)
def test_memory_of_a_run_is_flat(tmp_path, count):
    """Ten times the invoices: a worker still holds one batch at a time."""
    file = tmp_path / "memory.json"
    assert main.main(["bench", "memory", str(count), "--json", str(file)]) == 0
    sizes = json.loads(file.read_text(encoding="utf-8"))["sizes"]
    few, many = sizes[str(count // 10)], sizes[str(count)]
    for kind in ("peak_mb", "helpers_mb"):
        # what the allocator keeps between two runs of the same size differs as much
        assert many[kind] - few[kind] < 16, (kind, sizes)
