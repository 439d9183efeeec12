# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The host, Odoo 19: one that the user names, else one fetched into the cache."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .console import Failure, run, say, step
from .paths import SERIES, digest

GIT_URL = "https://github.com/odoo/odoo.git"
DEB_PACKAGES = "usr/lib/python3/dist-packages"
REMEDY = "./demat --odoo <path of an Odoo 19> …, or unset ODOO_HOME to fetch one"


@dataclass(frozen=True)
class Host:
    """An Odoo that can be started with ``python -m odoo``.

    ``python_path`` is a folder in which only ``odoo`` is importable, ``addons`` the
    folders of its addons, ``version`` a text that changes when its code does.
    """

    home: Path
    python_path: Path
    addons: tuple
    version: str


def _candidates(path):
    """(layout, folder of the package ``odoo``) for each layout that a path may mean."""
    if path.is_file():
        path = path.parent
    yield "git", path / "odoo"
    yield "deb", path / DEB_PACKAGES / "odoo"
    # /usr/bin of the Docker image, dist-packages itself, the package itself
    yield "deb", path.parent.parent / DEB_PACKAGES / "odoo"
    yield "packages", path / "odoo"
    yield "packages", path


def detect(path, links):
    """The host at ``path``: git checkout, unpacked or installed package, Docker image.

    :param links: folder for a link to the package ``odoo`` where its own folder also
        has the distribution's other Python packages (they must not hide ours).
    """
    path = Path(path).expanduser().absolute()
    for layout, package in _candidates(path):
        if not (package / "release.py").is_file():
            continue
        if layout == "git" and not (package.parent / "odoo-bin").is_file():
            continue
        return _describe(layout, package, links)
    raise Failure(f"there is no Odoo at {path}", REMEDY)


def _describe(layout, package, links):
    release = (package / "release.py").read_text(encoding="utf-8")
    match = re.search(r"^version_info\s*=\s*\((\d+)\s*,\s*(\d+)", release, re.M)
    series = ".".join(match.groups()) if match else "unknown"
    if series != SERIES:
        raise Failure(f"{package.parent} is Odoo {series}, {SERIES} is needed", REMEDY)
    addons = [package / "addons"]
    if layout == "git":
        addons.append(package.parent / "addons")
    elif not (package / "addons/base").is_dir():
        raise Failure(f"{package} has no addon 'base'", REMEDY)
    home = package.parent
    python_path = home if layout == "git" else _linked(package, links)
    return Host(home, python_path, tuple(addons), _version(package, release))


def _linked(package, links):
    alone = links / digest(package)
    alone.mkdir(parents=True, exist_ok=True)
    link = alone / "odoo"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(package, target_is_directory=True)
    return alone


def _version(package, release):
    head = ""
    if (package.parent / ".git").exists() and shutil.which("git"):
        head = subprocess.run(
            ["git", "-C", package.parent, "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    stamp = int((package / "release.py").stat().st_mtime)
    return digest(release, head, stamp)


def obtain(paths, odoo=None):
    """The host to use.

    :param odoo: path given on the command line; else ``ODOO_HOME``; else the cache.
    """
    links = paths.state / "hosts"
    named = odoo or os.environ.get("ODOO_HOME")
    if named:
        return detect(named, links)
    if not _is_usable(paths.odoo):
        _fetch(paths)
    return detect(paths.odoo, links)


def _is_usable(folder):
    """Quick check of a fetched host: an interrupted fetch never has this name."""
    if (folder / "odoo-bin").is_file():
        return (folder / "addons/account/__manifest__.py").is_file()
    addons = folder / DEB_PACKAGES / "odoo/addons"
    return (
        (addons / "account/__manifest__.py").is_file()
        and all((addons / name).is_file() for name in apt.EMPTY_FILES)
        and not apt.broken_links(addons)
    )


def _fetch(paths):
    if paths.odoo.exists():
        shutil.rmtree(paths.odoo)
    url = os.environ.get("DEMAT_ODOO_GIT")
    if not url and apt.is_debian():
        try:
            apt.fetch(paths)
            return
        except apt.NoPackage as reason:
            say(f"! {reason}: fetching Odoo from its public repository instead")
    clone(url or GIT_URL, paths)


def clone(url, paths):
    """Shallow clone of the branch 19.0 into the cache."""
    part = paths.odoo.with_name(paths.odoo.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with step(f"Fetching Odoo {SERIES} from {url}"):
        run(
            ["git", "clone", "-q", "--depth=1", f"--branch={SERIES}", url, part],
            log=paths.logs / "git.log",
            failure=f"Odoo {SERIES} could not be fetched from {url}",
            remedy="check the network, or export DEMAT_ODOO_GIT=<another address>, "
            "or export ODOO_HOME=<path of an Odoo 19>",
        )
    if not (part / "odoo-bin").is_file():
        raise Failure(
            f"{url} is not an Odoo repository (no odoo-bin)",
            "export DEMAT_ODOO_GIT=<address of an Odoo repository>",
        )
    part.rename(paths.odoo)
