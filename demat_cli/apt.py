# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fetch Odoo's Debian package without installing it and without being root.

Debian *unstable* carries ``odoo-19``. A private apt configuration, derived from the
machine's own sources (only the suite is replaced), lets ``apt-get download`` check its
signature and checksum; ``dpkg -x`` unpacks it into the cache. The package only *links*
to its JavaScript libraries and fonts: they are unpacked into the same folder.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from .console import Failure, clean_environment, run, step, tail

PACKAGE = "odoo-19"
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
    "fonts-lato",
)
# Newer packages have other file names than the links of odoo-19 want.
AWESOME = "fonts-font-awesome"
AWESOME_VERSION = "4.7"
# The links that a web page of ours needs; the point of sale's do not matter.
LINKED_ADDONS = ("web", "mail", "portal", "account")
# Absent from the package although a bundle names it: every backend page logs an error
EMPTY_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
SUITES = (
    "oldoldstable|oldstable|stable|testing|unstable|sid|"
    "buster|bullseye|bookworm|trixie|forky|duke"
)
SUITE = re.compile(rf"^({SUITES})$")


class NoPackage(Exception):
    """This machine's Debian mirror offers no Odoo 19."""


def is_debian(os_release="/etc/os-release"):
    """True on Debian itself: its kin (Ubuntu, …) have no suite *unstable*."""
    try:
        text = Path(os_release).read_text(encoding="utf-8")
    except OSError:
        return False
    name = re.search(r'^ID="?(\w+)"?$', text, re.M)
    return bool(
        name
        and name.group(1) == "debian"
        and shutil.which("apt-get")
        and shutil.which("dpkg")
    )


def read_sources(folder="/etc/apt"):
    """Texts of the machine's apt sources: list of (is_deb822, text)."""
    folder = Path(folder)
    one_line = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]
    texts = [(False, path) for path in one_line]
    texts += [(True, path) for path in sorted(folder.glob("sources.list.d/*.sources"))]
    return [
        (deb822, path.read_text(encoding="utf-8"))
        for deb822, path in texts
        if path.is_file()
    ]


def derive_sources(texts):
    """deb822 text of the private sources, for the suite *unstable* (and the machine's).

    :param texts: as given by :func:`read_sources`.
    :return: one stanza per distinct Debian archive of the machine; empty if none.
    """
    stanzas = []
    for deb822, text in texts:
        found = _stanzas_deb822(text) if deb822 else _stanzas_one_line(text)
        for options, suite in found:
            suites = dict.fromkeys(["unstable", "stable", suite])
            stanza = {
                "Types": "deb",
                **options,
                "Suites": " ".join(suites),
                "Components": "main",
            }
            rendered = "".join(f"{key}: {value}\n" for key, value in stanza.items())
            if rendered not in stanzas:
                stanzas.append(rendered)
    return "\n".join(stanzas)


def _stanzas_deb822(text):
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        fields, key = {}, None
        for line in lines:
            if line[:1] in (" ", "\t") and key:
                fields[key] += "\n" + line
            elif ":" in line:
                key, value = line.split(":", 1)
                key = key.strip().title()
                fields[key] = value.strip()
        suites = [s for s in fields.get("Suites", "").split() if SUITE.match(s)]
        if (
            suites
            and "deb" in fields.get("Types", "").split()
            and "main" in fields.get("Components", "").split()
            and fields.get("Enabled", "yes").lower() not in ("no", "false", "0")
        ):
            kept = {
                key: value
                for key, value in fields.items()
                if key not in ("Types", "Suites", "Components", "Enabled")
            }
            yield kept, suites[0]


ONE_LINE = re.compile(
    r"^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+?)\s*(?:#.*)?$"
)
OPTION_NAMES = {"signed-by": "Signed-By", "trusted": "Trusted", "arch": "Architectures"}


def _stanzas_one_line(text):
    for line in text.splitlines():
        match = ONE_LINE.match(line)
        if not match or not SUITE.match(match[3]) or "main" not in match[4].split():
            continue
        options = {"URIs": match[2]}
        for pair in (match[1] or "").split():
            name, _sep, value = pair.partition("=")
            if name.lower() in OPTION_NAMES:
                value = value.replace(",", " ")
                options[OPTION_NAMES[name.lower()]] = value
        yield options, match[3]


