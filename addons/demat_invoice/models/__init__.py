# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    account_move,
    account_move_dispatch,
    account_move_lock,
    account_move_produce,
    account_move_receivable,
    account_move_send,
    account_move_transition,
    demat_exchange,
    demat_state_change,
    ged_document,
    ir_actions_report,
    ir_attachment,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
)
