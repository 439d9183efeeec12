# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The container's entry script outside of a container, and the compose file."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demat_cli import processes
from demat_cli.context import our_addons

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "docker/entrypoint.py"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)", re.M)


@pytest.fixture(scope="module")
def entrypoint():
    spec = importlib.util.spec_from_file_location("demat_entrypoint", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def environment(demat_context_, host_database):
    """The environment of a container whose database is a host without our addons."""
    dsn = demat_context_.cluster.dsn
    command = [str(part) for part in demat_context_.odoo()]
    return demat_context_.environment(
        HOST=dsn.get("host", "localhost"),
        PORT=dsn.get("port", 5432),
        USER=dsn["user"],
        PASSWORD=dsn.get("password", "unused"),
        DEMAT_DATABASE=host_database,
        DEMAT_ADDONS="ged_archive",
        DEMAT_ADDONS_PATH=ROOT / "addons",
        DEMAT_DATA_DIR=demat_context_.data_dir,
        DEMAT_ODOO=" ".join(command),
        DEMAT_WAIT=5,
    )


def start(environment, log):
    port = processes.free_port()
    arguments = ["odoo", f"--http-port={port}", "--http-interface=127.0.0.1"]
    server = processes.spawn(
        [sys.executable, SCRIPT, *arguments, f"--gevent-port={processes.free_port()}"],
        log=log,
        env=environment,
    )
    started = processes.start_time(server.pid)
    try:
        url = f"http://127.0.0.1:{port}/web/health"
        processes.wait_http(url, server.pid, log, seconds=300)
    finally:
        processes.terminate(server.pid, started)
    return log.read_text(encoding="utf-8")


def test_first_start_installs_and_serves_second_only_serves(
    demat_context_, host_database, environment, tmp_path, watch_log
):
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    watch_log(first)
    watch_log(second)
    text = start(environment, first)
    assert "demat: installing ged_archive" in text
    rows = demat_context_.cluster.execute(
        "SELECT state FROM ir_module_module WHERE name = 'ged_archive'",
        dbname=host_database,
    )
    assert rows == [["installed"]]
    text = start(environment, second)
    assert "demat: the database has the addons of this image" in text
    assert "installing" not in text


def test_older_addon_is_updated(entrypoint, monkeypatch):
    monkeypatch.setattr(
        entrypoint,
        "installed",
        lambda found: {"one": "19.0.1.9.0", "two": "19.0.1.0.0"},
    )
    monkeypatch.setattr(
        entrypoint,
        "wanted",
        lambda found: {
            "one": "19.0.1.10.0",
            "two": "19.0.1.0.0",
            "three": "19.0.1.0.0",
        },
    )
    assert entrypoint.plan({}) == (["three"], ["one"], False)


def test_new_database_gets_everything(entrypoint, monkeypatch):
    monkeypatch.setattr(entrypoint, "installed", lambda found: None)
    found = {**entrypoint.settings({}), "addons_path": ROOT / "addons"}
    missing, older, new = entrypoint.plan(found)
    assert set(missing) == {"l10n_fr_account", *our_addons(_paths())}
    assert (older, new) == ([], True)


def _paths():
    from demat_cli.paths import Paths

    return Paths(ROOT, ROOT)


def test_no_database_server_is_said(environment):
    done = subprocess.run(
        [sys.executable, SCRIPT, "odoo"],
        env={**environment, "HOST": "127.0.0.1", "PORT": "9", "DEMAT_WAIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "demat: no database server at 127.0.0.1:9" in done.stderr


def test_unknown_addon_is_said(environment):
    done = subprocess.run(
        [sys.executable, SCRIPT, "odoo"],
        env={**environment, "DEMAT_ADDONS": "no_such_addon"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "demat: no such addon: no_such_addon" in done.stderr


def test_other_commands_run_as_they_are():
    done = subprocess.run(
        [sys.executable, SCRIPT, "echo", "hello"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "hello\n"


def test_image_has_the_versions_of_the_lock():
    lock = dict(PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    image = (ROOT / "docker/requirements.lock").read_text(encoding="utf-8")
    pins = dict(PIN.findall(image))
    assert {"pyhanko", "factur-x", "pikepdf"} <= set(pins)
    assert {name: lock.get(name) for name in pins} == pins


def test_compose_file_is_valid():
    if not shutil.which("docker"):
        pytest.skip("there is no docker on this machine")
    known = subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    if known.returncode:
        pytest.skip("the docker of this machine has no 'compose'")
    done = subprocess.run(
        ["docker", "compose", "-f", ROOT / "docker/compose.yaml", "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_compose_file_names_what_the_script_reads():
    """Where docker is absent: the file is YAML and its services fit the script."""
    import yaml

    services = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]
    assert set(services) == {"odoo", "db", "mail"}
    odoo = services["odoo"]
    assert (ROOT / odoo["build"]["dockerfile"]).is_file()
    script = SCRIPT.read_text(encoding="utf-8")
    assert all(f'"{name}"' in script for name in odoo["environment"])
