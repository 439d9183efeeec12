# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The pinned Python packages, in a virtual environment of the cache."""

import shutil
import sys

from .console import Failure, clean_environment, run, step
from .paths import digest

RUNTIME_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"


def folder(paths):
    """Folder of the environment: its name changes with the locks and the Python."""
    locks = [
        (paths.root / name).read_text(encoding="utf-8")
        for name in (RUNTIME_LOCK, TEST_LOCK)
    ]
    return paths.cache / f"venv-{digest(*locks, sys.version, sys.base_prefix)}"


def obtain(paths, *, tests=False):
    """Path of the environment's Python, with the packages of the lock installed.

    The test lock contains the runtime lock with the same pins, so that one environment
    serves both and ``./demat demo`` fetches no test tool.
    """
    venv = folder(paths)
    python = venv / "bin/python"
    lock = TEST_LOCK if tests else RUNTIME_LOCK
    mark = venv / f".{lock}.installed"
    if mark.exists():
        return python
    log = paths.logs / "pip.log"
    if not (venv / ".created").exists():
        shutil.rmtree(venv, ignore_errors=True)
        with step("Making a virtual environment"):
            run(
                [sys.executable, "-m", "venv", venv],
                log=log,
                failure="the virtual environment could not be made",
                remedy="apt-get install python3-venv",
                env=clean_environment(),
            )
        (venv / ".created").touch()
    with step(f"Installing the Python packages of {lock}"):
        run(
            [
                python,
                "-m",
                "pip",
                "install",
                "-q",
                "--no-deps",
                "--require-hashes",
                "--disable-pip-version-check",
                "-r",
                paths.root / lock,
            ],
            log=log,
            failure="the Python packages could not be installed",
            remedy="check the network (and a C compiler: apt-get install gcc "
            "python3-dev), then run the same command again",
            env=clean_environment(),
        )
    mark.touch()
    return python


def forget(paths):
    """Remove the environments of other locks (``./demat clean --all``)."""
    if sys.prefix.startswith(str(paths.cache)):
        raise Failure("./demat runs from the environment to remove", "python3 ./demat")
    for venv in paths.cache.glob("venv-*"):
        shutil.rmtree(venv)
