# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Addons that join ours to those of others: in a database of their own, with both."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demat_cli import context, packages, testing
from demat_cli.paths import Paths
from demat_cli.testing import CONTEXT_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
PATHS = Paths(ROOT, ROOT)
GLUE = context.foreign_glue(PATHS)
SERVERS = {"ged_archive_fs": ["tests/test_glue_server.py"]}


def test_normal_databases_have_none():
    assert "ged_archive_fs" in GLUE
    assert not set(GLUE) & set(context.our_addons(PATHS))
    assert context.our_addons(PATHS, ["ged_archive_fs"]) == [
        "ged_archive",
        "ged_archive_fs",
    ]


def test_the_lock_is_whole():
    """Pins and hashes; every addon of others that a glue addon names."""
    text = (ROOT / packages.FOREIGN_LOCK).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) == len(pins)
    assert packages.foreign_modules(PATHS) >= {"fs_attachment", "fs_storage"}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("", ()),
        ("-k x --addons=a,b tests", ("a", "b")),
        ("--addons a -q", ("a",)),
        ("-q --addons=", ()),
    ],
)
def test_named_addons(line, names):
    assert testing.named_addons(line.split()) == names


@pytest.mark.parametrize("addon", GLUE)
def test_glue(demat_context_, addon):
    """Its own tests, where both sides are installed and it came by itself."""
    env = {k: v for k, v in os.environ.items() if k != CONTEXT_VARIABLE}
    command = [sys.executable, ROOT / "demat", "test", f"--addons={addon}", "-q"]
    done = subprocess.run(
        [*command, f"addons/{addon}/tests", *SERVERS.get(addon, ())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**env, "ODOO_HOME": str(demat_context_.host.home)},
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    assert re.search(r"\d+ passed", done.stdout), done.stdout[-2000:]
    assert "skipped" not in done.stdout
