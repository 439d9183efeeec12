# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fixtures of the tests of ``ged_archive/lib``: they run without Odoo and without
network."""

import importlib.util
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[3]

# The modules beside this file (ged_samples, ged_pki) are shared by the tests.
if str(HERE) not in sys.path:
    # last: this folder has a conftest.py, and so has the root
    sys.path.append(str(HERE))

import ged_html  # noqa: E402
import ged_online_pki  # noqa: E402
import ged_pki  # noqa: E402


def _load_verapdf():
    """The validator of the root ``tests/``, which is not a package on the path."""
    if "demat_verapdf" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "demat_verapdf", ROOT / "tests" / "verapdf" / "__init__.py"
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules["demat_verapdf"] = module
        spec.loader.exec_module(module)
    return sys.modules["demat_verapdf"]


@pytest.fixture(scope="module", autouse=True)
def no_worker_left():
    """The host's tests complain about processes that others left."""
    yield
    from demat_lib_ged_archive import schematron

    schematron.shared_worker().stop()


@pytest.fixture(scope="module")
def verapdf(tmp_path_factory):
    module = _load_verapdf()
    missing = module.missing_parts()
    if missing:
        pytest.skip(missing)
    validator = module.VeraPdf(tmp_path_factory.mktemp("verapdf"))
    yield validator
    validator.close()


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return ged_pki.Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def _online(tmp_path_factory):
    server = ged_online_pki.OnlinePki(tmp_path_factory.mktemp("online"))
    yield server
    server.close()


@pytest.fixture
def online(_online):
    """The infrastructure with OCSP, revocation lists and time stamps over HTTP."""
    _online.reset()
    return _online


@pytest.fixture
def tsa(pki):
    server = ged_pki.TimeStampServer(pki)
    yield server
    server.close()


@pytest.fixture(scope="session")
def tool():
    """Return the path of a program, or skip the test that needs it."""

    def find(name):
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture(scope="session")
def minimal_pdf():
    """One empty page."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _wkhtmltopdf():
    for candidate in (shutil.which("wkhtmltopdf"), os.environ.get("DEMAT_WKHTMLTOPDF")):
        if candidate and Path(candidate).exists():
            version = subprocess.run(
                [candidate, "--version"], capture_output=True, text=True, check=False
            ).stdout
            if "with patched qt" in version:
                return candidate
    return None


@pytest.fixture(scope="session")
def render(tmp_path_factory):
    """Return a function that prints HTML with the wkhtmltopdf of Odoo (patched Qt)."""
    program = _wkhtmltopdf()
    if program is None:
        pytest.skip(
            "no wkhtmltopdf with patched Qt on the PATH or in DEMAT_WKHTMLTOPDF"
        )
    folder = tmp_path_factory.mktemp("render")

    def run(html, name="page"):
        source, target = folder / f"{name}.html", folder / f"{name}.pdf"
        source.write_text(html, encoding="utf-8")
        subprocess.run(
            [
                program,
                "--quiet",
                "--enable-local-file-access",
                str(source),
                str(target),
            ],
            check=True,
            timeout=60,
        )
        return target.read_bytes()

    return run


@pytest.fixture(scope="session")
def samples(render, minimal_pdf):
    """Raw files by name, as report engines write them."""
    files = {name: render(html, name) for name, html in ged_html.PAGES.items()}
    files["minimal"] = minimal_pdf
    return files


@pytest.fixture(scope="session")
def invoice_pdf(samples):
    return samples["invoice"]
