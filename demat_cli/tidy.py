# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""``./demat stop`` and ``./demat clean``: only what ``./demat`` started or made."""

import shutil

from . import console, database, packages, processes
from .paths import digest, locate

CACHED = ("apt", "debs", "wkhtmltox", "pg")
DEMO = {
    "server.pid": "Odoo",
    "catcher.pid": "the mail catcher",
    "chorus.pid": "the simulated Chorus Pro",
}


def stop(options):
    """Stop the demo, and the embedded database server if this checkout started it."""
    paths = locate()
    stopped = False
    for file, name in DEMO.items():
        if processes.stop(paths.state / "demo" / file):
            console.say(f"✓ stopped {name}")
            stopped = True
    stopped |= _stop_cluster(paths)
    if not stopped:
        console.say("nothing was running")


def _stop_cluster(paths):
    file = paths.state / "pg.json"
    record = processes.recall(file)
    if not record:
        file.unlink(missing_ok=True)
        return False
    python = packages.folder(paths) / "bin/python"
    cluster = database.obtain(paths, python, digest(paths.root))
    if cluster.pid != record["pid"]:
        return False
    [[others]] = cluster.execute(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
    )
    if others:
        console.say(f"! the database server stays: {others} connection(s) to it")
        return False
    database.pgtool(python, "stop", database.embedded(paths, pid=record["pid"]))
    file.unlink(missing_ok=True)
    console.say("✓ stopped the database server")
    return True


def clean(options):
    """Remove the databases and the state of this checkout; with --all the cache too."""
    paths = locate()
    _refuse_if_used(paths, options.all)
    for file in DEMO:
        processes.stop(paths.state / "demo" / file)
    python = packages.folder(paths) / "bin/python"
    if python.exists():
        cluster = database.obtain(paths, python, digest(paths.root))
        if cluster.started:
            processes.remember(paths.state / "pg.json", cluster.pid)
        for name, mark in cluster.databases().items():
            if mark.startswith(database.COMMENT) and mark.endswith(cluster.owner):
                with console.step(f"Dropping {name}"):
                    cluster.drop(name)
        _stop_cluster(paths)
    shutil.rmtree(paths.state)
    console.say("✓ removed the databases and files of this checkout")
    if options.all:
        for folder in (*(paths.cache / name for name in CACHED), paths.odoo):
            shutil.rmtree(folder, ignore_errors=True)
        packages.forget(paths)
        shutil.rmtree(paths.cache / "state", ignore_errors=True)
        console.say("✓ removed what was fetched")


def _refuse_if_used(paths, everything):
    """Another checkout's demo lives on what --all would remove."""
    if not everything:
        return
    for file in (paths.cache / "state").glob("*/demo/server.pid"):
        if paths.state not in file.parents and processes.recall(file):
            checkout = (file.parent.parent / "checkout").read_text(encoding="utf-8")
            raise console.Failure(
                f"the demo of {checkout.strip()} is running on it",
                f"{checkout.strip()}/demat stop",
            )
