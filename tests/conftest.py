# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fixtures of the tests of the whole product."""

import contextlib
import os
import secrets

import pytest

from demat_cli import system, templates
from demat_cli.paths import Paths
from tests.support.chorus import Simulator
from tests.support.files import ROOT
from tests.support.firm import Firm, set_up
from tests.support.pki import load
from tests.support.server import DematServer
from tests.verapdf import VeraPdf, missing_parts

LAUNCHES = 3
SEED_VARIABLE = "DEMAT_SEED"
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def paths(tmp_path):
    """The folders of this checkout with an empty cache."""
    found = Paths(cache=tmp_path / "cache", root=ROOT)
    found.logs.mkdir(parents=True)
    return found


@pytest.fixture
def seed(capsys):
    """The seed of what the test draws; printed, so that a run can be repeated."""
    chosen = int(os.environ.get(SEED_VARIABLE) or secrets.randbelow(10**6))
    with capsys.disabled():
        print(f" {SEED_VARIABLE}={chosen}", end="", flush=True)
    return chosen


@pytest.fixture(scope="module")
def online_pki(tmp_path_factory):
    """A test authority with time stamps, OCSP and CRL over HTTP."""
    load("ged_pki")
    authority = load("ged_online_pki").OnlinePki(tmp_path_factory.mktemp("online"))
    yield authority
    authority.close()


@pytest.fixture(scope="module")
def verapdf(tmp_path_factory):
    """The judge of PDF/A."""
    missing = missing_parts()
    if missing:
        pytest.skip(missing)
    validator = VeraPdf(tmp_path_factory.mktemp("verapdf"))
    yield validator
    validator.close()


@pytest.fixture(scope="module")
def chorus_running():
    """A simulated Chorus Pro: see :class:`tests.support.chorus.Simulator`."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def chorus(chorus_running):
    """The simulated Chorus Pro of this file, as new."""
    chorus_running.reset()
    return chorus_running


@contextlib.contextmanager
def _servers(context, watch_log):
    """Yield a function that starts servers; all of them are closed at the end."""
    servers = []
    folder = context.paths.state / "test"

    def make(template, kind=DematServer):
        server = kind(context, template, folder, watch_log)
        servers.append(server)
        return server.start()

    try:
        yield make
    finally:
        for server in servers:
            server.close()


@pytest.fixture(scope="module")
def make_server(demat_context_, watch_log):
    """A function that starts one more server on its own clone of a template.

    ``make_server(demat_template)``, ``make_server(firm_template)`` to begin with a
    firm, or ``make_server(demat_host_template)`` for a host that never saw our addons.
    ``kind`` is a subclass of :class:`DematServer`. They end with the tests of the file:
    the connections of a database server are few.
    """
    with _servers(demat_context_, watch_log) as make:
        yield make


@pytest.fixture(scope="session")
def demat_server(demat_context_, watch_log, demat_template):
    """The real server of this run: see :class:`tests.support.server.DematServer`.

    Shared by all tests: what a test sets up stays; ``make_server`` gives another one.
    """
    with _servers(demat_context_, watch_log) as make:
        yield make(demat_template)


@pytest.fixture(scope="session")
def firm_template(demat_context_, watch_log, demat_template):
    """A database with all our addons and a firm: ``Firm(make_server(firm_template))``.

    Making the firm takes longer than copying it.
    """
    folder = demat_context_.paths.state / "test"
    server = DematServer(demat_context_, demat_template, folder, watch_log)
    try:
        made = set_up(server.run, server.database)
        # the firm is French, and the host installs what French companies have: style
        # sheets and scripts are others now, and take long to make
        server.run("env['ir.qweb']._pregenerate_assets_bundles()")
        server.close_insides()  # nobody may be connected to what is copied
        yield made
    finally:
        server.close()


@pytest.fixture(scope="module")
def host_database(demat_context_, demat_host_template):
    """Name of a database with the host's modules only, this module's own."""
    owner = demat_context_.cluster.owner
    name = f"demat_srv_{owner}_{secrets.token_hex(4)}"
    kind = f"srv {os.getppid()}"
    templates.clone(demat_context_, demat_host_template, name, kind)
    yield name
    templates.discard(demat_context_, name)


@pytest.fixture(scope="session")
def firm(demat_server):
    """A firm on the shared server: see :class:`tests.support.firm.Firm`."""
    return Firm(demat_server)


def _launch(playwright, path):
    """Start the browser; on a loaded machine its first start may die with SIGTRAP."""
    from playwright.sync_api import Error

    launch = playwright.chromium.launch
    for _attempt in range(LAUNCHES - 1):
        with contextlib.suppress(Error):
            return launch(executable_path=path, args=BROWSER_FLAGS)
    return launch(executable_path=path, args=BROWSER_FLAGS)


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium (Playwright, synchronous); use ``browser.new_context()``."""
    from playwright.sync_api import sync_playwright

    path = system.browser_path()
    if not path:
        pytest.fail("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = _launch(playwright, path)
        yield chromium
        chromium.close()
