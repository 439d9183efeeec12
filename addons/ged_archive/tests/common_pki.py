# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The certification authority and the time-stamp server of the tests of ``lib/``."""

import base64
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from .common import ArchiveCommon

LIB = Path(__file__).parent / "lib"


def load_pki():
    """Return the module ``ged_pki``; skip the test where its packages are absent."""
    return _load("ged_pki")


def load_online_pki():
    """Return the module ``ged_online_pki``; skip the test as :func:`load_pki` does."""
    load_pki()  # which it imports by its plain name
    return _load("ged_online_pki")


def _load(name):
    if importlib.util.find_spec("certomancer") is None:
        raise unittest.SkipTest("certomancer is not installed")
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, LIB / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def pem(*certificates):
    """Return certificates as a profile holds them: PEM in base64."""
    return base64.b64encode(
        b"".join(one.public_bytes(Encoding.PEM) for one in certificates)
    )


class PkiCommon(ArchiveCommon):
    """A company that seals with a certificate of the authority and has its server.

    The server of time stamps listens on the loopback, which the host's tests allow.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        module = load_pki()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.pki = module.Pki(Path(folder.name))
        cls.pki_password = module.PASSWORD

    def setUp(self):
        super().setUp()
        self.pki.tsa = "tsa"
        self.tsa = load_pki().TimeStampServer(self.pki)
        self.addCleanup(self.tsa.close)

    def _stranger(self):
        """Return the root certificate of an authority that nobody knows."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return load_pki().Pki(Path(folder.name)).x509("root")


class OnlinePkiCommon(ArchiveCommon):
    """The same with an authority that answers OCSP and lists of revocation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        module = load_online_pki()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.pki = module.OnlinePki(Path(folder.name))
        cls.addClassCleanup(cls.pki.close)
        cls.pki_password = load_pki().PASSWORD

    def setUp(self):
        super().setUp()
        self.addCleanup(self.pki.reset)
