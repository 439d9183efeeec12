# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# isort: off
# bills: the model comes before the files that extend it
from . import demat_bill, demat_bill_remittance

# the criteria come before the favourites that hold them
from . import demat_criteria, demat_process_favorite

# isort: on
from . import (
    account_move,
    account_move_bill,
    account_move_dispatch,
    account_move_label,
    account_move_lock,
    account_move_lot,
    account_move_options,
    account_move_print,
    account_move_produce,
    account_move_receivable,
    account_move_resend,
    account_move_send,
    account_move_status,
    account_move_transition,
    account_move_transmit,
    account_move_verify,
    account_move_warning,
    account_payment_method,
    demat_bill_change,
    demat_bill_check,
    demat_bill_payment,
    demat_bill_remittance_file,
    demat_bill_transition,
    demat_exchange,
    demat_exchange_copy,
    demat_lot,
    demat_print_request,
    demat_print_files,
    demat_print_job,
    demat_run,
    demat_run_options,
    demat_run_portal,
    demat_run_process,
    demat_run_resume,
    demat_state_change,
    demat_timeline,
    ged_document,
    ir_actions_report,
    ir_actions_report_bill,
    ir_attachment,
    mail_template,
    res_company,
    res_company_print,
    res_config_settings,
    res_partner,
    res_partner_bank,
    res_partner_bill,
    res_users,
    sale_order,
)
