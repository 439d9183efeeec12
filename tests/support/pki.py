# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The test authorities of the archive's library, for tests of the whole product."""

import importlib.util
import sys

from .files import ROOT

LIB = ROOT / "addons" / "ged_archive" / "tests" / "lib"


def load(name):
    """Return a module beside the tests of the library, such as ``ged_pki``."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, LIB / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def pem(pki, *labels):
    """The certificates of these names of an authority, one after the other."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return b"".join(pki.x509(one).public_bytes(Encoding.PEM) for one in labels)
