# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Talking to Chorus Pro, without Odoo: client, codes, rules, flow files, return files.

Import the modules (``from .lib import client``): each loads only what it needs.
"""

__all__ = [
    "answers",
    "checks",
    "client",
    "codes",
    "dropbox",
    "errors",
    "numbers",
    "packages",
    "platforms",
    "returns",
    "rules",
]
