# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The pinned Python packages, in a virtual environment of the cache."""

import shutil
import sys

from .console import Failure, clean_environment, run, step
from .paths import digest

RUNTIME_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"
FOREIGN_LOCK = "requirements-oca.lock"
FOREIGN_PREFIX = "odoo-addon-"
PIP = ("-m", "pip", "install", "-q", "--no-deps", "--require-hashes")


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
            [python, *PIP, "--disable-pip-version-check", "-r", paths.root / lock],
            log=log,
            failure="the Python packages could not be installed",
            remedy="check the network (and a C compiler: apt-get install gcc "
            "python3-dev), then run the same command again",
            env=clean_environment(),
        )
    mark.touch()
    return python


def foreign_modules(paths):
    """Names of the addons of others that the foreign lock pins."""
    lock = paths.root / FOREIGN_LOCK
    lines = lock.read_text(encoding="utf-8").splitlines() if lock.is_file() else ()
    return {
        line.partition("==")[0].removeprefix(FOREIGN_PREFIX).replace("-", "_")
        for line in lines
        if line.startswith(FOREIGN_PREFIX)
    }


def obtain_foreign(paths, python):
    """Folder with the packages of the foreign lock; the addons are in ``odoo/addons``.

    Not in the environment: there every database of the tests would know these addons.
    """
    lock = paths.root / FOREIGN_LOCK
    folder = paths.cache / f"oca-{digest(lock.read_text(encoding='utf-8'))}"
    if not folder.is_dir():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        options = ["--disable-pip-version-check", "--target", part, "-r", lock]
        with step(f"Fetching the addons of {FOREIGN_LOCK}"):
            run(
                [python, *PIP, *options],
                log=paths.logs / "pip.log",
                failure="the addons of others could not be fetched",
                remedy="check the network, then run the same command again",
                env=clean_environment(),
            )
        part.rename(folder)
    return folder


def forget(paths):
    """Remove the environments of other locks (``./demat clean --all``)."""
    if sys.prefix.startswith(str(paths.cache)):
        raise Failure("./demat runs from the environment to remove", "python3 ./demat")
    for pattern in ("venv-*", "oca-*"):
        for folder_ in paths.cache.glob(pattern):
            shutil.rmtree(folder_)
