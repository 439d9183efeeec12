# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import demat_consent_wizard, demat_label_wizard, demat_site_wizard
