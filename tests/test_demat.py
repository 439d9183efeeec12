# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat`` itself: words, packages, servers, processes."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demat_cli import (
    console,
    context,
    database,
    main,
    packages,
    processes,
    stylesheets,
    system,
)
from demat_cli.paths import Paths
from tests.support.files import ROOT, write

MARKER = re.compile(r" ;.*?(?=\s+--hash)")


# -- command line ---------------------------------------------------------------------


def test_help_names_every_verb():
    shown = subprocess.run(
        [ROOT / "demat", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("demo", "test", "bench", "shell", "stop", "clean", "ODOO_HOME"):
        assert word in shown


def test_command_line_imports_the_standard_library_only():
    """A fresh checkout has nothing but python3: no site-packages in sight."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import importlib, pkgutil, demat_cli\n"
        "inside = {'inside', 'demo_inside', 'mailcatcher', 'pgtool'}\n"
        "for found in pkgutil.iter_modules(demat_cli.__path__):\n"
        "    if found.name not in inside:\n"
        "        importlib.import_module('demat_cli.' + found.name)\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code, ROOT], check=True)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("test addons/x -k y", ["addons/x", "-k", "y"]),
        ("--odoo /o test -q", ["-q"]),
        ("test --odoo /o --long tests", ["--long", "tests"]),
        ("test --odoo=/o -v", ["-v"]),
    ],
)
def test_the_rest_of_the_line_goes_to_pytest(line, wanted):
    assert main.pytest_arguments(line.split()) == wanted


def test_a_failure_says_what_is_missing_and_what_mends_it(capsys, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", "/no/such/folder")
    monkeypatch.setattr(system, "RUNTIME", ())
    monkeypatch.setattr(
        context.packages, "obtain", lambda *args, **kw: Path(sys.executable)
    )
    assert main.main(["demo"]) == 1
    shown = capsys.readouterr().err
    assert "there is no Odoo at /no/such/folder" in shown
    assert "To mend it:" in shown
    assert "ODOO_HOME" in shown


def test_cache_folder_that_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(write(tmp_path / "file")))
    with pytest.raises(console.Failure, match="cannot be written") as failure:
        context.locate()
    assert "XDG_CACHE_HOME" in failure.value.remedy


# -- packages and system --------------------------------------------------------------


def test_environment_changes_with_the_lock(tmp_path):
    found = Paths(cache=tmp_path, root=tmp_path)
    write(tmp_path / packages.RUNTIME_LOCK, "a==1\n")
    write(tmp_path / packages.TEST_LOCK, "a==1\nb==1\n")
    before = packages.folder(found)
    write(tmp_path / packages.TEST_LOCK, "a==1\nb==2\n")
    assert packages.folder(found) != before


def test_test_lock_contains_the_runtime_lock():
    """One environment serves both: the pins and hashes of the product are the same."""
    runtime, tests = (
        {
            # a package may be needed everywhere by the tests, on one system by the rest
            MARKER.sub("", line)
            for line in text.replace("\\\n", "").splitlines()
            if "==" in line
        }
        for text in (
            (ROOT / name).read_text(encoding="utf-8")
            for name in (packages.RUNTIME_LOCK, packages.TEST_LOCK)
        )
    )
    assert runtime
    assert not runtime - tests
    assert all("--hash=sha256:" in line for line in runtime)


def test_what_is_missing_is_listed_for_an_ordinary_user(paths, monkeypatch):
    needs = (
        system.Need("library", "libdoesnotexist.so.1", "libdoesnotexist1", "a test"),
        system.Need("program", "no-such-program", "no-such-package", "a test"),
        system.Need("font", "NoSuchFont", "fonts-no-such", "a test"),
        system.Need("module", "json", "python3", "a test"),
    )
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.shutil, "which", lambda name: name == "apt-get" or None)
    with pytest.raises(console.Failure) as failure:
        system.ensure(needs, paths)
    assert failure.value.remedy == (
        "sudo apt-get install -y --no-install-recommends "
        "fonts-no-such libdoesnotexist1 no-such-package"
    )
    assert "libdoesnotexist.so.1 (library for a test" in failure.value.detail
    assert "json" not in failure.value.detail


def test_missing_test_tools_are_a_warning(paths, monkeypatch, capsys):
    needs = [system.Need("program", "no-such-program", "no-such-package", "a test")]
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    system.ensure(needs, paths, fatal=False)
    assert "no-such-program" in capsys.readouterr().out


# -- database server ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            "postgresql://me:s%40cret@db.example:5433/base?sslmode=require",
            {
                "host": "db.example",
                "port": 5433,
                "user": "me",
                "password": "s@cret",
                "sslmode": "require",
                "dbname": "base",
            },
        ),
        ("postgres:///?host=/run/postgresql", {"host": "/run/postgresql"}),
    ],
)
def test_database_url(url, wanted):
    assert database.named_server({"DATABASE_URL": url, "PGHOST": "ignored"}) == wanted


def test_database_url_of_something_else():
    with pytest.raises(console.Failure, match="not a PostgreSQL address"):
        database.named_server({"DATABASE_URL": "mysql://localhost/"})


def test_usual_variables_name_a_server():
    found = database.named_server({"PGHOST": "h", "PGUSER": "u", "PGDATABASE": "d"})
    assert found == {"host": "h", "user": "u", "dbname": "d"}
    assert database.named_server({"HOME": "/"}) is None


def test_the_user_postgres_is_refused(paths, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@localhost/")
    with pytest.raises(console.Failure, match="refuses.*'postgres'"):
        database.obtain(paths, sys.executable, "test")


def test_a_server_that_does_not_answer(paths, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@127.0.0.1:9/")
    with pytest.raises(console.Failure, match="does not answer") as failure:
        database.obtain(paths, sys.executable, "test")
    assert "refused" in failure.value.detail


def test_databases_of_another_checkout_are_not_ours(demat_context_):
    cluster = demat_context_.cluster
    assert cluster.mark("demo").endswith(cluster.owner)
    other = database.Cluster(cluster.python, cluster.dsn, "0123456789ab")
    assert other.mark("demo") != cluster.mark("demo")


# -- processes ------------------------------------------------------------------------


def test_a_process_is_known_by_its_start_time_too(tmp_path):
    """A number that was given to another process since is not ours to stop."""
    record = tmp_path / "sleep.pid"
    sleeper = processes.spawn(["sleep", "60"], log=tmp_path / "log", env=os.environ)
    try:
        processes.remember(record, sleeper.pid, port=1)
        assert processes.recall(record)["port"] == 1
        text = record.read_text(encoding="utf-8")
        started = processes.start_time(sleeper.pid)
        write(record, text.replace(str(started), str(started - 1)))
        assert processes.recall(record) is None
        assert not processes.stop(record)
        assert processes.start_time(sleeper.pid) == started
        write(record, text)
        assert processes.stop(record)
        assert not record.exists()
        assert processes.start_time(sleeper.pid) is None
    finally:
        sleeper.kill()


def test_a_server_that_ends_while_starting_is_said_at_once(tmp_path):
    log = tmp_path / "log"
    server = processes.spawn(["sh", "-c", "echo no way"], log=log, env=os.environ)
    before = time.monotonic()
    with pytest.raises(console.Failure, match="stopped while starting") as failure:
        processes.wait_http("http://127.0.0.1:9/", server.pid, log, seconds=60)
    assert time.monotonic() - before < 30
    assert "no way" in failure.value.detail


# -- what a template depends on -------------------------------------------------------


def test_template_changes_with_what_is_installed_only(tmp_path):
    found = Paths(cache=tmp_path / "cache", root=tmp_path)
    addon = tmp_path / "addons/one"
    write(addon / "__manifest__.py", "{'depends': ['base']}")
    write(addon / "models/thing.py", "a = 1\n")
    before = context.tree_digest(found, ["one"])
    write(addon / "tests/test_thing.py", "b = 1\n")
    write(addon / "readme/USAGE.md", "text\n")
    assert context.tree_digest(found, ["one"]) == before
    write(addon / "models/thing.py", "a = 2\n")
    assert context.tree_digest(found, ["one"]) != before


def test_addons_come_after_what_they_need(tmp_path):
    found = Paths(cache=tmp_path / "cache", root=tmp_path)
    for name, manifest in {
        "a": {"depends": ["b", "account"]},
        "b": {"depends": ["c"]},
        "c": {},
        "d": {"installable": False},
    }.items():
        write(tmp_path / f"addons/{name}/__manifest__.py", repr(manifest))
    assert context.our_addons(found) == ["c", "b", "a"]
    assert context.our_addons(found, ["b"]) == ["c", "b"]


# -- the embedded server --------------------------------------------------------------


def test_embedded_server_outlives_its_starter_and_stops(demat_context_, tmp_path):
    """Also where the path of the cluster is longer than a Unix socket's may be."""
    folder = tmp_path / ("a-long-name-" * 8) / "pg"
    found = Paths(cache=folder.parent, root=ROOT)
    folder.parent.mkdir()
    request = database.embedded(found)
    python = demat_context_.python
    first = database.pgtool(python, "start", request)
    try:
        assert first["started"]
        again = database.pgtool(python, "start", request)
        assert (again["pid"], again["started"]) == (first["pid"], False)
        dsn = {"host": first["host"], "user": "odoo"}
        cluster = database.Cluster(python, dsn, "test", embedded=True)
        cluster.create("one", "test", fast=True)
        cluster.create("two", "test", "one")
        assert {cluster.databases()[name] for name in ("one", "two")} == {
            "demat test test"
        }
        cluster.drop("one")
        assert "one" not in cluster.databases()
        other = database.embedded(found, pid=first["pid"] + 1)
        assert database.pgtool(python, "stop", other) == {"stopped": False}
    finally:
        mine = database.embedded(found, pid=first["pid"])
        assert database.pgtool(python, "stop", mine) == {"stopped": True}
    assert processes.start_time(first["pid"]) is None


def test_embedded_server_has_time_for_a_long_recovery(demat_context_, tmp_path):
    """Longer than the ten seconds after which the library alone gives up."""
    found = Paths(cache=tmp_path / "cache", root=ROOT)
    python = demat_context_.python
    first = database.pgtool(python, "start", database.embedded(found))
    stop = database.embedded(found, pid=first["pid"])
    assert database.pgtool(python, "stop", stop) == {"stopped": True}

    # it asks an archive for the rest of its journal, which takes its time to say no
    slow = found.cluster / "slow"
    command = "[ -e slow ] || { touch slow; sleep 12; }; false"
    with (found.cluster / "postgresql.conf").open("a") as settings:
        settings.write(f"restore_command = '{command}'\n")
    shutil.copy(found.cluster / "postgresql.conf", found.cluster / "recovery.signal")
    owner = found.cluster.stat()
    os.chown(found.cluster / "recovery.signal", owner.st_uid, owner.st_gid)

    again = database.pgtool(python, "start", database.embedded(found))
    try:
        assert "error" not in again
        assert slow.exists()
    finally:
        stop = database.embedded(found, pid=again["pid"])
        assert database.pgtool(python, "stop", stop) == {"stopped": True}


# -- tests ----------------------------------------------------------------------------


def test_a_style_sheet_is_compiled_once():
    asked = []

    def compiler(_asset, source):
        asked.append(source)
        return source.upper()

    once = stylesheets.remembering(compiler)
    sheet = "/*! 0a-1 */\na {{}}\n/*! {} */\nb {{}}"
    assert once(None, sheet.format("0b-2")) == sheet.format("0b-2").upper().replace(
        "0A", "0a"
    ).replace("0B", "0b")
    assert "/*! 0c-3 */" in once(None, sheet.format("0c-3"))
    assert len(asked) == 1
    assert once(None, "c {}") == "C {}"
    for number in range(stylesheets.MOST):
        once(None, f"d{number} {{}}")
    once(None, "c {}")
    assert len(asked) == 2 + stylesheets.MOST + 1, "the oldest is forgotten"
