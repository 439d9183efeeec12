# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_access,
    test_consent,
    test_exchange,
    test_exchange_actions,
    test_exchange_dispatch,
    test_exchange_rows,
    test_mail_bounce,
    test_mail_delivery,
    test_mail_host,
    test_mail_layout,
    test_notified,
    test_resolution,
    test_settings,
)
