# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A warning in the host's log fails the run unless it is explained."""

import importlib.util
import logging
from pathlib import Path

import pytest

from demat_cli import logcheck

ROOT = Path(__file__).resolve().parent.parent
LOG = """\
2026-03-01 10:00:00,000 12 INFO db odoo.modules.loading: loading 1 modules...
2026-03-01 10:00:00,001 12 WARNING db odoo.fields: two fields have the same label
2026-03-01 10:00:00,002 12 ERROR ? odoo.http: Exception during request handling.
Traceback (most recent call last):
  File "a.py", line 1, in f
KeyError: 'x'
2026-03-01 10:00:00,003 12 INFO db odoo.http: quiet
"""


def test_warnings_and_errors_are_found_with_their_traceback():
    warning, error = logcheck.parse(LOG)
    assert (warning.level, warning.logger) == ("WARNING", "odoo.fields")
    assert error.message.endswith("KeyError: 'x'")


def test_every_explained_line_has_a_reason():
    allowed = logcheck.load_allowlist(ROOT)
    assert allowed
    assert all(entry.reason.strip() for entry in allowed)


def test_a_line_without_reason_is_refused(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / logcheck.ALLOWLIST).write_text(
        '[[allow]]\nlogger = "a"\nmessage = "b"\n', encoding="utf-8"
    )
    with pytest.raises(ValueError, match="no reason"):
        logcheck.load_allowlist(tmp_path)


def test_the_list_explains_a_line_by_logger_and_message(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / logcheck.ALLOWLIST).write_text(
        '[[allow]]\nlogger = "odoo\\\\.http"\nmessage = "KeyError"\nreason = "test"\n',
        encoding="utf-8",
    )
    log = tmp_path / "odoo.log"
    log.write_text(LOG, encoding="utf-8")
    collector = logcheck.Collector(logcheck.load_allowlist(tmp_path))
    [left] = collector.unexplained(logcheck.LogFile(log))
    assert left.logger == "odoo.fields"
    assert "odoo.log: WARNING odoo.fields" in logcheck.complaint([left])


def test_records_of_this_process_are_collected_once():
    collector = logcheck.Collector([])
    logger = logging.getLogger("demat.test_logcheck")
    logger.addHandler(collector)
    logger.propagate = False
    try:
        logger.info("quiet")
        logger.warning("loud %s", 1)
    finally:
        logger.removeHandler(collector)
    assert [record.message for record in collector.take()] == ["loud 1"]
    assert collector.take() == []


def test_expected_lines_count_only_within_their_block(tmp_path):
    path = tmp_path / "odoo.log"
    path.write_text(LOG, encoding="utf-8")
    log = logcheck.LogFile(path)
    with log.expect("the same label"):
        path.write_text(LOG + LOG, encoding="utf-8")
    left = [record.message.splitlines()[0] for record in log.unexpected()]
    assert left.count("two fields have the same label") == 1


def _root_conftest():
    """The one at the root: other folders have files of that name, too."""
    spec = importlib.util.spec_from_file_location("root_conftest", ROOT / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("addons/one/tests/test_a.py", "failed"),
        ("addons/one/tests/lib/test_a.py", "passed"),
    ],
)
def test_a_warning_fails_the_test_inside_odoo_that_caused_it(path, outcome):
    """The hook of the root's conftest.py, on a record as pytest makes it."""
    conftest = _root_conftest()

    class Item:
        config = type("Config", (), {"stash": {}})()

    class Report:
        passed, outcome, longrepr = True, "passed", None

    Item.path = ROOT / path
    collector = logcheck.Collector([])
    Item.config.stash[conftest.host_log] = collector
    collector.handle(logging.LogRecord("odoo.x", 30, "", 1, "wrong", (), None))
    hook = conftest.pytest_runtest_makereport(Item, type("Call", (), {"when": "call"}))
    next(hook)
    with pytest.raises(StopIteration) as stop:
        hook.send(Report())
    report = stop.value.value
    assert report.outcome == outcome
    if outcome == "failed":
        assert "WARNING odoo.x: wrong" in report.longrepr
