# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# isort: off
# the window comes before the file that extends it
from . import demat_transmit_wizard

# isort: on
from . import (
    demat_bill_reason_wizard,
    demat_process,
    demat_process_line,
    demat_reopen_wizard,
    demat_resend_wizard,
    demat_run_wizard,
    demat_send_wizard,
    demat_transmit_document,
    demat_transmit_send,
)
