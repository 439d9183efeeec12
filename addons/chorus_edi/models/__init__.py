# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# account of the company and directory
from . import chorus_account
from . import chorus_account_secrets
from . import chorus_account_edi
from . import chorus_account_check
from . import chorus_account_expiry
from . import res_company_chorus
from . import res_config_settings_chorus
from . import chorus_structure
from . import chorus_service
from . import chorus_structure_refresh
from . import res_partner_chorus
from . import chorus_document_mixin
from . import account_move_chorus_fields
from . import sale_order_chorus
from . import account_move_chorus_export
from . import account_move_chorus_engagement
from . import account_move_chorus_checks
from . import account_move_chorus_rules

# flows and what became of each invoice
from . import demat_exchange_chorus
from . import demat_exchange_chorus_report
from . import chorus_invoice
from . import chorus_invoice_follow
from . import chorus_status
from . import chorus_flow
from . import chorus_flow_deposit
from . import chorus_flow_settle
from . import chorus_flow_report
from . import chorus_flow_overdue
from . import chorus_return
from . import chorus_account_follow
from . import chorus_report_archive
from . import account_move_chorus
from . import account_move_chorus_where
from . import account_move_chorus_act
from . import chorus_invoice_told

# consultation of VIES
from . import vies_check
from . import vies_check_ask
from . import res_company_vies
from . import res_partner_vies
from . import account_move_vies
