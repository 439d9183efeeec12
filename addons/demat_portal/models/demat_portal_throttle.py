# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.addons.ged_archive.models import ged_throttle

#: The limits of "My dematerialisation", per address and of everybody. A mail leaves for
#: each new address: few, as nobody may have others flooded with our mails.
LIMITS = {
    "address_link": (30, 600, 600),
    "address_mail": (20, 400, 3600),
    "access_request": (10, 200, 3600),
    "consent_post": (60, 1200, 600),
    # payments: whoever tries out stolen cards starts many
    "pay_start": (30, 1200, 600),
}
ged_throttle.LIMITS.update(LIMITS)
