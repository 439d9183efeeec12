# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    test_bill_life,
    test_bill_problems,
    test_bill_remittance,
    test_bills,
    test_dispatch,
    test_drawing,
    test_forgery,
    test_individual_account,
    test_lock,
    test_lot,
    test_portal,
    test_print,
    test_printed_code,
    test_process,
    test_reopen,
    test_run,
    test_run_options,
    test_send_and_print,
    test_sites,
    test_states,
)
