# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The certification authority and the time-stamp server of the tests of ``lib/``."""

import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

from .common import ArchiveCommon

PKI = Path(__file__).parent / "lib" / "ged_pki.py"


def load_pki():
    """Return the module ``ged_pki``; skip the test where its packages are absent."""
    if importlib.util.find_spec("certomancer") is None:
        raise unittest.SkipTest("certomancer is not installed")
    if "ged_pki" not in sys.modules:
        spec = importlib.util.spec_from_file_location("ged_pki", PKI)
        module = importlib.util.module_from_spec(spec)
        sys.modules["ged_pki"] = module
        spec.loader.exec_module(module)
    return sys.modules["ged_pki"]


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
        self.tsa = load_pki().TimeStampServer(self.pki)
        self.addCleanup(self.tsa.close)
