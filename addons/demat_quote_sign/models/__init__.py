# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# isort: off
# the models come before the files that extend them
from . import demat_sign_terms, demat_sign_request, demat_sign_signatory
from . import demat_sign_event

# isort: on
from . import (
    demat_exchange,
    demat_sign_ceremony,
    demat_sign_check,
    demat_sign_code,
    demat_sign_freeze,
    demat_sign_complete,
    demat_sign_life,
    demat_sign_mail,
    demat_sign_page,
    demat_sign_evidence,
    demat_sign_evidence_person,
    demat_sign_evidence_words,
    demat_sign_result,
    demat_sign_options,
    demat_sign_overview,
    demat_sign_reminder,
    demat_sign_send,
    demat_sign_throttle,
    demat_sign_variants,
    ir_actions_report,
    payment_transaction,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
    sale_order_confirm,
    sale_order_digest,
    sale_order_line,
    sale_order_line_variants,
    sale_order_portal,
    sale_order_sign,
    sale_order_status,
    sale_order_template_line,
    sale_order_variants,
)