def apt_options(folder):
    """Options that keep apt inside ``folder``."""
    options = [
        f"-oDir::Etc::SourceList={folder / 'private.sources'}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={folder / 'lists'}",
        f"-oDir::Cache={folder / 'cache'}",
        "-oAcquire::Languages=none",
        "-oAcquire::Retries=3",
        "-oAPT::Get::List-Cleanup=0",
    ]
    if os.geteuid() == 0:
        # The user "_apt" of the sandbox cannot write into a folder of root's home.
        options.append("-oAPT::Sandbox::User=root")
    return options


def fetch(paths):
    """Unpack Odoo into ``paths.odoo``.

    :raise NoPackage: when the machine's mirrors carry no ``odoo-19``.
    """
    sources = derive_sources(read_sources())
    if not sources:
        raise NoPackage("no Debian archive among the apt sources of this machine")
    log = paths.logs / "apt.log"
    env = clean_environment(LC_ALL="C.UTF-8")
    for folder in (paths.apt / "lists/partial", paths.apt / "cache/archives/partial"):
        folder.mkdir(parents=True, exist_ok=True)
    (paths.apt / "private.sources").write_text(sources, encoding="utf-8")
    options = apt_options(paths.apt)
    with step("Reading the package lists of Debian unstable"):
        _update(options, log, env)
    version = _candidate(options, env)
    paths.debs.mkdir(parents=True, exist_ok=True)
    with step(f"Fetching {PACKAGE} {version} and the files that it links to"):
        wanted = [PACKAGE, *LINKED, _awesome(options, env)]
        run(
            ["apt-get", *options, "download", "-q", *wanted],
            log=log,
            failure="the Debian packages of Odoo could not be fetched",
            remedy="check the network, then run the same command again",
            env=env,
            cwd=paths.debs,
        )
    with step("Unpacking Odoo"):
        _unpack(paths, log)


def _update(options, log, env):
    """Refresh; one archive among several may refuse, the next step tells."""
    with open(log, "ab") as stream:
        subprocess.run(
            ["apt-get", *options, "update", "-q"],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=env,
            check=False,
        )


def _candidate(options, env):
    shown = subprocess.run(
        ["apt-cache", *options, "policy", PACKAGE],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    ).stdout
    match = re.search(r"Candidate:\s*(\d\S*)", shown)
    if not match:
        raise NoPackage(f"Debian unstable offers no {PACKAGE} on this machine's mirror")
    return match.group(1)


def _awesome(options, env):
    """``package=version`` of the icon font whose file names the links want."""
    shown = subprocess.run(
        ["apt-cache", *options, "madison", AWESOME],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    ).stdout
    for line in shown.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 1 and AWESOME_VERSION in cells[1]:
            return f"{AWESOME}={cells[1]}"
    raise NoPackage(f"no {AWESOME} {AWESOME_VERSION} on this machine's mirror")


def _unpack(paths, log):
    part = paths.odoo.with_name(paths.odoo.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for name in (PACKAGE, *LINKED, AWESOME):
        newest = max(
            paths.debs.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime
        )
        run(
            ["dpkg", "-x", newest, part],
            log=log,
            failure=f"{newest.name} could not be unpacked",
            remedy=f"rm {newest} # then run the same command again",
        )
    addons = part / "usr/lib/python3/dist-packages/odoo/addons"
    for name in EMPTY_FILES:
        target = addons / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    broken = broken_links(addons)
    if broken:
        raise Failure(
            "the unpacked Odoo links to files that its packages no longer have",
            "git: export DEMAT_ODOO_GIT=https://github.com/odoo/odoo.git",
            "\n".join(broken) or tail(log),
        )
    part.rename(paths.odoo)


def broken_links(addons):
    """Links of the web client's addons that lead nowhere."""
    return sorted(
        str(path.relative_to(addons))
        for name in LINKED_ADDONS
        for path in (addons / name).rglob("*")
        if path.is_symlink() and not path.exists()
    )
