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
    "demat_quote_sign": {"state": "sent", "same": True},
    "chorus_edi": {"service": True, "cadre": True},
    "demat_portal": {"lines": 1, "balance": 504.0},
}


@pytest.fixture(scope="module")
def server(make_server, demat_host_template):
    return make_server(demat_host_template)


def call(server, *steps):
    """Run functions of tests/support/uses.py, in one process; their answers."""
    given = [[name, {"addons": ADDONS, **payload}] for name, payload in steps]
    return server.call(f"{USES}:in_turn", steps=given)


def check_use(addon, answer):
    expected = EXPECTED[addon]
    assert {key: answer[key] for key in expected} == expected


def check_host(server, invoice):
    """The host invoiced and printed; it serves its pages."""
    assert invoice["state"] == "posted"
    assert invoice["pdf"]
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


def fewest_first():
    """The addons so that each comes with little more than it needs.

    Of those that can come next, the one that the fewest others need.
    """
    waiting, ordered = list(ADDONS), []
    while waiting:
        ready = [
            name
            for name in waiting
            if set(MANIFESTS[name]["depends"]).isdisjoint(waiting)
        ]
        ordered.append(min(ready, key=lambda name: len(dependents(name))))
        waiting.remove(ordered[-1])
    return ordered


def test_every_addon_has_a_use():
    """A new addon must say here how it is used before it is removed."""
    glue = {name for name in ADDONS if MANIFESTS[name].get("auto_install")}
    assert set(EXPECTED) == set(ADDONS) - glue


@pytest.mark.parametrize("addon", ADDONS)
def test_a_missing_python_package_is_named(server, addon):
    packages = MANIFESTS[addon].get("external_dependencies", {}).get("python", [])
    steps = [("refusals", {"addon": addon, "packages": packages})]
    [messages] = call(server, *steps)
    for package in packages:
        assert package in messages[package], f"{addon} without {package}"


def test_one_by_one(server):
    """Installed and used with little beside what they need, removed in turn."""
    ordered = fewest_first()
    assert ordered.index("demat_quote_sign") < ordered.index("demat_invoice")
    steps = []
    for addon in ordered:
        steps.append(("install", {"addon": addon}))
        steps.append((f"use_{addon}" if addon in EXPECTED else "states", {}))
    *answers, invoice = call(server, *steps, ("invoice_a_customer", {}))
    for addon, states, used in zip(ordered, answers[::2], answers[1::2], strict=True):
        assert states[addon] == "installed"
        if addon in EXPECTED:
            check_use(addon, used)
    check_host(server, invoice)
    for addon in reversed(ordered):
        steps = [("uninstall", {"addon": addon}), ("invoice_a_customer", {})]
        states, invoice = call(server, *steps)
        assert states[addon] == "uninstalled"
        check_host(server, invoice)
    assert call(server, ("leftovers", {})) == [[]]


def test_all_at_once_and_the_root_removed(server):
    """The last addon brings those it needs; removing the first takes them all away."""
    first, last = ADDONS[0], ADDONS[-1]
    steps = [("install", {"addon": last})]
    steps += [("install", {"addon": addon}) for addon in ADDONS if addon != last]
    steps += [
        ("load_demo", {"addon": addon, "files": MANIFESTS[addon].get("demo", [])})
        for addon in ADDONS
    ]
    states, *loaded, sent = call(server, *steps, ("use_demat_invoice", {}))
    assert states[first] == "installed"
    assert all(loaded)
    check_use("demat_invoice", sent)
    steps = [
        ("uninstall", {"addon": first}),
        ("invoice_a_customer", {}),
        ("leftovers", {}),
    ]
    states, invoice, leftovers = call(server, *steps)
    assert {states[name] for name in dependents(first)} == {"uninstalled"}
    assert leftovers == []
    check_host(server, invoice)
    # The sealed file went back to its invoice.
    rows = server.sql(
        "SELECT res_model, res_id FROM ir_attachment WHERE id = %s", sent["attachment"]
    )
    assert rows == [["account.move", sent["move"]]]
