# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""System libraries, fonts and programs: what is missing, and its installation."""

import contextlib
import ctypes
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .console import Failure, clean_environment, run, say, step

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


@dataclass(frozen=True)
class Need:
    """One thing the machine must have.

    ``kind`` is ``library`` (name of a shared object), ``program``, ``font`` (start of
    the name of a font file), ``file`` or ``module`` (of the Python that runs
    ``./demat``).
    """

    kind: str
    name: str
    package: str
    why: str

    def is_met(self):
        return getattr(self, f"_has_{self.kind}")()

    def _has_library(self):
        try:
            ctypes.CDLL(self.name)
        except OSError:
            return False
        return True

    def _has_program(self):
        return bool(shutil.which(self.name))

    def _has_font(self):
        return any(
            name.startswith(self.name)
            for folder in FONT_FOLDERS
            for _path, _folders, names in os.walk(folder)
            for name in names
        )

    def _has_file(self):
        return os.path.exists(self.name)

    def _has_module(self):
        return _importable(self.name)


def _importable(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


RUNTIME = (
    Need("module", "ensurepip", "python3-venv", "the virtual environment"),
    Need("library", "libX11.so.6", "libx11-6", "wkhtmltopdf"),
    Need("library", "libXext.so.6", "libxext6", "wkhtmltopdf"),
    Need("library", "libXrender.so.1", "libxrender1", "wkhtmltopdf"),
    Need("library", "libfontconfig.so.1", "libfontconfig1", "wkhtmltopdf"),
    Need("library", "libfreetype.so.6", "libfreetype6", "wkhtmltopdf"),
    Need("library", "libmagic.so.1", "libmagic1", "file types"),
    Need("font", "Lato", "fonts-lato", "the letters of the invoices"),
    Need("font", "DejaVuSans", "fonts-dejavu-core", "the letters of the invoices"),
)
JAXB = "/usr/share/java/jaxb-runtime.jar"
GIT = Need("program", "git", "git", "fetching Odoo")
TESTS = (
    GIT,
    Need("program", "chromium", "chromium", "browser tests"),
    Need("program", "pdfsig", "poppler-utils", "an independent look at signatures"),
    Need("program", "openssl", "openssl", "an independent look at seals"),
    Need("program", "softhsm2-util", "softhsm2", "a token for keys of seals"),
    Need("program", "javac", "default-jdk-headless", "the PDF/A validator veraPDF"),
    Need("file", JAXB, "libjaxb-java", "the PDF/A validator veraPDF"),
    Need("font", "DroidSansFallback", "fonts-droid-fallback", "a document in Chinese"),
    Need("font", "VL-Gothic", "fonts-vlgothic", "a document in Japanese"),
)
# Debian's browser under the other names it may have
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path():
    """Path of a Chromium-like browser on this machine, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def missing(needs):
    """The needs that are not met on this machine."""
    return [
        need
        for need in needs
        if not need.is_met() and not (need.name == "chromium" and browser_path())
    ]


def ensure(needs, paths, *, fatal=True):
    """Install what is missing (as root, on Debian and its kin) or say how to.

    :param fatal: raise :class:`Failure` when something stays missing, else warn.
    """
    lacking = missing(needs)
    if not lacking:
        return
    packages = sorted({need.package for need in lacking})
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step(f"Installing system packages: {' '.join(packages)}"):
            try:
                _apt_install(packages, paths.logs / "system.log", command)
            except Failure:
                if fatal:
                    raise
        lacking = missing(needs)
        if not lacking:
            return
    listing = "\n".join(
        f"- {need.name} ({need.kind} for {need.why}; Debian package {need.package})"
        for need in lacking
    )
    remedy = command if os.geteuid() == 0 else f"sudo {command}"
    if not shutil.which("apt-get"):
        remedy = "install what provides them with the package manager of this system"
    if fatal:
        raise Failure("this machine lacks:", remedy, listing)
    say("! this machine lacks, the tests that use it fail or are skipped:")
    say(f"{listing}\n  {remedy}")


def _apt_install(packages, log, command):
    """Install; if the machine's package lists are absent or too old, refresh them."""
    env = clean_environment(DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    install = ["apt-get", "install", "-qy", "--no-install-recommends", *packages]
    failure = "system packages could not be installed"
    if any(Path("/var/lib/apt/lists").glob("*Packages*")):
        with contextlib.suppress(Failure):
            run(install, log=log, failure=failure, env=env)
            return
    run(
        ["apt-get", "update", "-q"],
        log=log,
        failure="the package lists of this machine cannot be refreshed",
        remedy="apt-get update",
        env=env,
    )
    remedy = f"apt-get update && {command}"
    run(install, log=log, failure=failure, remedy=remedy, env=env)
