# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat bench``: its words, and the measure of the archive on a few documents."""

import pytest

from demat_cli import bench, console, main


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("bench", (False, 100)),
        ("bench 5", (False, 5)),
        ("bench archive", (True, 1000)),
        ("bench archive 20 --long", (True, 20)),
        ("bench --json figures.json archive 20", (True, 20)),
    ],
)
def test_words(line, wanted):
    assert bench.subject(main.parser().parse_args(line.split()).words) == wanted


@pytest.mark.parametrize("words", ["x", "5 archive", "archive x", "0", "archive -3"])
def test_wrong_words(words):
    with pytest.raises(console.Failure):
        bench.subject(words.split())


@pytest.mark.parametrize("line", ["bench --long", "bench archive --profile x"])
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
