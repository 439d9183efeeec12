# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What each addon must carry to be published and installed from the Apps menu."""

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from demat_cli import readmes

ROOT = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/__manifest__.py"))
AUTHOR = "The demat contributors"
KEYS = {
    "name",
    "summary",
    "version",
    "category",
    "license",
    "author",
    "website",
    "depends",
    "data",
    "installable",
}
FRAGMENTS = ("DESCRIPTION", "CONFIGURE", "USAGE", "ROADMAP", "CONTRIBUTORS")
SECURITY = ("res_groups.xml", "ir_rules.xml", "ir.model.access.csv")

pytestmark = pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)


def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))


def is_glue(addon):
    """A glue addon: installs itself, has no model and no right of its own."""
    return bool(manifest(addon).get("auto_install"))


def test_manifest(addon):
    found = manifest(addon)
    assert not KEYS - set(found)
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", found["version"])
    assert (found["license"], found["author"]) == ("LGPL-3", AUTHOR)
    missing = [
        name
        for key in ("data", "demo")
        for name in found.get(key, ())
        if not (addon / name).is_file()
    ]
    assert not missing


def test_every_data_file_is_loaded(addon):
    """No XML or CSV file of the addon is left out of its manifest."""
    found = manifest(addon)
    named = {*found.get("data", ()), *found.get("demo", ())}
    folders = ("data", "demo", "report", "security", "views", "wizards")
    present = {
        str(path.relative_to(addon))
        for folder in folders
        for path in (addon / folder).rglob("*")
        if path.suffix in (".xml", ".csv")
    }
    assert not present - named


def test_demo_data(addon):
    assert is_glue(addon) or manifest(addon).get("demo")


def test_dependencies_are_declared(addon):
    """Every third-party import is in external_dependencies and in the lock."""
    declared = set(manifest(addon).get("external_dependencies", {}).get("python", ()))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    unpinned = [name for name in declared if f"\n{name.lower()}==" not in f"\n{lock}"]
    assert not unpinned
    absent = [name for name in declared if not _is_installed(name)]
    assert not absent


def _is_installed(name):
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def test_icon(addon):
    with Image.open(addon / "static/description/icon.png") as icon:
        assert icon.format == "PNG"
        assert icon.size[0] == icon.size[1] >= 128


def test_description_page(addon):
    page = (addon / "static/description/index.html").read_text(encoding="utf-8")
    assert manifest(addon)["name"] in page
    for source in re.findall(r'src="([^"]+)"', page):
        assert (
            source.startswith("data:")
            or (addon / "static/description" / source).is_file()
        )


def test_readme_fragments(addon):
    for name in FRAGMENTS:
        text = (addon / "readme" / f"{name}.md").read_text(encoding="utf-8")
        assert text.strip(), name
    written = (addon / "README.md").read_text(encoding="utf-8")
    assert written == readmes.compose(addon), "run: python -m demat_cli.readmes"


def test_translations(addon):
    assert (addon / "i18n" / f"{addon.name}.pot").is_file()
    assert (addon / "i18n/fr.po").is_file()


def test_packaging(addon):
    data = tomllib.loads((addon / "pyproject.toml").read_text(encoding="utf-8"))
    assert data["build-system"]["build-backend"] == "whool.buildapi"
    assert data["build-system"]["requires"] == ["whool"]


def test_security_files(addon):
    if is_glue(addon):
        pytest.skip("a glue addon has no right of its own")
    named = manifest(addon)["data"]
    for name in SECURITY:
        assert f"security/{name}" in named


def test_tests(addon):
    """There are tests, and the package of tests imports each of its modules."""
    modules = {path.stem for path in addon.glob("tests/test_*.py")}
    assert modules
    tree = ast.parse((addon / "tests/__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not modules - imported
