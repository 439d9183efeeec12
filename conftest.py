# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One pytest run for everything: the addons in Odoo, their ``lib/`` and the product.

- ``import demat_lib_<addon>`` is the package ``addons/<addon>/lib``, without Odoo.
- The database is cloned from the template only if a collected test needs one, so that
  a run of ``addons/*/tests/lib`` starts at once.
- A WARNING or ERROR of the host that ``tests/log_allowlist.toml`` does not explain
  fails the test that caused it, or the whole run.
"""

import os
from pathlib import Path

import pytest

from demat_cli import context as demat_context
from demat_cli import libalias, logcheck, stylesheets, templates
from demat_cli.paths import Paths
from demat_cli.testing import CONTEXT_VARIABLE, split_names

ROOT = Path(__file__).resolve().parent
libalias.install(ROOT / "addons")
libalias.shelter_tests(ROOT / "addons")
libalias.give_resources_back("stdnum")

LONG_VARIABLE = "DEMAT_LONG"
needs_odoo = pytest.StashKey[bool]()
template_name = pytest.StashKey[str]()
host_log = pytest.StashKey[logcheck.Collector]()
server_logs = pytest.StashKey[list]()


def pytest_addoption(parser):
    group = parser.getgroup("demat")
    group.addoption("--long", action="store_true", help="run the long suites too")
    group.addoption(
        "--addons",
        default="",
        help="comma-separated addons to install in the template (default: all)",
    )


def pytest_configure(config):
    config.stash[server_logs] = []
    if config.getoption("--long"):
        # the tests of a lib/ look there
        os.environ[LONG_VARIABLE] = "1"
    config.stash[host_log] = logcheck.Collector(logcheck.load_allowlist(ROOT))


def pytest_collect_directory(path, parent):
    """Do not import the packages of the addons for their set-up functions.

    A package among the parents of ``tests/lib`` would drag the addon, hence Odoo, in.
    """
    if ROOT / "addons" in path.parents and (path / "__init__.py").exists():
        return pytest.Dir.from_parent(parent, path=path)
    return None


def pytest_collection_modifyitems(config, items):
    """Long suites only on demand; tests that need no server first.

    The tests of a glue addon whose other side is not ours run in a database of their
    own (``tests/test_glue.py``).
    """
    named = split_names(config.getoption("--addons"))
    for name in demat_context.foreign_glue(Paths(ROOT, ROOT)):
        if name not in named:
            reason = f"needs addons of others: ./demat test --addons={name}"
            for item in items:
                if ROOT / "addons" / name in item.path.parents:
                    item.add_marker(pytest.mark.skip(reason=reason))
    if not os.environ.get(LONG_VARIABLE):
        skip = pytest.mark.skip(reason=f"long suite: --long, or {LONG_VARIABLE}=1")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)
    items.sort(key=_stage)


def _stage(item):
    """0: plain Python, 1: inside Odoo, 2: against a server."""
    if _is_inside_odoo(item):
        return 1
    return 2 if _wants_server(item) else 0


def _is_inside_odoo(item):
    parts = item.path.relative_to(ROOT).parts if ROOT in item.path.parents else ()
    return parts[:1] == ("addons",) and parts[2:4] != ("tests", "lib")


def _wants(item, fixture):
    return fixture in getattr(item, "fixturenames", ())


def _wants_server(item):
    return _wants(item, "demat_template") or _wants(item, "demat_host_template")


def pytest_collection_finish(session):
    """Make the template database before the first test, where its progress shows."""
    config = session.config
    inside = any(_is_inside_odoo(item) for item in session.items)
    config.stash[needs_odoo] = inside
    ours = inside or any(_wants(item, "demat_template") for item in session.items)
    host = any(_wants(item, "demat_host_template") for item in session.items)
    if config.option.collectonly or not (ours or host):
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        try:
            config.stash[template_name] = _make_databases(config, ours, inside)
        except demat_context.console.Failure as failure:
            pytest.exit(f"\n✗ {failure}", returncode=pytest.ExitCode.INTERNAL_ERROR)


def _make_databases(config, ours, inside):
    context = _context()
    only = split_names(config.getoption("--addons"))
    host = templates.host_template(context)
    template = templates.template(context, only) if ours else None
    ready = templates.company_template(context, template) if inside else None
    made = [name for name in (host, template, ready) if name]
    templates.hold(context, made, os.getppid())
    for name in made:
        log = logcheck.LogFile(templates.install_log(context, name))
        config.stash[server_logs].append(log)
    if inside:
        kind = f"test {os.getppid()}"
        templates.clone(context, ready, config.getoption("--odoo-database"), kind)
    return template


def _context():
    path = os.environ.get(CONTEXT_VARIABLE)
    if not path:
        pytest.exit(
            "these tests need a host: run them through ./demat test", returncode=4
        )
    return demat_context.load(path)


@pytest.fixture(scope="session")
def demat_context_():
    """What ``./demat test`` prepared: host, Python, wkhtmltopdf, database server."""
    return _context()


@pytest.fixture(scope="session")
def demat_template(request, demat_context_):
    """Name of the template database with the host and all our addons."""
    return request.config.stash[template_name]


@pytest.fixture(scope="session")
def demat_host_template(demat_context_):
    """Name of the template database with the host's modules only."""
    return templates.host_template(demat_context_)


@pytest.fixture(scope="session")
def watch_log(request):
    """A function: the log file given to it must have no unexplained line at the end.

    It answers the :class:`~demat_cli.logcheck.LogFile`, to which a test can say which
    lines it provokes.
    """

    def watch(path):
        log = logcheck.LogFile(path)
        request.config.stash[server_logs].append(log)
        return log

    return watch


@pytest.fixture(scope="session", autouse=True)
def load_registry(request):
    """The one of pytest-odoo, if a test inside Odoo was collected."""
    if request.config.stash[needs_odoo]:
        request.getfixturevalue("load_registry")
        stylesheets.remember()
        request.config.stash[host_log].start()
    yield


@pytest.fixture(scope="session", autouse=True)
def load_http(request, load_registry):
    """The one of pytest-odoo, if a test inside Odoo was collected."""
    if request.config.stash[needs_odoo]:
        request.getfixturevalue("load_http")
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a passed test during which the host logged something unexplained."""
    report = yield
    if call.when in ("call", "teardown"):
        records = item.config.stash[host_log].take()
        # Plain Python tests have no host in their process: they look at warnings of
        # the libraries themselves, and the logs of their servers are read at the end.
        if records and report.passed and _is_inside_odoo(item):
            report.outcome = "failed"
            report.longrepr = logcheck.complaint(records)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session, exitstatus):
    """Read the logs of installations and servers; an unexplained line is an error."""
    config = session.config
    collector = config.stash[host_log]
    records = collector.take()
    for log in config.stash[server_logs]:
        records += collector.unexplained(log)
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if records and reporter:
        report = pytest.CollectReport(
            "log of the host", "failed", logcheck.complaint(records), []
        )
        reporter.stats.setdefault("error", []).append(report)
        session.testsfailed += 1
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)
