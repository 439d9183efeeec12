# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The rules of ``.pre-commit-config.yaml`` with pinned tools, and some of our own."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
NAMES = [path.name for path in ADDONS]
MAX_LINES = 400
# Homes, temporary folders and caches of a machine have no place in a tracked file.
MACHINE_PATHS = re.compile(
    r"(?<![\w.$/}-])/(?:root|home/\w+|tmp/\w+|work|Users/\w+|var/folders)(?:/|\b)"
)
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
TEXTS = {".py", ".xml", ".md", ".js", ".scss", ".toml", ".yaml", ".yml", ".po", ".sh"}
# The host's own files, and ours, write "utf-8" in small letters.
OCA_DISABLED = "xml-header-wrong"
# The address of a volume in a container is no path of the machine that runs it.
PATHS_ALLOWED = ("docker/",)


def run(tool, *arguments):
    """Run a tool of the environment; fails with what it says."""
    done = subprocess.run(
        [Path(sys.executable).parent / tool, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def tracked_files():
    """Files that git tracks, or would: the texts of the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXTS]


def python_files():
    return [path for path in tracked_files() if path.suffix == ".py"]


def test_ruff():
    run("ruff", "check", "--output-format=concise", "--no-cache", ".")


def test_ruff_format():
    run("ruff", "format", "--check", "--no-cache", ".")


def test_pylint_odoo():
    """The mandatory checks of the OCA."""
    addons = [str(addon.relative_to(ROOT)) for addon in ADDONS]
    run("pylint", "--rcfile=.pylintrc-mandatory", *addons)


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_oca_module_checks(addon):
    """Manifests, XML identifiers, CSV files, views."""
    manifest = addon.relative_to(ROOT) / "__manifest__.py"
    run("oca-checks-odoo-module", f"--disable={OCA_DISABLED}", str(manifest))


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_oca_translation_checks(addon):
    files = [str(path.relative_to(ROOT)) for path in sorted(addon.glob("i18n/*.po*"))]
    assert files
    run("oca-checks-po", "--disable=po-pretty-format", *files)


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_french_is_complete(addon):
    """Every term of the template has a French text, none is doubtful or left over."""
    template = polib.pofile(str(addon / "i18n" / f"{addon.name}.pot"))
    french = polib.pofile(str(addon / "i18n/fr.po"))
    wanted = {entry.msgid for entry in template if not entry.obsolete}
    given = {
        entry.msgid: entry for entry in french if not entry.obsolete and entry.msgid
    }
    assert not sorted(wanted - set(given)), "terms without a French text"
    assert not sorted(set(given) - wanted), "French texts of no term"
    empty = sorted(msgid for msgid, entry in given.items() if not entry.translated())
    assert not empty, "terms with an empty or fuzzy French text"


@pytest.mark.parametrize("addon", ADDONS, ids=NAMES)
def test_lib_has_no_odoo(addon):
    """lib/ is Odoo-free, also in what it imports late or relatively."""
    faults = []
    for path in sorted(addon.glob("lib/**/*.py")):
        depth = len(path.relative_to(addon / "lib").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                if node.level > depth:
                    faults.append(f"{path.relative_to(ROOT)}:{node.lineno} leaves lib/")
            if any(name.split(".")[0] in ("odoo", "openerp") for name in names):
                faults.append(f"{path.relative_to(ROOT)}:{node.lineno} imports odoo")
    assert not faults


def test_files_are_short():
    """A Python file has at most 400 lines."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert not long


def test_python_files_say_their_licence():
    bare = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if "# License LGPL-3.0 or later" not in path.read_text(encoding="utf-8")[:400]
        and path.read_text(encoding="utf-8").strip()
    ]
    assert not bare


def test_no_machine_path_and_no_key():
    """No file names a folder of somebody's machine or carries a private key."""
    faults = []
    for path in tracked_files():
        name = str(path.relative_to(ROOT))
        if path == Path(__file__) or name.startswith(PATHS_ALLOWED):
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            if MACHINE_PATHS.search(line) or SECRETS.search(line):
                faults.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not faults
