# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sealing, Factur-X, verification and hashing of documents, without Odoo.

Import the modules (``from .lib import seal``): each loads only what it needs, and the
PDF and signature libraries are slow to load.
"""

__all__ = [
    "asic",
    "certificate",
    "codes",
    "errors",
    "facturx",
    "hashing",
    "judge",
    "pdfa",
    "preservation",
    "qr",
    "schematron",
    "seal",
    "text",
    "verify",
]
