# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.ged_archive.models import ged_throttle

#: The limits of the ceremony, per address and of everybody; all workers together. They
#: stop machines: a whole office behind one address signs without meeting them. What
#: keeps a code from being guessed are the limits per signatory in
#: ``lib/one_time_code.py``.
LIMITS = {
    "sign_get": (600, 12000, 600),
    "sign_miss": (20, 2000, 600),
    "sign_code": (60, 2000, 3600),
    "sign_check": (120, 4000, 600),
    "sign_post": (300, 6000, 600),
    "sign_word": (20, 600, 3600),
    # each draws, seals and archives a file
    "sign_options": (20, 400, 3600),
}
ged_throttle.LIMITS.update(LIMITS)
