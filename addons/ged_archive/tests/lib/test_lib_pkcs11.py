# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Keys in a token: SoftHSM, a token in software."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from demat_lib_ged_archive.errors import CertificateError
from demat_lib_ged_archive.seal import Pkcs11Settings, Sealer, SealSettings
from demat_lib_ged_archive.verify import inspect_seals

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
)
PIN = "246813"


@pytest.fixture(scope="module")
def module(tool):
    tool("softhsm2-util")
    found = next((one for one in MODULES if Path(one).exists()), None)
    if not found:
        pytest.skip("libsofthsm2.so is not installed")
    return found


@pytest.fixture(scope="module")
def token(module, tool, pki, tmp_path_factory):
    """A token with the keys and certificates ``signer`` and ``signer-ec``."""
    pkcs11 = pytest.importorskip("pkcs11")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    util = [tool("softhsm2-util")]
    run = {"check": True, "capture_output": True}
    subprocess.run(
        [*util, "--init-token", "--free", "--label", "demat"]
        + ["--pin", PIN, "--so-pin", "13579246"],
        **run,
    )
    for number, label in enumerate(("signer", "signer-ec", "lonely"), 1):
        key = pki.key("signer-ec" if label == "lonely" else label)
        path = folder / f"{label}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        subprocess.run(
            [*util, "--import", str(path), "--token", "demat", "--label", label]
            + ["--id", f"{number:02x}", "--pin", PIN],
            **run,
        )
    library = pkcs11.lib(module)
    library.reinitialize()
    with library.get_token(token_label="demat").open(rw=True, user_pin=PIN) as session:
        for label in ("signer", "signer-ec", "interm"):
            certificate = pki.x509(label)
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.LABEL: label,
                    pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: pki.der(label),
                }
            )
    yield module
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def settings(module, label="signer", **changes):
    values = {"token_label": "demat", "pin": PIN, "key_label": label} | changes
    return SealSettings(pkcs11=Pkcs11Settings(module, **values))


@pytest.mark.parametrize("label", ["signer", "signer-ec"])
def test_seals(token, pki, minimal_pdf, label):
    sealer = Sealer(settings(token, label))
    for _index in range(3):
        result = sealer.seal(minimal_pdf)
        (report,) = inspect_seals(result.data, (pki.der("root"),))
        assert (report.ok, report.trusted, report.errors) == (True, True, ())
    sealer.close()
    # the next seal opens another session
    assert sealer.seal(minimal_pdf).level == "B-B"
    sealer.close()
    sealer.close()


def test_authority_outside_the_token(token, pki, minimal_pdf):
    sealer = Sealer(settings(token, ca_chain=(pki.der("interm"),)))
    data = sealer.seal(minimal_pdf).data
    assert inspect_seals(data, (pki.der("root"),))[0].trusted
    sealer.close()


def test_threads(token, minimal_pdf):
    sealer = Sealer(settings(token))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _index: sealer.seal(minimal_pdf), range(24)))
    assert all(inspect_seals(result.data)[0].ok for result in results)
    sealer.close()


def test_after_a_fork(token, minimal_pdf, tmp_path):
    sealer = Sealer(settings(token))
    sealer.seal(minimal_pdf)
    path = tmp_path / "child.pdf"
    child = os.fork()
    if not child:
        try:
            path.write_bytes(sealer.seal(minimal_pdf).data)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert inspect_seals(path.read_bytes())[0].ok
    assert inspect_seals(sealer.seal(minimal_pdf).data)[0].ok
    sealer.close()


def test_session_lost(token, minimal_pdf):
    """As when a smart card is drawn and put back."""
    sealer = Sealer(settings(token))
    sealer._material.key._session.close()
    assert inspect_seals(sealer.seal(minimal_pdf).data)[0].ok
    sealer.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pin": "999999"}, "bad_pin"),
        ({"pin": "1"}, "bad_pin"),
        ({"token_label": "other"}, "no_token"),
        ({"slot": 987654}, "no_token"),
        ({"key_label": "other"}, "no_key"),
        ({"key_label": "lonely"}, "no_certificate"),
        ({"certificate_label": "other"}, "no_certificate"),
        ({"module": "/nowhere/lib.so"}, "no_module"),
        ({"module": __file__}, "no_module"),
    ],
)
def test_refusals(token, changes, reason):
    values = {"token_label": "demat", "pin": PIN, "key_label": "signer"} | changes
    values.setdefault("module", token)
    with pytest.raises(CertificateError) as caught:
        Sealer(SealSettings(pkcs11=Pkcs11Settings(**values)))
    assert caught.value.reason == reason
    assert PIN not in str(caught.value) + repr(Pkcs11Settings(**values))


def test_without_the_python_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(CertificateError, match="python-pkcs11") as caught:
        Sealer(settings("/nowhere"))
    assert caught.value.reason == "no_module"
