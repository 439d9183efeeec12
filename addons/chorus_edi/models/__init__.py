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
from . import account_move_chorus_fields
from . import sale_order_chorus
from . import account_move_chorus_export
from . import account_move_chorus_checks
# flows and what became of each invoice
# consultation of VIES
