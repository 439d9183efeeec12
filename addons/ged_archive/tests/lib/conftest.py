# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Fixtures of the tests of ``ged_archive/lib``: they run without Odoo and without network."""

import sys
from pathlib import Path

# The modules beside this file (ged_samples, ged_pki) are shared by the tests.
sys.path.insert(0, str(Path(__file__).parent))
