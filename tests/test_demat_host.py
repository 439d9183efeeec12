# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Where ``./demat`` finds Odoo and wkhtmltopdf, and how it fetches them."""

import os
import subprocess
import sys

import pytest

from demat_cli import apt, console, host, wkhtml
from tests.support.files import write

RELEASE = "RELEASE_LEVELS = [FINAL] = ['final']\nversion_info = ({}, 0, FINAL, 0, '')\n"


def make_package(folder, series="19, 0"):
    """A package ``odoo`` with what tells a host from another folder."""
    write(folder / "release.py", RELEASE.format(series))
    write(folder / "addons/base/__manifest__.py", "{}")
    return folder


def make_checkout(folder, series="19, 0"):
    make_package(folder / "odoo", series)
    write(folder / "odoo-bin", "#!/usr/bin/env python3\n")
    write(folder / "addons/account/__manifest__.py", "{}")
    return folder


# -- Debian sources -------------------------------------------------------------------

DEB822 = """
# http://mirror.example/snapshot
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://other.example/debian
Suites: trixie
Components: main
Enabled: no

Types: deb
URIs: https://tools.example/node
Suites: nodistro
Components: main
"""
EMBEDDED_KEY = """
Types: deb
URIs: http://mirror.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS/xcRfwEQWzr
 -----END PGP PUBLIC KEY BLOCK-----
"""
ONE_LINE = """
# deb http://old.example/debian buster main
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian bookworm main non-free # note
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main
deb https://tools.example/docker bookworm stable
"""  # noqa: E501


def test_private_sources_from_deb822():
    assert apt.derive_sources([(True, DEB822)]) == (
        "Types: deb\n"
        "Uris: http://mirror.example/debian\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
        "Suites: unstable stable bookworm\n"
        "Components: main\n"
    )


def test_private_sources_keep_a_key_that_is_written_in_them():
    derived = apt.derive_sources([(True, EMBEDDED_KEY)])
    assert "Signed-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDME" in derived
    assert "Suites: unstable stable trixie\n" in derived


def test_private_sources_from_one_line_format():
    assert apt.derive_sources([(False, ONE_LINE)]) == (
        "Types: deb\n"
        "URIs: http://mirror.example/debian\n"
        "Architectures: amd64\n"
        "Signed-By: /usr/share/keyrings/k.gpg\n"
        "Suites: unstable stable bookworm\n"
        "Components: main\n"
    )


def test_one_archive_named_twice_is_asked_once():
    derived = apt.derive_sources([(True, DEB822), (True, DEB822)])
    assert derived.count("Types:") == 1


