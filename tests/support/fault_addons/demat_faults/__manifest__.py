# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Faults of the crash tests",
    "summary": "Loaded with the server, never installed",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "The demat contributors",
    "category": "Hidden",
    "depends": ["base"],
    "installable": False,
}
