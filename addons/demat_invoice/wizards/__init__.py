# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    demat_bill_reason_wizard,
    demat_process,
    demat_process_line,
    demat_reopen_wizard,
    demat_resend_wizard,
    demat_run_wizard,
    demat_send_wizard,
)