def test_a_machine_without_debian_archive_has_no_private_sources():
    assert apt.derive_sources([(False, "deb http://ubuntu.example noble main")]) == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', True),
        ("ID=ubuntu\nID_LIKE=debian\n", False),
        ('ID="fedora"\n', False),
    ],
)
def test_debian_is_known_by_its_identifier(tmp_path, monkeypatch, text, wanted):
    monkeypatch.setattr(apt.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert apt.is_debian(write(tmp_path / "os-release", text)) is wanted


def test_broken_links_of_the_web_client_are_seen(tmp_path):
    write(tmp_path / "web/static/lib/a.js")
    (tmp_path / "web/static/lib/b.js").symlink_to(tmp_path / "gone.js")
    (tmp_path / "point_of_sale").mkdir()
    (tmp_path / "point_of_sale/c.otf").symlink_to(tmp_path / "gone.otf")
    assert apt.broken_links(tmp_path) == ["web/static/lib/b.js"]


# -- hosts ----------------------------------------------------------------------------


def test_a_git_checkout_is_a_host(tmp_path):
    checkout = make_checkout(tmp_path / "odoo")
    found = host.detect(checkout, tmp_path / "links")
    assert found.python_path == checkout
    assert found.addons == (checkout / "odoo/addons", checkout / "addons")
    assert host.detect(checkout / "odoo-bin", tmp_path / "links") == found


@pytest.mark.parametrize("named", ["", "usr/bin/odoo", "usr/lib/python3/dist-packages"])
def test_an_installed_package_is_a_host(tmp_path, named):
    """The layout of the package and of the Docker image, named in several ways."""
    package = make_package(tmp_path / "r/usr/lib/python3/dist-packages/odoo")
    write(tmp_path / "r/usr/bin/odoo", "#!/usr/bin/python3\n")
    write(package.parent / "lxml/__init__.py")
    found = host.detect(tmp_path / "r" / named, tmp_path / "links")
    assert found.home == package.parent
    assert found.addons == (package / "addons",)
    # The distribution's other packages must not hide those of the environment.
    assert os.listdir(found.python_path) == ["odoo"]
    assert (found.python_path / "odoo").resolve() == package


def test_another_series_is_refused(tmp_path):
    checkout = make_checkout(tmp_path / "odoo", series="18, 0")
    with pytest.raises(console.Failure, match=r"is Odoo 18\.0, 19\.0 is needed"):
        host.detect(checkout, tmp_path / "links")


def test_version_follows_the_commit(tmp_path):
    checkout = make_checkout(tmp_path / "odoo")
    commit(checkout)
    before = host.detect(checkout, tmp_path / "links").version
    commit(checkout)
    assert host.detect(checkout, tmp_path / "links").version != before


def commit(folder):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", folder]
    if not (folder / ".git").exists():
        subprocess.run([*git, "init", "-q", "--initial-branch=19.0"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "one"], check=True)


def test_elsewhere_than_debian_odoo_is_cloned(tmp_path, paths, monkeypatch):
    """From a repository of this machine: only the address differs."""
    checkout = make_checkout(tmp_path / "public")
    commit(checkout)
    commit(checkout)
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setattr(apt, "is_debian", lambda: False)
    monkeypatch.setenv("DEMAT_ODOO_GIT", checkout.as_uri())
    found = host.obtain(paths)
    assert found.home == paths.odoo
    history = subprocess.run(
        ["git", "-C", paths.odoo, "rev-list", "--count", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert history.strip() == "1", "a shallow clone"
    # The second time nothing is fetched: the repository may be gone.
    monkeypatch.setenv("DEMAT_ODOO_GIT", (tmp_path / "gone").as_uri())
    assert host.obtain(paths) == found


def test_debian_without_odoo_falls_back_on_the_repository(
    tmp_path, paths, monkeypatch, capsys
):
    def refuse(paths):
        raise apt.NoPackage("Debian unstable offers no odoo-19")

    checkout = make_checkout(tmp_path / "public")
    commit(checkout)
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.delenv("DEMAT_ODOO_GIT", raising=False)
    monkeypatch.setattr(apt, "is_debian", lambda: True)
    monkeypatch.setattr(apt, "fetch", refuse)
    monkeypatch.setattr(host, "GIT_URL", checkout.as_uri())
    assert host.obtain(paths).home == paths.odoo
    assert "offers no odoo-19" in capsys.readouterr().out


def test_a_repository_that_does_not_answer(tmp_path, paths, monkeypatch):
    monkeypatch.setenv("DEMAT_ODOO_GIT", (tmp_path / "gone").as_uri())
    monkeypatch.delenv("ODOO_HOME", raising=False)
    with pytest.raises(console.Failure, match="could not be fetched") as failure:
        host.obtain(paths)
    assert "DEMAT_ODOO_GIT" in failure.value.remedy
    assert not paths.odoo.exists()


# -- wkhtmltopdf ----------------------------------------------------------------------


def test_wkhtmltopdf_without_patched_qt_is_not_taken(tmp_path):
    binary = tmp_path / "wkhtmltopdf"
    for words, wanted in (("0.12.6", False), ("0.12.6 (with patched qt)", True)):
        write(binary, f"#!/bin/sh\necho 'wkhtmltopdf {words}'\n").chmod(0o755)
        assert wkhtml.is_patched(binary) is wanted
    assert not wkhtml.is_patched(tmp_path / "absent")


def test_wkhtmltopdf_of_the_path_comes_first(tmp_path, paths, monkeypatch):
    binary = write(
        tmp_path / "bin/wkhtmltopdf", "#!/bin/sh\necho '0.12.6 (with patched qt)'\n"
    )
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(binary.parent), prepend=os.pathsep)
    assert wkhtml.obtain(paths, sys.executable) == binary.parent
