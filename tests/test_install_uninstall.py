# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Each addon comes, works and goes on a host that people use; the host stays whole.

Everything goes through the Apps menu's own buttons, on a database that has the host's
modules only, while a server runs on it.
"""

from pathlib import Path

import pytest

from demat_cli.context import our_addons, read_manifest
from demat_cli.paths import Paths

ROOT = Path(__file__).resolve().parent.parent
PATHS = Paths(ROOT, ROOT)
ADDONS = our_addons(PATHS)
MANIFESTS = {name: read_manifest(PATHS.addons / name) for name in ADDONS}
USES = "tests/support/uses.py"
# addon: what its use in tests/support/uses.py answers
EXPECTED = {
    "ged_archive": {"same": True},
    "demat_base": {"consent": True},
    "demat_invoice": {"state": "sent", "error": "", "level": "B-B"},
}


@pytest.fixture(scope="module")
def server(make_server, demat_host_template):
    return make_server(demat_host_template)


def call(server, function, **payload):
    return server.call(f"{USES}:{function}", addons=ADDONS, **payload)


def use(server, addon):
    answer = call(server, f"use_{addon}")
    expected = EXPECTED[addon]
    assert {key: answer[key] for key in expected} == expected
    return answer


def check_host(server):
    """The host invoices, prints, shows its forms and serves its pages."""
    answer = call(server, "invoice_a_customer")
    assert answer["state"] == "posted"
    assert answer["pdf"]
    rpc = server.rpc("admin", "admin")
    for path in ("/odoo", "/my/invoices", "/web/webclient/load_menus"):
        status, _headers, _body = rpc.get(path)
        assert status == 200, path


def dependents(addon):
    """The addons of the tree that need this one, directly or not."""
    found = {addon}
    for name in ADDONS:
        if found & set(MANIFESTS[name]["depends"]):
            found.add(name)
    return found


def test_every_addon_has_a_use():
    """A new addon must say here how it is used before it is removed."""
    glue = {name for name in ADDONS if MANIFESTS[name].get("auto_install")}
    assert set(EXPECTED) == set(ADDONS) - glue


@pytest.mark.parametrize("addon", ADDONS)
def test_a_missing_python_package_is_named(server, addon):
    packages = MANIFESTS[addon].get("external_dependencies", {}).get("python", [])
    messages = call(server, "refusals", addon=addon, packages=packages)
    for package in packages:
        assert package in messages[package], f"{addon} without {package}"


def test_one_by_one(server):
    """Installed and used in the order of dependencies, removed in the other order."""
    for addon in ADDONS:
        assert call(server, "install", addon=addon)[addon] == "installed"
        if addon in EXPECTED:
            use(server, addon)
    check_host(server)
    for addon in reversed(ADDONS):
        assert call(server, "uninstall", addon=addon)[addon] == "uninstalled"
        check_host(server)
    assert call(server, "leftovers") == []


def test_all_at_once_and_the_root_removed(server):
    """The last addon brings those it needs; removing the first takes them all away."""
    states = call(server, "install", addon=ADDONS[-1])
    assert states[ADDONS[0]] == "installed"
    for addon in ADDONS:
        call(server, "install", addon=addon)
        files = MANIFESTS[addon].get("demo", [])
        assert call(server, "load_demo", addon=addon, files=files)
    sent = use(server, "demat_invoice")
    states = call(server, "uninstall", addon=ADDONS[0])
    assert {states[name] for name in dependents(ADDONS[0])} == {"uninstalled"}
    check_host(server)
    assert call(server, "leftovers") == []
    # The sealed file went back to its invoice.
    rows = server.sql(
        "SELECT res_model, res_id FROM ir_attachment WHERE id = %s", sent["attachment"]
    )
    assert rows == [["account.move", sent["move"]]]
